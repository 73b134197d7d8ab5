"""The gradient checker: a black box of functions and arrays; knows nothing about networks."""

from annprobe.gradcheck.check import check_gradients
from annprobe.gradcheck.checkers import CheckerVerdict, judge_checker
from annprobe.gradcheck.criteria import BlindSpot, blind_spots
from annprobe.gradcheck.failure import WrongGradient, assert_gradients, describe
from annprobe.gradcheck.functions.attributes import Attributes
from annprobe.gradcheck.layers import check_layer
from annprobe.gradcheck.verdicts.patterns import Pattern, compare
from annprobe.gradcheck.verdicts.result import Entry, GradientCheck, Note, ParameterCheck, PointCheck

__all__ = [
    "Attributes",
    "BlindSpot",
    "CheckerVerdict",
    "Entry",
    "GradientCheck",
    "Note",
    "ParameterCheck",
    "Pattern",
    "PointCheck",
    "WrongGradient",
    "assert_gradients",
    "blind_spots",
    "check_gradients",
    "check_layer",
    "compare",
    "describe",
    "judge_checker",
]
