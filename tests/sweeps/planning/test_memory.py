"""What a plan says of memory against the peak of a process that sweeps."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from wattquery.sweeps.blockwise.window import Window
from wattquery.sweeps.planning.boxed import Boxed
from wattquery.sweeps.planning.memory import COPIES, OF_RUN, memory_of

CHILD = """
import ctypes, json, sys
import wattquery as wq

medians = [wq.Exponential(median=100.0 + 10.0 * i) for i in range(10)]
grid = dict(model="DeepSeek-R1", output_tokens=medians, draws=2000, keep_histogram=True, threads=2)
grid["pue"] = [1.0 + i / 60 for i in range(60)]


def told(name):
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024


for where in ({}, {"store": sys.argv[1]}):
    planned = wq.plan(**grid, **where).memory_bytes
    ctypes.CDLL(None).malloc_trim(0)
    open("/proc/self/clear_refs", "w").write("5")
    before = told("VmRSS:")
    wq.sweep(**grid, **where)
    print(json.dumps([planned, told("VmHWM:") - before]))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only Linux tells a peak anew, and glibc gives it back")
def test_memory_is_near_that_of_a_process(tmp_path: Path) -> None:
    called = [sys.executable, "-c", CHILD, str(tmp_path / "grid.zarr")]
    made = subprocess.run(called, capture_output=True, text=True, check=True)
    for planned, taken in map(json.loads, made.stdout.splitlines()):
        assert taken > 50_000_000
        assert 0.75 < planned / taken < 1.6


def test_what_is_in_work_counts_and_not_the_grid() -> None:
    piece = xr.Dataset({"supported": ("cell", np.ones(10, dtype=bool)), "energy": ("cell", np.ones(10))})
    small, large = Boxed((100,), 50, 100, 5000), Boxed((100,), 5000, 100, 500_000)
    how = {"in_parts": True, "workers": 2}
    assert memory_of([piece], "monte_carlo", small, **how) == memory_of([piece], "monte_carlo", large, **how)
    whole = memory_of([piece], "monte_carlo", Boxed((100,), 1, 1_000_000, 1_000_000), in_parts=False, workers=1)
    assert whole == OF_RUN["monte_carlo"] + round(1_000_000 * COPIES * 9)


def test_bins_of_a_store_take_more_than_those_of_results() -> None:
    counts = ("cell", "bin"), np.ones((2, 5))
    piece = xr.Dataset({"supported": ("cell", [True, True]), "histogram": counts}, {"bin": np.arange(5)})
    found = [
        memory_of([piece], "exact", Boxed((2,), 9, 1000, 9000, Window(0, bins)), in_parts=True, workers=1)
        for bins in (5, 10)
    ]
    assert found[1] - found[0] == 2 * 1000 * 5 * 8
