"""Which recorded value plays which part: parameters, targets, outputs, costs, steps, the user's checker."""
