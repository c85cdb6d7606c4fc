"""Workers that would not compute what this process does are refused, by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import on_workers
import wattquery as wq
from wattquery.engine.dask import OnDask
from wattquery.sweeps.blockwise import canary
from wattquery.sweeps.blockwise.canary import CheckedWorkers, Report, counts, difference, report
from wattquery.sweeps.settings import settings
from wattquery.sweeps.study import study

HERE = Report("1.0", "one", (("numpy", "2.1"), ("numba", "0.61")), "abc")


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ({}, ""),
        ({"version": "0.9"}, "it has wattquery 0.9, and this process 1.0"),
        ({"definition": "two"}, "its numbers are made by another definition of the kernels, as of an edited copy"),
        (
            {"counts": "abd", "libraries": (("numpy", "2.0"), ("numba", "0.61"))},
            "it counts otherwise in a small block of cells, and it has numpy 2.0 in the place of 2.1",
        ),
        (
            {"counts": "abd"},
            "it counts otherwise in a small block of cells, and its processor or its kernels are of another kind",
        ),
        ({"libraries": (("numpy", "2.0"), ("numba", "0.60"))}, ""),  # versions that count alike do no harm
    ],
)
def test_a_difference_in_words(there: dict[str, Any], said: str) -> None:
    assert difference(HERE, replace(HERE, **there)) == said


def test_counts_are_those_of_the_method_and_the_form() -> None:
    found = [counts("monte_carlo", False), counts("monte_carlo", True), counts("exact", False)]
    assert len(set(found)) == 3
    assert found == [counts.__wrapped__("monte_carlo", False), *found[1:]]


def test_another_digit_is_another_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    before = counts("monte_carlo", False)
    whole = canary._settings
    monkeypatch.setattr(canary, "_settings", lambda method: replace(whole(method), seed=1))
    assert counts.__wrapped__("monte_carlo", False) != before


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("package_version", "0.0.1", r"it has wattquery 0\.0\.1, and this process"),
        ("counts", "another", "it counts otherwise in a small block of cells, and its processor"),
    ],
)
def test_a_worker_that_computes_otherwise_is_refused(two_workers: Any, name: str, value: str, said: str) -> None:
    address = sorted(two_workers.nthreads())[1]
    two_workers.run(on_workers.count_otherwise, name, value, workers=[address])
    try:
        with pytest.raises(wq.InputError, match=f"^worker {address} would not compute what this process does: {said}"):
            wq.sweep("DeepSeek-R1", draws=512, client=two_workers)
    finally:
        two_workers.run(on_workers.count_as_before)
    wq.sweep("DeepSeek-R1", draws=512, client=two_workers)


def test_nothing_begins_before_all_workers_have_answered(two_workers: Any) -> None:
    address = sorted(two_workers.nthreads())[0]
    two_workers.run(on_workers.count_otherwise, "counts", "another", workers=[address])
    workers = CheckedWorkers(_NothingYet(two_workers), settings(draws=512), study("DeepSeek-R1"))
    try:
        with pytest.raises(wq.InputError, match=f"^worker {address} would not"):
            list(workers.map(on_workers.Counted(), [on_workers.Piece(1)]))
    finally:
        two_workers.run(on_workers.count_as_before)


class _NothingYet(OnDask):
    def map(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("a task began")


def test_a_worker_that_comes_later_is_asked_before_its_first_box(two_workers: Any) -> None:
    """The first question reaches the workers that are there; each task asks its own process once more."""
    what, how = study("DeepSeek-R1"), settings(draws=512)
    workers = CheckedWorkers(_NoneYet(two_workers), how, what)
    two_workers.run(on_workers.count_otherwise, "counts", "another")
    try:
        with pytest.raises(wq.InputError, match=r"^worker tcp://.* would not compute what this process does"):
            list(workers.map(on_workers.Counted(), [on_workers.Piece(1)]))
    finally:
        two_workers.run(on_workers.count_as_before)


class _NoneYet(OnDask):
    def on_each(self, ask: Any) -> dict[str, Any]:
        return {}


def test_a_worker_that_cannot_answer_is_refused(two_workers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OnDask, "on_each", lambda self, ask: {"tcp://a:1": ModuleNotFoundError("no wattquery")})
    with pytest.raises(
        wq.InputError, match=r"^worker tcp://a:1 could not compute a small block .*ModuleNotFoundError: no wattquery"
    ):
        wq.sweep("DeepSeek-R1", draws=512, client=two_workers)


def test_a_report_is_that_of_this_process() -> None:
    assert report("monte_carlo", False).version == wq.__version__
