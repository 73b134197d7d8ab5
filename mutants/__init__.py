"""The catalogue of deliberately bugged steps, one family a file.

A mutant is a function with the arguments of the step that it replaces, marked with
:func:`annprobe.engine.marking.mutant`. Its docstring says in one line what is wrong, and then in fixed sections what a
person needs who wrote the same: ``Correct`` and ``Bugged`` formula, where it is ``Silent`` and why, what it ``Shows``
in training, the ``Fix``, and where it was ``Seen`` in real code.
Nothing is registered at import; :mod:`annprobe.catalog` collects. Families import the engine and numpy, never one
another.
"""
