"""Settings of both doors: ``[tool.annprobe]`` in the nearest pyproject.toml, overridden by options.

The names are those of ``annprobe.diagnosis.Options`` and a few of the command line's own.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annprobe.errors import BadArgument

if TYPE_CHECKING:
    from annprobe.diagnosis import Options

EFFORTS = ("quick", "normal", "thorough")


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting's meaning, its default and the function that checks a value and makes it what annprobe works with."""

    read: Callable[[Any], Any]
    default: Any
    help: str


@dataclass(frozen=True, slots=True)
class Value:
    """The value in force and where it comes from: 'default', a file, or 'option'."""

    name: str
    value: Any
    source: str


def sizes(value: Any) -> tuple[int, ...]:
    """Layer widths from ``"2,4,1"`` or ``[2, 4, 1]``; at least two, each positive."""
    parts = value.replace("x", ",").split(",") if isinstance(value, str) else value
    try:
        widths = tuple(int(part) for part in parts)
    except (TypeError, ValueError):
        raise BadArgument(f"{value!r}: write the layer widths as 2,4,1") from None
    if len(widths) < 2 or min(widths) < 1:
        raise BadArgument(f"{value!r}: a network has at least two layers, each of at least one unit")
    return widths


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise BadArgument(f"{value!r} is not one of {', '.join(choices)}")
        return str(value)

    return read


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadArgument(f"{value!r} is not a text")
    return value


def _seed(value: Any) -> int:
    return _whole(value, least=0)


def _count(value: Any) -> int:
    return _whole(value, least=1)


def _whole(value: Any, *, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise BadArgument(f"{value!r} is not a whole number of at least {least}")
    return value


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise BadArgument(f"{value!r} is not a positive number of seconds")
    return float(value)


SETTINGS: dict[str, Setting] = {
    "seed": Setting(_seed, 0, "the seed of every random choice; the same seed gives the same numbers"),
    "effort": Setting(_one_of(*EFFORTS), "normal", "how much to try: quick, normal or thorough"),
    "sizes": Setting(sizes, None, "layer widths, input first, where the module does not say: 2,4,1"),
    "task": Setting(_text, None, "what a network that annprobe builds is to learn: and, or, xor"),
    "data": Setting(_text, None, "a file with X and Y: .npz, or .csv with the targets in the last column"),
    "log": Setting(_text, None, "a file with numbers that a run printed, or from a post: which quantities they are"),
    "run": Setting(_text, None, "the command or expression that uses the network as you do"),
    "network": Setting(_text, None, "the name of the network's class, or of the function that makes it"),
    "forward": Setting(_text, None, "the name of the function that computes the output"),
    "gradient": Setting(_text, None, "the name of the function that computes the gradient"),
    "cost": Setting(_text, None, "the name of the function that computes the cost"),
    "layout": Setting(_text, None, "how examples are laid out: rows, columns or example"),
    "seconds": Setting(_seconds, None, "time limit for one module"),
    "jobs": Setting(_count, None, "how many modules to diagnose at once; default: one a processor"),
    "max_findings": Setting(_count, None, "report at most this many findings a module"),
}
DIAGNOSIS_SETTINGS = ("seed", "effort", "sizes", "task", "data", "log", "run", "network", "forward", "gradient", "cost",
                      "layout", "seconds")


def effective(given: Mapping[str, Any], *, start: Path | None = None) -> dict[str, Value]:
    """Every setting with its value: ``given`` (options that are not None) before the file before the default.

    Raises ``BadArgument`` for an unknown key or a value that makes no sense, naming file and key.
    """
    file, table = from_file(start or Path.cwd())
    values = {name: Value(name, setting.default, "default") for name, setting in SETTINGS.items()}
    values.update({name: _checked(name, item, str(file)) for name, item in table.items()})
    values.update({name: _checked(name, item, "option") for name, item in given.items() if item is not None})
    return values


def diagnosis_options(given: Mapping[str, Any], *, facts_only: bool = False) -> Options:
    """What a diagnosis is asked for: the settings in force, as ``annprobe.diagnosis`` takes them."""
    from annprobe.diagnosis import Options

    values = {name: value.value for name, value in effective(given).items() if name in DIAGNOSIS_SETTINGS}
    if values["sizes"] is not None:
        values["sizes"] = ",".join(map(str, values["sizes"]))
    return Options(**values, facts_only=facts_only)


def _checked(name: str, value: Any, source: str) -> Value:
    try:
        return Value(name, SETTINGS[name].read(value), source)
    except BadArgument as error:
        where = f"--{name.replace('_', '-')}" if source == "option" else f"{source}: [tool.annprobe] {name}"
        raise BadArgument(f"{where}: {error}") from None


def from_file(start: Path) -> tuple[Path | None, dict[str, Any]]:
    """The nearest pyproject.toml with a ``[tool.annprobe]`` table, at ``start`` or above, and that table."""
    for file in _candidates(start):
        try:
            tools = tomllib.loads(file.read_text("utf-8")).get("tool", {})
        except OSError as error:
            raise BadArgument(f"{file}: {error.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadArgument(f"{file} is not TOML: {error}") from None
        if isinstance(tools, dict) and "annprobe" in tools:
            return file, _known_keys(file, tools["annprobe"])
    return None, {}


def _candidates(start: Path) -> Iterator[Path]:
    folder = start.resolve()
    for place in (folder, *folder.parents):
        if (place / "pyproject.toml").is_file():
            yield place / "pyproject.toml"


def _known_keys(file: Path, table: Any) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise BadArgument(f"{file}: [tool.annprobe] is not a table")
    keys = {str(key).replace("-", "_"): value for key, value in table.items()}
    for key in keys:
        if key not in SETTINGS:
            near = difflib.get_close_matches(key, SETTINGS, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f" (known: {', '.join(SETTINGS)})"
            raise BadArgument(f"{file}: [tool.annprobe] has an unknown key {key!r}{hint}")
    return keys
