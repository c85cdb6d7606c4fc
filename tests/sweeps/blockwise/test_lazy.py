"""What is solved when it is asked for is what a sweep solves at once, to the last bit."""

from __future__ import annotations

from typing import Any

import pytest

import wattquery as wq
from same_result import LOAD, PAPER, assert_same
from wattquery.sweeps.blockwise import laid_out
from wattquery.sweeps.blockwise.work import SweepOfBox

dask = pytest.importorskip("dask")


@pytest.fixture(autouse=True)
def small_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid_out, "MOST_CELLS", 5)


@pytest.mark.parametrize("method", ["exact", "monte_carlo", "quasi_monte_carlo"])
@pytest.mark.parametrize("asked", [PAPER, LOAD], ids=["paper", "load"])
def test_the_same_as_at_once(asked: dict[str, Any], method: Any) -> None:
    how = {"method": method, "draws": 512}
    lazy = wq.sweep(**asked, **how, lazy=True)
    assert lazy.chunks
    assert_same(lazy.compute(scheduler="threads", num_workers=2), wq.sweep(**asked, **how))


def test_on_a_cluster(two_workers: Any) -> None:
    lazy = wq.sweep(**PAPER, draws=512, lazy=True)
    (found,) = two_workers.gather(two_workers.compute([lazy]))
    assert_same(found, wq.sweep(**PAPER, draws=512))


def boxes_solved(patch: pytest.MonkeyPatch) -> list[int]:
    """Return the list of boxes that are solved from now on."""
    solved: list[int] = []
    solve = SweepOfBox.solve

    def counted(self: SweepOfBox, box: Any) -> Any:
        solved.append(box.number)
        return solve(self, box)

    patch.setattr(SweepOfBox, "solve", counted)
    return solved


def test_a_box_is_solved_once_for_all_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    lazy = wq.sweep(**PAPER, draws=512, lazy=True)
    solved = boxes_solved(monkeypatch)
    lazy.compute(scheduler="sync")
    boxes = max(solved) + 1
    assert boxes > 5
    assert sorted(solved) == list(range(boxes))
    solved.clear()
    dask.compute(lazy["energy"].mean(), lazy["energy_mean"].max(), scheduler="sync")
    assert sorted(solved) == list(range(boxes))


def test_a_cell_costs_its_box(monkeypatch: pytest.MonkeyPatch) -> None:
    lazy = wq.sweep(**PAPER, draws=512, lazy=True)
    solved = boxes_solved(monkeypatch)
    found = lazy["energy"].isel(model=-1, output_tokens=0, pue=1, levers=0).compute(scheduler="sync")
    assert len(solved) == 1
    assert found.equals(wq.sweep(**PAPER, draws=512)["energy"].isel(model=-1, output_tokens=0, pue=1, levers=0))


def test_what_is_said_of_instances_is_known_at_once() -> None:
    lazy = wq.sweep(**LOAD, draws=512, lazy=True)
    assert isinstance(lazy.variables["support"]._data, type(lazy.variables["power"]._data))
    assert lazy["support"].chunks is None
    assert lazy["energy"].chunks is not None


def test_text_that_boxes_have_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a number of forms nothing is found beforehand: how long a text may be is then known of all boxes only."""
    from wattquery.sweeps.blockwise import template

    monkeypatch.setattr(template, "MOST_FORMS", 0)
    lazy, whole = wq.sweep(**LOAD, draws=512, lazy=True), wq.sweep(**LOAD, draws=512)
    for name in ("support", "unsupported_reason", "support_basis"):
        assert lazy[name].dtype == object
        assert lazy[name].values.tolist() == whole[name].values.tolist()


def test_dask_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from wattquery.sweeps.blockwise import lazy as subject

    monkeypatch.setattr(subject.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(wq.InputError, match=r"^lazy needs the package dask.*pip install 'wattquery\[dask\]'"):
        wq.sweep("DeepSeek-R1", lazy=True)
