"""Training again: the recorded step replayed for whole stacks of networks, with one thing changed at a time."""
