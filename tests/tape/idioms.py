"""Programs in the ways in which people write numpy and Python. Each must do the same with and without the tape.

They stand in ``programs/*.txt``, each under a line ``== name``; ``START`` runs before each of them.
"""

from __future__ import annotations

from pathlib import Path

START = """
a = np.array([[0.3, -1.2, 2.5], [0.7, 0.0, -0.4]])
b = np.array([[1.5, -0.25, 0.125], [3.0, 0.1, 0.2]])
v = np.array([0.1, -0.2, 0.3])
w = np.random.randn(3, 4)
k = np.arange(6).reshape(2, 3)
m = a > 0
"""


def _read(file: Path) -> dict[str, str]:
    programs: dict[str, str] = {}
    for part in ("\n" + file.read_text()).split("\n== ")[1:]:
        name, _, text = part.partition("\n")
        assert name not in programs, f"{file.name}: two programs are called {name!r}"
        programs[name] = text
    return programs


_FILES = {file.stem: _read(file) for file in sorted((Path(__file__).parent / "programs").glob("*.txt"))}
ERRORS = {f"errors: {name}": text for name, text in _FILES.pop("errors").items()}
ALL = {f"{group}: {name}": text for group, programs in _FILES.items() for name, text in programs.items()} | ERRORS
