"""Usages by the way a module is written: functions, objects, layers, pairs of functions."""
