"""The tape: records what a module computes, replays it with other values, differentiates it exactly."""
