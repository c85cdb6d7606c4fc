"""What workers elsewhere solve is what this process does, to the last bit."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pytest

import on_workers
import wattquery as wq
from clocks import Clock
from same_result import LOAD, PAPER, assert_same
from wattquery.engine.display import Display
from wattquery.sweeps.blockwise import laid_out


@pytest.mark.parametrize("method", ["exact", "monte_carlo", "quasi_monte_carlo"])
@pytest.mark.parametrize("asked", [PAPER, LOAD], ids=["paper", "load"])
def test_the_same_as_here(asked: dict[str, Any], method: Any, two_workers: Any) -> None:
    how = {"method": method, "draws": 512}
    assert_same(wq.sweep(**asked, **how, client=two_workers), wq.sweep(**asked, **how))


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
def test_histograms_too_in_boxes_of_any_size(method: Any, two_workers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid_out, "MOST_CELLS", 3)
    how = {"method": method, "draws": 512, "keep_histogram": True}
    assert_same(wq.sweep(**PAPER, **how, client=two_workers), wq.sweep(**PAPER, **how))


def test_one_cell_without_any_dimension(two_workers: Any) -> None:
    assert_same(wq.sweep("DeepSeek-R1", draws=512, client=two_workers), wq.sweep("DeepSeek-R1", draws=512))


@pytest.mark.parametrize("name", [None, "a.zarr"])
def test_who_watches_sees_cells_draws_rate_and_time(
    name: str | None, two_workers: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    told: list[float] = []
    clock = Clock()

    def show(line: str, share: float) -> None:
        lines.append(line)
        told.append(share)
        clock.now += 1.0

    store = {} if name is None else {"store": tmp_path / name}
    monkeypatch.setattr(laid_out, "MOST_CELLS", 8)
    found = wq.sweep(**PAPER, draws=512, client=two_workers, progress=Display(show, clock=clock), **store)
    # In memory those without data are left out beforehand; a store has them in its boxes.
    cells = int(found["supported"].sum()) if name is None else found["supported"].size
    draws = f"{512 * cells:,}"
    assert lines[0] == f"0 % | 0 of {cells} cells | 0 of {draws} draws"
    number = r"[\d,.]+(?: million)?"
    middle = rf"\d+ % \| \d+ of {cells} cells \| {number} of {draws} draws, {number}/s \| \d+ s left"
    assert len(lines) > 6
    assert all(re.fullmatch(middle, line) for line in lines[1:-1])
    assert re.fullmatch(
        rf"100 % \| {cells} of {cells} cells \| {draws} of {draws} draws, {number}/s \| in \d+ s", lines[-1]
    )
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_no_kernel_is_compiled_or_loaded_for_another_box(two_workers: Any) -> None:
    wq.sweep(**PAPER, draws=512, client=two_workers)
    before = two_workers.run(on_workers.kernels)
    assert all(sum(counts) > 0 for counts in before.values())
    wq.sweep(**(PAPER | {"pue": [1.05, 1.2]}), draws=512, client=two_workers, seed=3)
    assert two_workers.run(on_workers.kernels) == before


def test_an_error_to_reach_is_refused(two_workers: Any) -> None:
    with pytest.raises(wq.InputError, match=r"^relative_stderr must be left out with client, got 0\.01"):
        wq.sweep("DeepSeek-R1", relative_stderr=0.01, client=two_workers)


def test_what_a_box_refuses_is_said_here(two_workers: Any) -> None:
    wide = wq.LogNormal(p5=1e-25, p95=1e25)
    with pytest.raises(wq.InputError) as here:
        wq.sweep("DeepSeek-R1", levers=["none", wq.Lever("wide", wide)], draws=512)
    with pytest.raises(wq.InputError) as there:
        wq.sweep("DeepSeek-R1", levers=["none", wq.Lever("wide", wide)], draws=512, client=two_workers)
    assert str(there.value) == str(here.value)


def test_a_progress_that_cannot_be_sent_is_told_all_the_same(two_workers: Any) -> None:
    told: list[float] = []
    lock = threading.Lock()  # which no pickle takes

    def show(share: float) -> None:
        with lock:
            told.append(share)

    wq.sweep("DeepSeek-R1", draws=512, client=two_workers, progress=show)
    assert told == [1.0]
