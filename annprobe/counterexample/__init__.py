"""The smallest network that can be drawn on which the user's gradient is wrong, with the simplest numbers."""

from annprobe.counterexample.build import counterexample
from annprobe.counterexample.recorded import Recorded
from annprobe.counterexample.search import Smallest, smallest

__all__ = ["Recorded", "Smallest", "counterexample", "smallest"]
