"""``annprobe config``: the settings in force."""

from __future__ import annotations

import click


@click.command()
def command() -> int:
    """Show every setting, its value here, and where it comes from.

    Settings stand in the table [tool.annprobe] of the nearest pyproject.toml; options override them.
    """
    from annprobe.config import SETTINGS, effective
    from annprobe.report.tables import drawn

    rows = [(value.name, _shown(value.value), value.source, SETTINGS[value.name].help)
            for value in effective({}).values()]
    click.echo(drawn(("setting", "value", "from", "meaning"), rows))
    return 0


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
