"""Memory does not grow with the number of draws."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

resource = pytest.importorskip("resource", reason="peak memory is read from getrusage")

ALLOWED_MB = 20.0
SCRIPT = """
import resource, sys
import wattquery as wq
draws = int(sys.argv[1])
ds = wq.sweep("DeepSeek-R1", draws=draws, seed=1, keep_histogram=True, threads=2)
assert int(ds["histogram"].sum()) == draws
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_a_hundred_times_the_draws_take_the_same_memory() -> None:
    """10**6 and 10**8 draws of one cell, each in a process of its own, side by side."""
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(draws)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for draws in (10**6, 10**8)
    ]
    peaks = []
    for run in runs:
        out, err = run.communicate(timeout=300)
        assert run.returncode == 0, err
        # ru_maxrss is in kB, on macOS in bytes.
        peaks.append(int(out) / (1e6 if sys.platform == "darwin" else 1e3))
    few, many = peaks
    assert abs(many - few) < ALLOWED_MB
