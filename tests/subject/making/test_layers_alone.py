"""Layers without a network: recurrent cells, course dictionaries, convolutions, classes; each fault at its line."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from annprobe.subject.making.layer_shapes import Array, fillings, keys_read
from tests.diagnosis.test_right_modules import FOLDER
from tests.reading import lines_of, read

PLANTED = (
    ("rnn_step", "(1 - next_h * next_h)", "(1 - next_h)", "activation-derivative"),
    ("rnn_step", "dprev_h = da @ Wh.T", "dprev_h = da @ Wh", "transpose"),
    ("rnn_step", "(dh[:, t, :] + dprev, caches[t])", "(dh[:, t, :], caches[t])", "unknown"),
    ("rnn_step", "dWx += a\n", "dWx = a\n", "scale"),
    ("rnn_step", "np.add.at(dW, x, dout)", "dW[x] += dout", "scale"),
    ("course_rnn", "dtanh = (1 - a_next ** 2)", "dtanh = (1 - a_prev ** 2)", "layer-index"),
    ("course_rnn", "dc = dc_next + da_next * ot", "dc = da_next * ot", "unknown"),
    ("course_rnn", "dc_prev = dc * ft", "dc_prev = dc * it", "layer-index"),
    ("course_rnn", "dba = np.sum(dtanh", "dba = np.mean(dtanh", "scale"),
    ("conv_layers", "self.bias_grad = grad.sum(", "self.bias_grad = grad.mean(", "scale"),
    ("conv_layers", "return grad * self.mask", "return grad", "activation-derivative"),
    ("conv_layers", "self.weight_grad += np.tensordot(", "self.weight_grad = np.tensordot(", "scale"),
    ("convolution_that_steps", "d_out[row, column, k] * self.kernels[k]", "d_out[row, column, k]", "unknown"),
    ("attn_layer", "dk = ds.transpose(0, 2, 1) @ q", "dk = ds @ q", "unknown"),
    ("drop_bn", "return dout * mask if", "return dout if", "activation-derivative"),
    ("handed_weights", "dz = dh * (1.0 - h * h)", "dz = dh * (1.0 - h)", "activation-derivative"),
    ("handed_weights", "(dhs[:, t, :] + dh)", "(dhs[:, t, :])", "unknown"),
    ("handed_weights", "np.add.at(grad, self.idx, dout)", "grad[self.idx] += dout", "scale"),
    ("handed_weights", "(dc * c_prev * keep * (1.0 - keep)", "(dc * new * keep * (1.0 - keep)", "layer-index"),
    ("handed_weights", "self.dW = self.rows.T @ dout", "self.dW = self.rows.T @ dout / len(dout)", "scale"),
    ("drop_bn", "- xhat * dgamma)", "- xhat * dbeta)", "layer-index"),
)


@pytest.mark.parametrize(("module", "old", "new", "family"), PLANTED)
def test_a_fault_in_a_layer_is_found_at_its_line(
    module: str, old: str, new: str, family: str, tmp_path: Path
) -> None:
    text = (FOLDER / f"{module}.py").read_text()
    assert text.count(old) == 1
    path = tmp_path / f"{module}.py"
    path.write_text(text.replace(old, new))
    understood, findings = read(path)
    assert understood is not None
    assert lines_of(findings) == {text[: text.index(old)].count("\n") + 1}
    assert [finding.family for finding in findings] == [family]


@pytest.mark.parametrize(
    ("module", "old", "new", "message"),
    [
        (
            "rnn_step",
            "(dh[:, t, :] + dprev, caches[t])",
            "(dh[:, t, :], caches[t])",
            "what comes back through prev_h @ Wh is left out",
        ),
        (
            "course_rnn",
            "dc = dc_next + da_next * ot",
            "dc = da_next * ot",
            "what comes back through another use of the value is left out",
        ),
    ],
)
def test_what_is_left_out_of_a_cells_error_is_named(
    module: str, old: str, new: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / f"{module}.py"
    path.write_text((FOLDER / f"{module}.py").read_text().replace(old, new))
    _, findings = read(path)
    assert [finding.message for finding in findings] == [message]


def test_documented_shapes_come_first() -> None:
    doc = "x: inputs, of shape (N, T, D)\nWx: weights (D, 4H)\nb: biases, of shape (4*H,)\nidx: integer array (N,)"
    first = next(fillings(["x", "Wx", "b", "idx"], {}, [doc], False))
    assert first == {"x": Array((6, 3, 4)), "Wx": Array((4, 12)), "b": Array((12,)), "idx": Array((6,), 3)}


def test_sizes_that_fit_each_other_are_offered_to_recurrent_cells() -> None:
    offered = list(fillings(["xt", "a_prev", "Wax", "Waa", "ba"], {}, [], False))
    columns = {"xt": (4, 6), "a_prev": (3, 6), "Wax": (3, 4), "Waa": (3, 3), "ba": (3, 1)}
    assert {name: Array(shape) for name, shape in columns.items()} in offered


def test_a_dictionary_of_parameters_is_filled_with_what_is_read_from_it() -> None:
    tree = ast.parse("def f(x, p):\n    p['seen'] = 1\n    return x @ p['W'] + p['b']\n")
    assert keys_read(tree, "f") == {"p": ("W", "b")}
    first = next(fillings(["x", "p"], keys_read(tree, "f"), [], False))
    given = first["p"]
    assert isinstance(given, dict)
    assert set(given) == {"W", "b"}
