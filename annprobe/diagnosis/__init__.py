"""Evidence in, findings out, ranked."""

from annprobe.diagnosis.observing.options import Options
from annprobe.diagnosis.pipeline import diagnose

__all__ = ["Options", "diagnose"]
