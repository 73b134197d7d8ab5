"""What a training run shows: scale-free detectors, one a function, for single runs and for stacks of them."""
