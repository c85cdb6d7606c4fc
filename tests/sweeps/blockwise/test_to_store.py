"""What is solved box by box is what is solved at once, to the last digit and label."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import wattquery as wq
from same_result import LOAD, PAPER
from stored_results import same
from wattquery.engine.threads import Threads
from wattquery.sweeps.blockwise import laid_out
from wattquery.sweeps.blockwise.work import SweepOfBox


@pytest.mark.parametrize("method", ["exact", "monte_carlo", "quasi_monte_carlo"])
@pytest.mark.parametrize("keep_histogram", [False, True])
@pytest.mark.parametrize("asked", [PAPER, LOAD], ids=["paper", "load"])
def test_a_store_holds_what_memory_would(
    asked: dict[str, Any], keep_histogram: bool, method: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laid_out, "MOST_CELLS", 5)
    how = {"method": method, "draws": 512, "threads": 2, "keep_histogram": keep_histogram}
    same(wq.sweep(**asked, **how, store=tmp_path / "a.zarr"), wq.sweep(**asked, **how))


def test_boxes_in_another_order_come_to_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid_out, "MOST_CELLS", 5)
    in_order, order = Threads.map, []
    solve = SweepOfBox.solve

    def backwards(self: Threads, work: Any, tasks: Any, **how: Any) -> Any:
        return in_order(self, work, reversed(list(tasks)), **how)

    def noted(self: SweepOfBox, box: Any) -> Any:
        order.append(box.number)
        return solve(self, box)

    monkeypatch.setattr(SweepOfBox, "solve", noted)
    how: dict[str, Any] = {"draws": 512, "threads": 1}
    with monkeypatch.context() as turned:
        turned.setattr(Threads, "map", backwards)
        found = wq.sweep(**PAPER, **how, store=tmp_path / "a.zarr").load()
    # The first box is solved once more, with the fewest draws, to see what comes of it.
    assert order[1:] == sorted(order[1:], reverse=True)
    assert len(order) > 5
    same(found, wq.sweep(**PAPER, **how))
