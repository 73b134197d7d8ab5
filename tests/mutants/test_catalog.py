"""The catalogue: collecting, refusing, describing, and catalogues from elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annprobe import catalog
from annprobe.engine.layout import Array
from annprobe.engine.marking import mutant
from annprobe.engine.passes import Pass
from annprobe.errors import BadArgument
from annprobe.findings import CODES

EXAMPLE = Path(__file__).parent / "example_package"
SECTIONS = """Something is wrong.

    Correct  right
    Bugged   wrong
             and more of it
    Silent   never
    Shows    nothing
    Fix      mend it
    Seen     here
    """


def module_of(*functions: Callable[..., Any]) -> types.ModuleType:
    module = types.ModuleType("elsewhere")
    for function in functions:
        function.__module__ = "elsewhere"
        setattr(module, function.__name__, function)
    return module


def marked(step: str = "hidden_delta", doc: str = SECTIONS, **arguments: Any) -> Callable[..., Any]:
    def wrong(p: Pass, layer: int) -> Array:
        return p.delta[layer]

    wrong.__doc__ = doc
    return mutant("xx-wrong", step=step, **arguments)(wrong)


def test_a_marked_function_is_collected_with_its_sections() -> None:
    found, *rest = catalog.collect(module_of(marked()), "elsewhere")
    assert rest == []
    assert (found.id, found.summary, found.bugged, found.family) == ("xx-wrong", "Something is wrong.",
                                                                     "wrong and more of it", "elsewhere")
    assert found.code == "AP901"


@pytest.mark.parametrize(("arguments", "message"), [
    ({"step": "hiden_delta"}, "mutant 'xx-wrong' in elsewhere: .* no step 'hiden_delta'; did you mean 'hidden_delta'"),
    ({"seen_by": "gradeint"}, "there is no check 'gradeint'; did you mean 'gradient'"),
    ({"code": "AP3O1"}, "there is no code 'AP3O1'; did you mean 'AP310'"),
    ({"step": "output_delta"}, r"the step output_delta has the arguments \(p\), the function \(p, layer\)"),
    ({"doc": "Something is wrong."}, "missing: Correct, Bugged, Silent, Shows, Fix, Seen"),
    ({"doc": SECTIONS.replace("Fix      mend it", "Fix")}, "missing: Fix"),
    ({"doc": SECTIONS.replace("Seen", "Saw")}, "missing: Seen"),
])
def test_a_wrongly_marked_function_is_refused_with_the_reason(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(BadArgument, match=message):
        catalog.collect(module_of(marked(**arguments)), "elsewhere")


def test_imported_mutants_are_not_collected_again() -> None:
    module = module_of(marked())
    module.borrowed = catalog.get("bs-slice-last").function  # type: ignore[attr-defined]
    assert [m.id for m in catalog.collect(module, "elsewhere")] == ["xx-wrong"]


def test_unknown_names_are_answered_with_the_closest() -> None:
    with pytest.raises(BadArgument, match="no mutant 'bs-slice-lst'; did you mean 'bs-slice-last'"):
        catalog.get("bs-slice-lst")
    with pytest.raises(BadArgument, match="no family 'biass'; did you mean 'bias'"):
        catalog.select("biass")
    with pytest.raises(BadArgument, match="no check 'gradients'; did you mean 'gradient'"):
        catalog.select(seen_by="gradients")


def test_two_mutants_of_one_step_do_not_compose() -> None:
    with pytest.raises(BadArgument, match="bs-slice-last and tr-delta-w both replace the step hidden_delta"):
        catalog.compose([catalog.get("bs-slice-last"), catalog.get("tr-delta-w")])


def test_every_family_has_a_code_and_every_code_exists() -> None:
    own = [m for m in catalog.load().values() if m.origin.startswith("annprobe.mutants")]
    assert {m.family for m in own} == set(catalog.FAMILY_CODES)
    assert {m.code for m in own} <= set(CODES) - {"AP901"}


def test_a_description_has_everything() -> None:
    d = catalog.describe("bs-slice-last")
    assert (d.mutant.correct, d.mutant.bugged) == ("δ[l] = (δ[l+1] W[l+1][:, 1:]) ∘ f'(z[l])",
                                                   "δ[l] = (δ[l+1] W[l+1][:, :-1]) ∘ f'(z[l])")
    assert d.silent_when == "no hidden layer"
    assert "product(p.delta[layer + 1], p.V[layer + 1]" in d.code_right
    assert "p.W[layer + 1][..., :-1]" in d.code_wrong
    assert '"""' not in d.code_right + d.code_wrong
    assert d.exhibit is not None
    assert d.exhibit.widths == (1, 1, 1)
    assert d.exhibit.quantity == "gradient[1]"
    assert d.exhibit.right != d.exhibit.wrong
    assert d.exhibit.picture is not None


