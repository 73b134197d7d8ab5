"""The catalogue of deliberately bugged steps, one family a file.

A mutant is a function with the arguments of the step that it replaces, marked with
:func:`annprobe.engine.marking.mutant`. Its docstring says in one line what is wrong, and then in fixed sections what a
person needs who wrote the same: ``Correct`` and ``Bugged`` formula, where it is ``Silent`` and why, what it ``Shows``
in training, the ``Fix``, and where it was ``Seen`` in real code.
Nothing is registered at import; :mod:`annprobe.catalog` collects. Families import the engine and numpy, never one
another.
"""

# What the literature of bugs knows and this engine cannot have as a mutant of its own, with the reason.
INEXPRESSIBLE = {
    "tr-matrix-class": "np.matrix turns * into the matrix product: the same function as tr-dot-for-elementwise",
    "bs-per-example": "a bias of shape (N, n): here the architecture alone gives the parameters their shapes",
    "bs-bias-frozen-in-update": "the same function as up-bias-forgotten",
    "ld-double-sign": "y - a with W += G is right: it is ld-sign together with sg-update, and a test composes them",
    "gp-ones": "ones in place of the activation: the same function as gp-no-outer",
    "ac-aliased-template": "accumulators that are the zero templates themselves: the same function as ac-not-reset",
    "in-unseeded": "every run here is a function of its seeds, so that surveys repeat",
    "nu-exp-overflow": "exp(-z) that overflows gives the right 0 after all: the reference itself has this form",
    "gc-cached-forward": "a cost from stored outputs never changes: the same function as gc-perturbs-copy",
    "gc-int-weights": "a step that integer weights swallow: the same function as gc-perturbs-copy",
    "gc-one-sided-1e-4": "the same function as gc-one-sided with another step; wrong only where the cost bends much",
}
