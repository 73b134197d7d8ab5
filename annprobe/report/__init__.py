"""One Diagnosis in, many formats out. The only room that makes text for people."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Sequence
from typing import cast

from annprobe.errors import BadArgument
from annprobe.findings import Diagnosis

# format -> module, which has ``report(diagnosis) -> str`` and ``summary(diagnoses) -> str``; imported when asked for
_MODULES = {
    "text": "text",
    "concise": "concise",
    "json": "as_json",
    "csv": "as_csv",
    "markdown": "markdown",
    "html": "html",
    "sarif": "sarif",
    "junit": "junit",
    "github": "github",
}
FORMATS: tuple[str, ...] = tuple(_MODULES)


def render(diagnosis: Diagnosis, form: str) -> str:
    """``diagnosis`` in one of :data:`FORMATS`. Raises ``BadArgument`` for another name."""
    return cast(Callable[[Diagnosis], str], _function(form, "report"))(diagnosis)


def render_many(diagnoses: Sequence[Diagnosis], form: str) -> str:
    """Several diagnoses in one report. Raises ``BadArgument`` for a format that is none."""
    return cast(Callable[[Sequence[Diagnosis]], str], _function(form, "summary"))(diagnoses)


def require_html() -> None:
    """Raises ``BadArgument`` where the packages of the extra ``html`` are not installed."""
    if any(importlib.util.find_spec(name) is None for name in ("jinja2", "matplotlib")):
        raise BadArgument("HTML reports need two more packages: pip install 'annprobe[html]'")


def _function(form: str, name: str) -> object:
    if form not in _MODULES:
        raise BadArgument(f"unknown format {form!r}: choose one of {', '.join(FORMATS)}")
    return getattr(importlib.import_module(f"annprobe.report.{_MODULES[form]}"), name)
