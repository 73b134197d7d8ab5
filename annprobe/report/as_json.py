"""A Diagnosis as JSON and back. JSON has no nan and no infinity: they are written as the strings below."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, cast

from annprobe.errors import BadArgument
from annprobe.findings import Diagnosis
from annprobe.report.rows import groups, row
from annprobe.report.typed import check_typed

SCHEMA_OF_MANY = "annprobe.diagnoses/1"

_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_NAMES = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_NUMERIC_KEYS = {"value", "relative_error", "detection_limit", "strength", "x", "y", "seconds", "user", "true"}


def report(diagnosis: Diagnosis) -> str:
    """The whole Diagnosis as one JSON object, as the shipped schema describes it."""
    return dumps(plain(diagnosis))


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """Several modules as one JSON object: the diagnoses, a row each, and the mistakes they share."""
    data = {
        "schema": SCHEMA_OF_MANY,
        "rows": [_mapped(asdict(row(diagnosis)), None, _written) for diagnosis in diagnoses],
        "groups": [asdict(group) for group in groups(diagnoses)],
        "diagnoses": [plain(diagnosis) for diagnosis in diagnoses],
    }
    return dumps(data)


def dumps(data: Any) -> str:
    """JSON for people and machines: Greek letters as they are, what no terminal or encoder takes as escapes."""
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(diagnosis: Diagnosis) -> dict[str, Any]:
    """The object that :func:`report` writes."""
    return cast(dict[str, Any], _mapped(diagnosis.to_json(), None, _written))


def diagnosis_from_json(text: str) -> Diagnosis:
    """The inverse of :func:`report`. Raises ``BadArgument`` where ``text`` is not one."""
    try:
        return diagnosis_from_plain(json.loads(text))
    except json.JSONDecodeError as error:
        raise BadArgument(f"this is not JSON: {error}") from None


def diagnosis_from_plain(data: Any) -> Diagnosis:
    """The inverse of :func:`plain`. Raises ``BadArgument`` where ``data`` is not a diagnosis."""
    if not isinstance(data, dict):
        raise BadArgument("a saved diagnosis is one JSON object; this is something else")
    try:
        diagnosis = Diagnosis.from_json(_mapped(data, None, _read))
        check_typed(Diagnosis, diagnosis, "")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadArgument(f"this JSON is not a saved diagnosis: {error}") from None
    return diagnosis


def diagnoses_from_plain(data: Any) -> list[Diagnosis]:
    """One diagnosis, or those of :func:`summary`. Raises ``BadArgument`` where ``data`` is neither."""
    if isinstance(data, dict) and data.get("schema") == SCHEMA_OF_MANY and isinstance(data.get("diagnoses"), list):
        return [diagnosis_from_plain(item) for item in data["diagnoses"]]
    return [diagnosis_from_plain(data)]


def _mapped(value: Any, key: str | None, change: Callable[[Any, str | None], Any]) -> Any:
    if isinstance(value, dict):
        return {name: _mapped(item, name, change) for name, item in value.items()}
    if isinstance(value, list):
        return [_mapped(item, key, change) for item in value]
    return change(value, key)


def _written(value: Any, key: str | None) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _read(value: Any, key: str | None) -> Any:
    return _NAMES.get(value, value) if key in _NUMERIC_KEYS and isinstance(value, str) else value
