"""What can go wrong before there is a diagnosis. Every message is meant for the reader, none for us."""

from __future__ import annotations


class AnnprobeError(Exception):
    """Base of all errors whose text is shown to the user as it is; the command line exits with 2."""


class UnusableModule(AnnprobeError):
    """The module could not be read, run or understood at all."""


class BadArgument(AnnprobeError):
    """An option or argument makes no sense; the message repeats it and says what would."""


class ToolFault(AnnprobeError):
    """annprobe's own self-check failed on this machine: nothing it says can be trusted."""
