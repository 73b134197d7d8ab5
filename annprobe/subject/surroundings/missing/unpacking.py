"""What the running instruction does with a value: into how many names it is unpacked, and which."""

from __future__ import annotations

import dis
import types
from dataclasses import dataclass

_STORES = frozenset({"STORE_NAME", "STORE_FAST", "STORE_GLOBAL", "STORE_DEREF", "STORE_ATTR"})


@dataclass(frozen=True, slots=True)
class Target:
    """One name of an unpacking; ``parts`` are its own names when it is unpacked in turn."""

    name: str
    parts: tuple[Target, ...] = ()


def targets_of(frame: types.FrameType) -> tuple[Target, ...]:
    """Into what ``frame`` is just unpacking a value: ``(X, y), test = load()``; () when it does something else."""
    instructions = [i for i in dis.get_instructions(frame.f_code) if i.opname not in ("CACHE", "EXTENDED_ARG", "NOP")]
    at = next((k for k, i in enumerate(instructions) if i.offset == frame.f_lasti), None)
    if at is None or instructions[at].opname not in ("UNPACK_SEQUENCE", "UNPACK_EX"):
        return ()
    return _read(instructions, at)[0]


def _read(instructions: list[dis.Instruction], at: int) -> tuple[tuple[Target, ...], int]:
    argument = instructions[at].arg or 0
    extended = instructions[at].opname == "UNPACK_EX"
    count = (argument & 0xFF) + (argument >> 8) + 1 if extended else argument
    found: list[Target] = []
    at += 1
    while len(found) < count and at < len(instructions):
        instruction = instructions[at]
        if instruction.opname == "UNPACK_SEQUENCE":
            parts, at = _read(instructions, at)
            found.append(Target("", parts))
        elif instruction.opname in _STORES or instruction.opname == "STORE_SUBSCR":
            found.append(Target(str(instruction.argval or "")))
            at += 1
        elif instruction.opname.startswith("STORE_FAST_STORE_FAST"):  # two at once, from Python 3.13 on
            found += [Target(str(name)) for name in instruction.argval]
            at += 1
        else:  # loads of the objects whose attributes or entries are assigned
            at += 1
    return tuple(found[:count]), at
