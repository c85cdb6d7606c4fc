"""What workers elsewhere solve is what this process does, to the last bit."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import on_workers
import wattquery as wq
from same_result import LOAD, PAPER, assert_same
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


def test_progress_is_told_up_to_the_whole(two_workers: Any) -> None:
    told: list[float] = []
    wq.sweep(**PAPER, draws=512, client=two_workers, progress=told.append)
    assert len(told) >= 8
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
