"""With and without the tape, programs do the same, bit for bit; and the tape holds exactly what was computed."""

from __future__ import annotations

import pytest

from tests.tape.idioms import ALL, ERRORS, START
from tests.tape.twice import Recording, run_plain, run_recorded, seen, wrong_in_replay, wrong_on_tape


@pytest.fixture(scope="module")
def recordings() -> dict[str, Recording]:
    return {}


def _recording(recordings: dict[str, Recording], name: str) -> Recording:
    if name not in recordings:
        recordings[name] = run_recorded(START + ALL[name])
    return recordings[name]


@pytest.mark.parametrize("name", ALL)
def test_behaves_as_plain(name: str, recordings: dict[str, Recording]) -> None:
    plain, ran = run_plain(START + ALL[name]), _recording(recordings, name).ran
    assert ran.error == plain.error
    assert ran.printed == plain.printed
    assert ran.variables.keys() == plain.variables.keys()
    for variable, value in plain.variables.items():
        assert seen(ran.variables[variable]) == seen(value), variable


@pytest.mark.parametrize("name", ALL)
def test_tape_holds_what_was_computed(name: str, recordings: dict[str, Recording]) -> None:
    assert wrong_on_tape(_recording(recordings, name)) == []


@pytest.mark.parametrize("name", ALL)
def test_replay_gives_the_same_bits(name: str, recordings: dict[str, Recording]) -> None:
    assert wrong_in_replay(_recording(recordings, name).tape) == []


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_raised_without_the_tape(name: str) -> None:
    assert run_plain(START + ERRORS[name]).error is not None
