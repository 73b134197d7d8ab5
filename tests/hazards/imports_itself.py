"""Imports itself, as a test beside a class would."""

import imports_itself

print("once more", imports_itself.__name__)
