"""The bound on memory: a large network is recorded, judged and listed in little more than the module itself needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MODULE = '''
import numpy as np

class Net:
    def __init__(self, sizes, seed=0):
        rng = np.random.default_rng(seed)
        self.W = [rng.normal(0, 1 / np.sqrt(m), (n, m)) for m, n in zip(sizes, sizes[1:])]
        self.b = [np.zeros(n) for n in sizes[1:]]

    def forward(self, X):
        self.a = [X]
        for W, b in zip(self.W, self.b):
            self.a.append(1 / (1 + np.exp(-(self.a[-1] @ W.T + b))))
        return self.a[-1]

    def step(self, X, Y, rate):
        error = self.forward(X) - Y
        delta = error * self.a[-1] * (1 - self.a[-1])
        for l in range(len(self.W) - 1, -1, -1):
            dW, db = delta.T @ self.a[l] / len(X), delta.mean(axis=0)
            if l:
                delta = (delta @ self.W[l]) * self.a[l]
            self.W[l] -= rate * dW
            self.b[l] -= rate * db
        return np.mean(np.sum(error ** 2, axis=1)) / 2

rng = np.random.default_rng(1)
X = rng.random((1000, 784))
Y = np.eye(10)[rng.integers(0, 10, 1000)]
net = Net([784, 100, 10])
for epoch in range(50):
    cost = net.step(X, Y, 0.5)
    if epoch % 10 == 0:
        print(epoch, cost)
'''
FAULTY_LINE = 1 + MODULE.splitlines().index("                delta = (delta @ self.W[l]) * self.a[l]")
PEAK = "import resource, sys\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss " \
       ">> (20 if sys.platform == 'darwin' else 10))\n"
PLAIN = "import runpy, sys\nrunpy.run_path(sys.argv[1], run_name='__main__')\n" + PEAK
READ = """
import sys
from annprobe.diagnosis.causes.every import findings_of
from annprobe.listing.accusing import accusations
from annprobe.diagnosis.observing.observation import observe
from annprobe.diagnosis.observing.options import Options
from annprobe.listing.lines import listing
from annprobe.listing.scene import Scene
from annprobe.subject.reading.source import read_source
found, understanding = observe(read_source(sys.argv[1]), Options(effort="quick"))
scene = Scene(understanding, understanding.hypothesis)
assert listing(scene, accusations(scene))
findings, _ = findings_of(scene, understanding, found)
print(*(place.line for finding in findings for place in finding.places))
""" + PEAK
MEBIBYTES = 640  # beside the module's own; the recording itself may hold 1 GiB at most


def _run(program: str, module: Path) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program, str(module)], capture_output=True, text=True, check=True,
                          cwd=Path(__file__).parents[2])
    return done.stdout.split("\n")[-3:]


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource")
def test_a_large_network_is_listed_within_the_bound(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(MODULE, "utf-8")
    plain = int(_run(PLAIN, module)[-2])
    lines, peak, _ = _run(READ, module)
    assert str(FAULTY_LINE) in lines.split()
    assert int(peak) - plain < MEBIBYTES
