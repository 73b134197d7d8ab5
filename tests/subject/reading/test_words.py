"""Stages and roles that names tell."""

from __future__ import annotations

import pytest

from annprobe.subject.reading.words import roles_of, stage_of


@pytest.mark.parametrize(
    ("name", "stage"),
    [("feedForward", "forward"), ("L_model_backward", "backward"), ("treinar", "train"),
     ("costFunctionPrime", "backward"), ("update_mini_batch", "update"), ("init_params", "make"),
     ("compute_loss", "cost"), ("back_propogate", "backward"), ("check_gradient", "other"),
     ("gradient_decent", "train")],
)  # fmt: skip
def test_stages_from_names(name: str, stage: str) -> None:
    assert stage_of(name) == stage


@pytest.mark.parametrize(
    ("name", "making", "role"),
    [("numInputs", True, "n_in"), ("hidden_layers", True, "n_hidden"), ("n_y", True, "n_out"), ("inputs", False, "X"),
     ("layers_dims", True, "sizes"), ("learning_rate", True, "rate"), ("expected_output", False, "Y"),
     ("training_data", False, "pairs"),
     ("activation_prime", True, "slope"), ("nn_params", False, "theta"), ("rng", True, "rng")],
)  # fmt: skip
def test_roles_from_names(name: str, making: bool, role: str) -> None:
    assert roles_of(name, making=making)[0] == role
