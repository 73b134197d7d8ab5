"""What the pytest plugin does, imported when it is used; and a property test in one line."""

from annprobe.testing.properties import property_test

__all__ = ["property_test"]
