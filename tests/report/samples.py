"""Hand-made diagnoses for the renderers: one full, one clean, one undetermined, one unusable, one hostile."""

from __future__ import annotations

from dataclasses import replace

from annprobe.findings import (
    Check,
    Cost,
    Curve,
    Diagnosis,
    Evidence,
    Experiment,
    Finding,
    GradientRow,
    ListingLine,
    Parameter,
    Patch,
    Place,
    SubjectFacts,
    Symptom,
)

SOURCE = """\
import numpy as np

class Net:
    def gradients(self, X, Y):
        delta = (self.a - Y) * self.a * (1 - self.a)
        return (1 / len(X)) * delta.T @ self.before
    def train(self, X, Y):
        self.W = self.W - 0.01 * self.gradients(X, Y)
"""

SCALE = Finding(
    "AP306",
    "scale",
    "cost sums over the examples, the gradient is their mean: a gradient check of the two can never agree",
    places=(Place("net.py", 6, 15, 6, 27, "        return (1 / len(X)) * delta.T @ self.before"),),
    computes="1/N · ∂C/∂W",
    should_compute="∂C/∂W",
    evidence=(Evidence("ratio", 0.25), Evidence("examples", 4), Evidence("same at other N", True)),
    notes=("N = 6 and N = 7 give 1/6 and 1/7",),
    help="divide the cost by N, or drop the factor here",
    role="harmless",
    trust="measured",
    patch=Patch("--- net.py\n+++ net.py\n@@ -6,1 +6,1 @@\n-        return (1 / len(X)) * delta.T @ self.before\n"
                "+        return delta.T @ self.before\n", "verified"),
)
RATE = Finding(
    "AP401",
    "learning-rate",
    "the rate 0.01 is about 100 times too small for 10000 steps",
    places=(Place("net.py", 8, 26, 8, 30, "        self.W = self.W - 0.01 * self.gradients(X, Y)"),),
    evidence=(Evidence("rate", 0.01), Evidence("smallest rate that cures", 1.0), Evidence("runs cured", "4 of 5", "")),
    help="use a rate of about 1",
    role="cause",
    trust="verified",
)
FULL = Diagnosis(
    "0.1.0",
    SubjectFacts("net.py", ("Net",), "class", (2, 4, 1), ("sigmoid", "sigmoid"),
                 Cost("½ Σ (y − a)²", "sum"), (Parameter("W", (4, 3)), Parameter("V", (1, 5))),
                 "Net([2, 4, 1]).train(X, Y)", ("input() was answered with an empty line",)),
    "faulty",
    findings=(RATE, SCALE),
    checks=(Check("AND", "one neuron", "pass", "cost 0.003"), Check("XOR", "hidden layer", "fail", "cost 0.500"),
            Check("digits", "harder", "skip", "effort normal")),
    gradient=(GradientRow("W", True, 3e-10, 1e-9, "1/N", 6), GradientRow("V", False, 0.31, 1e-9, None, None),
              GradientRow("c", None)),
    symptoms=(Symptom("identical-outputs-cost-falling", 0.98, "spread 0.012"),),
    experiments=(Experiment("learning rate × 100", True, "4 of 5 seeds"),
                 Experiment("weights from N(0, 1)", False, "")),
    listing=(ListingLine(5, "delta", "δ²", "right"),
             ListingLine(6, "return", "1/N·∂C/∂W²", "wrong", 0, "∂C/∂W²", "1/N·∂C/∂W²")),
    curves=(Curve("cost", (0.0, 5000.0, 10000.0), (0.51, 0.503, 0.5)),
            Curve("output 1", (0.0, 10000.0), (0.55, 0.5)), Curve("output 2", (0.0, 10000.0), (0.56, 0.501))),
    source=SOURCE,
    seconds=3.21,
)
CLEAN = Diagnosis("0.1.0", SubjectFacts("good.py", ("Net",), "class", (2, 4, 1)), "clean", seconds=1.0)
UNDETERMINED = Diagnosis(
    "0.1.0", SubjectFacts("odd.py"), "undetermined", "no training step was found; complete the adapter below",
    adapter="from annprobe import Subject\n\nsubject = Subject(...)\n", seconds=2.0)
UNUSABLE = Diagnosis("0.1.0", SubjectFacts("broken.py"), "unusable", "line 3 is not Python: '(' was never closed")

NASTY = "<script>alert(1)</script> | `tick` **bold** \x1b[31mred\x07 ]]> & \"quoted\" 'single' %0A::error::x\ud800"
HOSTILE = replace(
    FULL,
    subject=replace(FULL.subject, path=f"{NASTY}.py", entry=(NASTY,), usage=NASTY, notes=(NASTY,)),
    findings=(replace(RATE, message=NASTY, help=NASTY, computes=NASTY, should_compute=NASTY, notes=(NASTY,),
                      evidence=(Evidence(NASTY, NASTY, NASTY), Evidence("nan", float("nan"))),
                      places=(Place(f"{NASTY}.py", 1, 2, 1, 9, NASTY),),
                      patch=Patch(f"@@ -1 +1 @@\n-{NASTY}\n+x", "verified")),),
    checks=(Check(NASTY, NASTY, "fail", NASTY),),
    gradient=(GradientRow(NASTY, False, float("inf"), float("nan"), NASTY, 3),),
    experiments=(Experiment(NASTY, None, NASTY),),
    listing=(ListingLine(1, NASTY, NASTY, "wrong", 0, NASTY, NASTY),),
    curves=(Curve(NASTY, (0.0, 1.0, 2.0), (1.0, float("nan"), float("inf"))),),
    source=NASTY + "\n",
    adapter=NASTY,
    message=NASTY,
)
ALL = {"full": FULL, "clean": CLEAN, "undetermined": UNDETERMINED, "unusable": UNUSABLE, "hostile": HOSTILE}
