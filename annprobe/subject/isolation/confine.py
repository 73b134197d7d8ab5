"""Keeps a run from changing anything outside its scratch folder, and from the network.

An audit hook of the interpreter: it guards against accidents (a module that saves its weights beside itself, removes a
folder, downloads its data), not against malice.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from annprobe.subject.isolation.scratch import Scratch

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
_MOST_FILES = 64  # that are looked at where they cannot be listed
# audit events whose first argument (or first two) name what is changed
_CHANGES = frozenset(
    {"os.remove", "os.rmdir", "os.mkdir", "os.rename", "os.truncate", "os.link", "os.symlink", "os.chmod", "os.chown",
     "os.utime", "shutil.rmtree", "shutil.move"}
)  # fmt: skip
_NETWORK = frozenset({"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind", "urllib.Request"})


class _Hook:
    """The one hook of this process; hooks cannot be taken away again, so it is told when to listen."""

    installed = False
    scratch: str | None = None
    note: Callable[[str], None] | None = None
    own: Scratch | None = None
    held: frozenset[int] = frozenset()  # descriptors of files that were open before the run


@contextlib.contextmanager
def confined(note: Callable[[str], None]) -> Iterator[Path]:
    """Run the block in an empty scratch folder; outside of it nothing can be written, and nothing can be downloaded.

    What is refused is told to ``note`` and raises ``PermissionError`` (files) or ``ConnectionError`` (network) in the
    user's code.
    """
    if not _Hook.installed:
        sys.addaudithook(_audit)
        _Hook.installed = True
    before = os.getcwd()
    folder = _scratch()
    os.chdir(folder)
    _Hook.scratch, _Hook.note, _Hook.held = os.path.realpath(folder), note, _descriptors()
    compiled, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield folder
    finally:
        sys.dont_write_bytecode = compiled
        _Hook.scratch = None
        os.chdir(before)
        _empty(folder)


def _scratch() -> Path:
    """This process's scratch folder (a fork gets its own); removed when the process ends."""
    own = _Hook.own
    if own is None or own.owner != os.getpid() or not own.folder.is_dir():
        own = _Hook.own = Scratch()
        atexit.register(own.remove)
        (own.folder / "work").mkdir()
    return own.folder / "work"


def _descriptors() -> frozenset[int]:
    """The files that are open, but for input, output and errors."""
    try:
        numbers = [int(name) for name in os.listdir("/dev/fd")]
    except (OSError, ValueError):
        numbers = list(range(_MOST_FILES))  # this system does not say
    return frozenset(number for number in numbers if number > 2 and _is_open(number))


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _empty(folder: Path) -> None:
    """What one run wrote is not there for the next."""
    if _Hook.own is None or _Hook.own.owner != os.getpid():
        return
    for item in folder.iterdir():
        if item.is_dir() and not item.is_symlink():
            shutil.rmtree(item, ignore_errors=True)
        else:
            item.unlink(missing_ok=True)


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if _Hook.scratch is None:
        return
    if event == "open":
        if isinstance(args[0], int) and args[0] in _Hook.held:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))  # opened by number, it would be closed with that file
        if isinstance(args[2], int) and args[2] & _WRITING:
            _only_in_scratch(args[0])
    elif event in _CHANGES:
        for path in args[:2] if event in ("os.rename", "os.link", "shutil.move") else args[:1]:
            _only_in_scratch(path)
    elif event in _NETWORK and not _is_local(args):
        _tell("it asked for the network, which is closed while annprobe runs a module")
        raise ConnectionError("no network while annprobe runs the module")


def _only_in_scratch(path: Any) -> None:
    if not isinstance(path, (str, bytes, os.PathLike)) or _Hook.scratch is None:
        return  # a file descriptor, opened before
    place = os.path.realpath(os.fsdecode(path))
    if place == os.devnull or place.startswith((_Hook.scratch + os.sep, "/dev/")):
        return
    _tell(f"it tried to change {os.path.basename(place)} outside of its scratch folder, which was not done")
    raise PermissionError(f"annprobe runs the module in a scratch folder; {place} is not changed")


def _is_local(args: tuple[Any, ...]) -> bool:
    """Sockets between processes of this machine (``multiprocessing``) are no network."""
    return len(args) > 1 and isinstance(args[1], (str, bytes)) and not hasattr(args[0], "lower")


def _tell(text: str) -> None:
    if _Hook.note is not None:
        _Hook.note(text)
