"""Processes that sweep into a store and are killed: what they finished stays, and the end is the same."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xarray as xr

import wattquery as wq
from sweeps.blockwise.faults import boxes_solved, same_values
from wattquery.sweeps.blockwise import laid_out

ASKED = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B"],
    "pue": [round(1.05 + 0.01 * step, 2) for step in range(20)],
    "draws": 20_000,
    "threads": 1,
    "catalog": "oviedo2026",
}
CELLS = 2
BOXES = 20

SWEEPS = f"""
import sys
import wattquery as wq
from wattquery.sweeps.blockwise import laid_out, written
laid_out.MOST_CELLS = {CELLS}
asked = {ASKED!r}
print("begins", flush=True)
wq.sweep(**asked, store=sys.argv[1], progress=lambda share: print(share, flush=True))
"""


def begun(store: Path) -> subprocess.Popen[str]:
    """Start a process, and return it when it sweeps."""
    process = subprocess.Popen([sys.executable, "-c", SWEEPS, str(store)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    return process


def finished(store: Path) -> int:
    """Return how many boxes of a store are done."""
    return len([path for path in store.glob("done/c/*/*") if path.suffix != ".partial"])


def killed_often(store: Path, times: int, seed: int) -> int:
    """Kill runs at random moments, and return how many boxes they finished together; none may be lost on the way."""
    moments = random.Random(seed)
    boxes = 0
    for _ in range(times):
        with begun(store) as process:
            time.sleep(moments.uniform(0.0, 0.6))
            process.kill()
        assert finished(store) >= boxes
        boxes = finished(store)
    return boxes


def ends_alike(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Continue a store to its end, solving what is missing and nothing else."""
    monkeypatch.setattr(laid_out, "MOST_CELLS", CELLS)
    missing = BOXES - finished(store)
    solved = boxes_solved(monkeypatch)
    found: xr.Dataset = wq.sweep(**ASKED, store=store)
    assert len(solved) == missing
    same_values(found, wq.sweep(**ASKED))
    assert not list(store.rglob("*.partial"))


def test_killed_runs_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed_often(tmp_path / "a.zarr", 2, seed=1)
    ends_alike(tmp_path / "a.zarr", monkeypatch)


@pytest.mark.slow
def test_runs_killed_twenty_times_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    killed_often(tmp_path / "a.zarr", 20, seed=2)
    ends_alike(tmp_path / "a.zarr", monkeypatch)


def test_of_two_processes_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "a.zarr"
    with begun(store) as first:
        assert first.stdout is not None
        first.stdout.readline()  # a box is done, so that the store is its own
        with pytest.raises(wq.InputError, match=f"being written by process {first.pid}"):
            wq.sweep(**ASKED, store=store)
        first.kill()
    ends_alike(store, monkeypatch)
