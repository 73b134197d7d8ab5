"""Numbers that somebody printed: which known quantity they are, at which step, from which start."""

from annprobe.forensics.explain import Explanation, explain

__all__ = ["Explanation", "explain"]
