"""What the user names: a file, a folder, a dotted module name or a bundled example, made into paths of modules."""

from __future__ import annotations

import difflib
import os
import sys
from importlib import resources
from pathlib import Path

from annprobe.errors import BadArgument

SUFFIXES = (".py", ".ipynb")
_SKIPPED_FOLDERS = {"__pycache__", "node_modules", "site-packages", "build", "dist", "venv", "env"}
_SKIPPED_FILES = {"__init__.py", "__main__.py", "setup.py", "conftest.py", "annprobe_adapter.py"}


def targets(names: tuple[str, ...], example: str | None) -> tuple[list[str], bool]:
    """The modules meant, and whether a table of several is wanted (more than one name, or a folder).

    Raises ``BadArgument`` when nothing is named or a name is nothing that exists.
    """
    if example is not None:
        if names:
            raise BadArgument("give either modules or --example, not both")
        return [example_path(example)], False
    if not names:
        raise BadArgument("name a module, a folder, or --example first_network")
    paths = [path for name in names for path in _modules(name)]
    return list(dict.fromkeys(paths)), len(names) > 1 or any(os.path.isdir(name) for name in names)


def one_target(name: str | None, example: str | None) -> str:
    """The one module meant. Raises ``BadArgument`` where it is none or several."""
    paths, several = targets((name,) if name else (), example)
    if several:
        raise BadArgument(f"{name} is a folder; this command takes one module")
    return paths[0]


def examples() -> list[str]:
    """The names of the bundled examples."""
    files = resources.files("annprobe.examples").iterdir()
    return sorted(file.name[:-3] for file in files if file.name.endswith(".py") and not file.name.startswith("_"))


def example_path(name: str) -> str:
    """The file of a bundled example. Raises ``BadArgument`` for an unknown name."""
    if name not in examples():
        raise BadArgument(f"there is no example {name!r}; there is: {', '.join(examples())}")
    return str(resources.files("annprobe.examples").joinpath(f"{name}.py"))


def _modules(name: str) -> list[str]:
    path = Path(name)
    if os.path.isdir(path):
        return _inside(path)
    if os.path.exists(path):
        return [name]
    dotted = _dotted(name)
    if dotted is None:
        raise BadArgument(_missing(path))
    return [dotted]


def _inside(folder: Path) -> list[str]:
    """The modules below a folder; a link into nowhere is kept, so that it gets a row as well."""
    if not os.access(folder, os.R_OK | os.X_OK):
        raise BadArgument(f"the folder {folder} cannot be read: permission denied")
    found = [str(file) for file in sorted(folder.rglob("*"))
             if is_module(file.relative_to(folder)) and not os.path.isdir(file)]
    if not found:
        raise BadArgument(f"the folder {folder} holds no Python module")
    return found


def is_module(file: Path) -> bool:
    """Whether a file below a folder counts as a module to diagnose."""
    hidden = any(part.startswith(".") or part in _SKIPPED_FOLDERS for part in file.parts)
    return file.suffix in SUFFIXES and file.name not in _SKIPPED_FILES and not hidden


def _dotted(name: str) -> str | None:
    """The file of a dotted module name, looked for without importing anything."""
    if not all(part.isidentifier() for part in name.split(".")):
        return None
    for folder in dict.fromkeys([os.getcwd(), *sys.path]):
        stem = Path(folder, *name.split("."))
        for file in (stem.with_suffix(".py"), stem / "__init__.py"):
            if file.is_file():
                return str(file)
    return None


def _missing(path: Path) -> str:
    if path.parent.is_dir() and not os.access(path.parent, os.R_OK | os.X_OK):
        return f"the folder {path.parent} cannot be read: permission denied"
    if path.is_symlink():
        return f"{path} is a link to a file that does not exist"
    siblings = [f.name for f in path.parent.iterdir() if f.suffix in SUFFIXES] if path.parent.is_dir() else []
    near = difflib.get_close_matches(path.name, siblings, n=1)
    hint = f"; did you mean {path.parent / near[0]}?" if near else ""
    return f"there is no file, folder or module {str(path)!r}{hint}"
