"""Where the user's own files provide for a missing file, package or argument (``try: ... except ImportError: ...``)."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from types import FrameType

_IMPORT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException", ""})
_FILE = frozenset({"FileNotFoundError", "IOError", "OSError", "EnvironmentError", "Exception", "BaseException", ""})
_INDEX = frozenset({"IndexError", "LookupError", "ValueError", "Exception", "BaseException", ""})


class Handlers:
    """The ``try`` statements of the files that have been run."""

    def __init__(self) -> None:
        self._tries: dict[str, list[tuple[range, frozenset[str]]]] = {}

    def add(self, file: str, tree: ast.Module) -> None:
        """Remember what the file provides for."""
        self._tries[file] = [
            (range(node.body[0].lineno, (node.body[-1].end_lineno or 0) + 1), frozenset(_caught(node)))
            for node in ast.walk(tree)
            if isinstance(node, ast.Try)
        ]

    def expect_missing_module(self) -> bool:
        """Whether code that is running now is inside of a ``try`` for imports."""
        return self._expect(_IMPORT)

    def expect_missing_file(self) -> bool:
        """Whether code that is running now is inside of a ``try`` for files."""
        return self._expect(_FILE)

    def expect_missing_argument(self) -> bool:
        """Whether code that is running now is inside of a ``try`` for entries of lists (or for unpacking)."""
        return self._expect(_INDEX)

    def _expect(self, kinds: frozenset[str]) -> bool:
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            for lines, caught in self._tries.get(frame.f_code.co_filename, ()):
                if frame.f_lineno in lines and caught & kinds:
                    return True
            frame = frame.f_back
        return False


def _caught(node: ast.Try) -> Iterator[str]:
    for handler in node.handlers:
        if handler.type is None:
            yield ""
            continue
        for kind in handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]:
            yield kind.id if isinstance(kind, ast.Name) else kind.attr if isinstance(kind, ast.Attribute) else ""
