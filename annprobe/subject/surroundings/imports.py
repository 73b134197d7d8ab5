"""What ``import`` finds for the user's module: recording modules, the user's other files, libraries, stand-ins."""

from __future__ import annotations

import importlib
import sys
import types
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from annprobe.subject.reading.legacy import Note, present_name
from annprobe.subject.surroundings.missing.inert import Inert

# packages that draw, show windows, speak, log or compile: never wanted here, installed or not
_SILENT = """
    matplotlib pylab mpl_toolkits seaborn plotly bokeh altair pygame turtle tkinter Tkinter IPython ipywidgets wandb
    tensorboardX visdom graphviz pydot networkx numba tqdm progressbar subprocess colorama termcolor psutil
    line_profiler memory_profiler msvcrt winsound pyttsx3 pdb ipdb
"""
_UNWANTED = frozenset(_SILENT.split())
_PARENTS = 3  # how many folders above the module's own are searched for its other files


class Importer:
    """Stands in for ``__import__`` in the user's files only.

    modules   stand-ins by full name that win over everything else ("numpy", "math", "numpy.random", ...)
    mends     functions from the real module to the one that the user's files get, by top name
    offers    stand-ins by top name for packages that are not installed, made on first use
    missing   makes a stand-in for a module that is nowhere
    expected  says whether the running code provides for a missing module itself
    run       executes a file of the user in the namespace of a new module
    """

    def __init__(
        self,
        folder: Path,
        *,
        modules: Mapping[str, types.ModuleType],
        mends: Mapping[str, Callable[[types.ModuleType], types.ModuleType]],
        offers: Mapping[str, Callable[[], types.ModuleType]],
        missing: Callable[[str], types.ModuleType],
        expected: Callable[[], bool],
        run: Callable[[Path, types.ModuleType], None],
        note: Note,
    ) -> None:
        self._folder = folder
        self._modules = dict(modules)
        self._mends = mends
        self._offers = offers
        self._offered: dict[str, types.ModuleType] = {}
        self._missing = missing
        self._expected = expected
        self._run = run
        self._note = note
        self._files: dict[Path, types.ModuleType] = {}

    def __call__(
        self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0
    ) -> types.ModuleType:
        """The contract of ``builtins.__import__``."""
        items = tuple(fromlist or ())
        if level:
            return self._relative(name, globals or {}, items, level)
        name = present_name(name)
        top = name.partition(".")[0]
        taken = top in self._modules or top in sys.builtin_module_names
        found = None if taken or _is_bare_folder(self._folder, top) else self._own_file(name, [self._folder], items)
        if found is None and top not in _UNWANTED:
            found = self._library(name, items)
        if found is None and not taken:
            found = self._own_file(name, [self._folder, *list(self._folder.parents)[:_PARENTS]], items)
        if found is None and top not in _UNWANTED and self._expected():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return found if found is not None else self._stand_in(name, items)

    def import_module(self, name: str, package: str | None = None) -> types.ModuleType:
        """``importlib.import_module`` for the user's files."""
        return self(name.lstrip("."), fromlist=("*",))

    # --- the user's own files --------------------------------------------------------------------------------

    def _relative(self, name: str, scope: Mapping[str, Any], items: tuple[str, ...], level: int) -> types.ModuleType:
        folder = Path(str(scope.get("__file__", self._folder / "_"))).parent
        for _ in range(level - 1):
            folder = folder.parent
        if name:
            found = self._own_file(name, [folder], items or ("*",))
            return found if found is not None else self._stand_in(name, items)
        whole = folder / "__init__.py"
        package = self._load(whole, folder.name) if whole.is_file() else types.ModuleType(folder.name)
        self._bind_files(package, folder, items)
        for item in items:
            if item != "*" and not hasattr(package, item):
                setattr(package, item, self._stand_in(item, ()))
        return package

    def _own_file(self, name: str, roots: Iterable[Path], items: tuple[str, ...]) -> types.ModuleType | None:
        """The module ``name`` among the user's files; as ``import`` binds it, the top one without a fromlist."""
        parts = name.split(".")
        for root in roots:
            chain = self._chain(root, parts)
            if chain:
                self._bind_files(chain[-1], root.joinpath(*parts), items)
                return chain[-1] if items else chain[0]
        return None

    def _chain(self, root: Path, parts: list[str]) -> list[types.ModuleType]:
        files = [_file_of(root.joinpath(*parts[:depth]), part) for depth, part in enumerate(parts)]
        modules: list[types.ModuleType] = []
        for depth, file in enumerate(files):
            if None in files or file is None:
                return []
            modules.append(self._load(file, ".".join(parts[: depth + 1])))
            if depth:
                setattr(modules[-2], parts[depth], modules[-1])
        return modules

    def _bind_files(self, module: types.ModuleType, folder: Path, items: tuple[str, ...]) -> None:
        """``from package import file``"""
        for item in items:
            file = _file_of(folder, item) if item != "*" and not hasattr(module, item) else None
            if file is not None:
                setattr(module, item, self._load(file, f"{module.__name__}.{item}"))

    def _load(self, file: Path, name: str) -> types.ModuleType:
        if file in self._files:
            return self._files[file]
        module = self._files[file] = types.ModuleType(name)
        module.__file__ = str(file)
        if not file.is_file():  # a package without __init__.py
            return module
        try:
            self._run(file, module)
        except BaseException:
            del self._files[file]
            raise
        return module

    # --- libraries -------------------------------------------------------------------------------------------

    def _library(self, name: str, items: tuple[str, ...]) -> types.ModuleType | None:
        """The installed module, or what is in front of it; None when it is not installed or lacks an item."""
        if not _import_quietly(name):
            return None
        top, *rest = name.split(".")
        module = front = self._front(top)
        for part in rest:
            module = self._attribute(module, part)
        missing = [item for item in items if item != "*" and not hasattr(module, item)]
        for item in missing:
            if _import_quietly(f"{name}.{item}"):
                setattr(module, item, sys.modules[f"{name}.{item}"])
            elif top in self._offers:
                return None
        return module if items else front

    def _front(self, top: str) -> types.ModuleType:
        if top not in self._modules:
            mend = self._mends.get(top)
            if mend is None:
                return sys.modules[top]
            self._modules[top] = mend(sys.modules[top])
        return self._modules[top]

    def _attribute(self, module: types.ModuleType, part: str) -> types.ModuleType:
        name = f"{module.__name__}.{part}"
        known = self._modules.get(name)
        if known is None:
            found = getattr(module, part, None)
            return found if isinstance(found, types.ModuleType) else sys.modules[name]
        setattr(module, part, known)
        return known

    # --- stand-ins ------------------------------------------------------------------------------------------

    def _stand_in(self, name: str, items: tuple[str, ...]) -> types.ModuleType:
        top, *rest = name.split(".")
        if top not in self._offered:
            if top in self._offers:
                self._offered[top] = self._offers[top]()
            else:
                self._offered[top] = Inert(top) if top in _UNWANTED else self._missing(top)
                if top not in _UNWANTED:
                    self._note(f"module {name} was not found: a stand-in that does nothing took its place")
        module = self._offered[top]
        if not items:
            return module
        for part in rest:
            module = getattr(module, part)
        return module


def _import_quietly(name: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            importlib.import_module(name)
        except Exception:  # not installed, or broken: the user's module shall run all the same
            return False
    return name in sys.modules


def _is_bare_folder(folder: Path, name: str) -> bool:
    """A folder without ``__init__.py`` never hides an installed package of the same name."""
    file = _file_of(folder, name)
    return file is not None and file.is_dir()


def _file_of(folder: Path, name: str) -> Path | None:
    """The file (or folder, for a package without ``__init__.py``) that ``import name`` finds in ``folder``."""
    package = folder / name
    for file in (package / "__init__.py", folder / f"{name}.py"):
        if file.is_file():
            return file
    return package if package.is_dir() and any(package.glob("*.py")) else None
