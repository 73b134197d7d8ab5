"""Imports itself, as a test beside a class would."""

import importlib

print("once more", importlib.import_module("imports_itself").__name__)
