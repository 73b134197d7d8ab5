"""The catalogue of mutants: collects what is marked, checks it, and describes it.

Own families lie in the package ``annprobe.mutants``; others come from distributions with an entry point of the group
``annprobe.mutants`` that names a module. Marking registers nothing, so a module imported twice counts once. This is the
only room that imports the families.
"""

from annprobe.catalog.describe import Description, Row, describe, rows
from annprobe.catalog.marked import FAMILY_CODES, collect
from annprobe.catalog.mutant import Mutant, source_of
from annprobe.catalog.table import GROUP, PACKAGE, compose, families, get, inexpressible, load, select

__all__ = ["FAMILY_CODES", "GROUP", "PACKAGE", "Description", "Mutant", "Row", "collect", "compose", "describe",
           "families", "get", "inexpressible", "load", "rows", "select", "source_of"]
