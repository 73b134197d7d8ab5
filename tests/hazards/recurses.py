"""Calls itself without end."""


def forward(layer: int) -> int:
    return forward(layer + 1)


print(forward(0))
