"""The tape: records what a module computes, replays it with other values, differentiates it exactly."""

from annprobe.tape.journal import Budget, Stop
from annprobe.tape.nodes import Node, Ref, Tape
from annprobe.tape.recorder import Recorder

__all__ = ["Budget", "Node", "Recorder", "Ref", "Stop", "Tape"]