def test_every_row_says_what_is_wrong() -> None:
    table = catalog.rows()
    assert len(table) == len(catalog.load())
    assert all(row.summary.endswith(".") and row.id and row.family for row in table)
    assert all(row.widths for row in table)
    assert {row.family for row in catalog.rows("bias")} == {"bias"}


def test_every_code_of_both_is_shown() -> None:
    for m in catalog.load().values():
        assert m.source.startswith("def ")
        assert m.source_of_step.startswith("def ")
        assert '"""' not in m.source + m.source_of_step


def elsewhere(path: Path, program: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(path), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env, check=False)


def test_mutants_of_another_distribution_appear() -> None:
    done = elsewhere(EXAMPLE, """
import dataclasses, json
from annprobe import catalog
d = catalog.describe("ex-median")
row = catalog.rows("example")[0]
print(json.dumps([dataclasses.asdict(row), d.exhibit.widths, d.mutant.cause, d.mutant.origin]))
""")
    assert done.returncode == 0, done.stderr
    row, widths, cause, origin = json.loads(done.stdout)
    assert (row["id"], row["family"], row["gradient_check"]) == ("ex-median", "example", True)
    assert (cause, origin) == ("scale", "example_mutants")
    assert widths == [1, 1]


def test_they_appear_in_the_command_too() -> None:
    done = elsewhere(EXAMPLE, "from annprobe.cli import main; main(['mutants', '--family', 'example'])")
    assert done.returncode == 0, done.stderr
    assert "ex-median" in done.stdout


MEDIAN = """
import numpy as np

X, Y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])


class Network:
    def __init__(self, sizes):
        rng = np.random.default_rng(0)
        self.W = [rng.normal(0, 1, (m, n + 1)) for n, m in zip(sizes[:-1], sizes[1:])]

    def forward(self, X):
        a = [X]
        for W in self.W:
            a.append(1 / (1 + np.exp(-(a[-1] @ W[:, 1:].T + W[:, 0]))))
        return a

    def train(self, X, Y, rate=1.0, iterations=300):
        self.costs = []
        for _ in range(iterations):
            a = self.forward(X)
            self.costs.append(((a[-1] - Y) ** 2).sum() / len(X))
            delta, G = 2 * (a[-1] - Y) * a[-1] * (1 - a[-1]), {}
            for l in (1, 0):
                below = np.hstack([np.ones((len(X), 1)), a[l]])
                G[l] = (delta[:, :, None] * below[:, None, :]).mean(axis=0)
                G[l][:, 0] = np.median(delta, axis=0)
                delta = (delta @ self.W[l][:, 1:]) * a[l] * (1 - a[l])
            for l in (0, 1):
                self.W[l] -= rate * G[l]


net = Network([2, 4, 1])
net.train(X, Y)
"""


def test_they_take_part_in_diagnosis(tmp_path: Path) -> None:
    module = tmp_path / "network.py"
    module.write_text(MEDIAN, "utf-8")
    arguments = ["diagnose", str(module), "--effort", "quick", "--format", "json"]
    call = f"from annprobe.cli import main; main({arguments!r})"
    for path, named in ((EXAMPLE, True), (tmp_path, False)):
        done = elsewhere(path, call)
        assert ("ex-median" in done.stdout) is named, done.stderr


def copied(tmp_path: Path, name: str, text: str) -> Path:
    """The example package with another module."""
    info = tmp_path / f"{name}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[annprobe.mutants]\n{name} = {name}\n")
    (tmp_path / f"{name}.py").write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize(("change", "message"), [
    (("ex-median", "bs-slice-last"), "two mutants are called 'bs-slice-last'"),
    (('step="bias_gradient"', 'step="bias_gradent"'), "did you mean 'bias_gradient'"),
    (("import numpy as np", "import numpyy as np"), "cannot be loaded from other: ModuleNotFoundError"),
])
def test_a_bad_catalogue_from_elsewhere_is_named(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    text = (EXAMPLE / "example_mutants.py").read_text("utf-8").replace(*change)
    done = elsewhere(copied(tmp_path, "other", text), "from annprobe import catalog; catalog.load()")
    assert done.returncode == 1
    assert message in done.stderr
    assert "BadArgument" in done.stderr
