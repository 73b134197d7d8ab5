"""What all tests share: Hypothesis runs the same examples every time and without a deadline."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("annprobe", derandomize=True, deadline=None, database=None,
                          suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("annprobe")
