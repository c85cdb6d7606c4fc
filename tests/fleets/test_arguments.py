"""What `fleet` and `trajectory` have in common: old names, threads that change no digit, and honest progress."""

from __future__ import annotations

import inspect
import threading
from typing import Any

import pytest
import xarray as xr

import wattquery as wq
from wattquery.fleets.arguments import REPLACEABLE
from wattquery.fleets.settings import fleet_settings

COURSE: dict[str, Any] = {"stop": "2028-01-01", "shared_draws": 256}
PUE = wq.LogNormal(p5=1.05, p95=1.6)


@pytest.mark.parametrize(("old", "new"), [("outer", "shared_draws"), ("credible", "level"), ("confidence", "level")])
def test_an_old_name_says_the_new_one(old: str, new: str) -> None:
    for function, scenario in ((wq.fleet, "mixed"), (wq.trajectory, "adoption")):
        with pytest.raises(wq.InputTypeError, match=rf"{function.__name__}\(\) has no argument '{old}'.*'{new}'"):
            function(scenario, **{old: 256})


def test_a_name_that_was_never_there_is_compared_with_those_that_are() -> None:
    with pytest.raises(wq.InputTypeError, match=r"has no argument 'growht'.*Did you mean 'growth'"):
        wq.trajectory("adoption", growht=0.3)  # type: ignore[arg-type]


def test_every_argument_that_both_have_is_the_same_and_goes_somewhere() -> None:
    fleet, trajectory = (inspect.signature(function).parameters for function in (wq.fleet, wq.trajectory))
    common = [name for name in fleet if name in trajectory and name != "level"]
    for name in common:
        assert fleet[name].annotation == trajectory[name].annotation, name
        assert fleet[name].default == trajectory[name].default, name
    placed = (
        {"scenario", "classes", "shares", "unknown", "store", "storage_options", "client"}
        | REPLACEABLE
        | set(inspect.signature(fleet_settings).parameters)
    )
    assert set(fleet) <= placed
    course = {"dates", "start", "stop", "step", "adoption", "growth", "rebound"}
    assert set(trajectory) <= placed | course


class Listener:
    """Keeps what it is told of progress, and by which thread."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.threads: set[int] = set()

    def __call__(self, share: float) -> None:
        self.shares.append(share)
        self.threads.add(threading.get_ident())


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(
    ("least", "run"),
    [
        (8, lambda **how: wq.fleet(["mixed", "traditional"], preset=["v2-code", "v1"], shared_draws=256, **how)),
        (6, lambda **how: wq.fleet("mixed", pue=[1.1, 1.2, PUE], levers=["none", "serving"], structural=False, **how)),
        (3, lambda **how: wq.fleet("mixed", method="monte_carlo", draws=20_000, structural=False, **how)),
        (3, lambda **how: wq.trajectory("adoption", **COURSE, **how)),
        (12, lambda **how: wq.trajectory(["adoption"], **COURSE, pue=[1.1, PUE], preset=["v1", "v2-code"], **how)),
    ],
    ids=["fleets", "grid", "sampled", "course", "courses"],
)
def test_progress_rises_to_one_in_the_thread_of_the_caller(least: int, run: Any, threads: int) -> None:
    listener = Listener()
    run(threads=threads, progress=listener)
    assert listener.shares == sorted(listener.shares)
    assert listener.shares[-1] == 1.0
    assert listener.shares.count(1.0) == 1
    assert listener.shares[0] > 0.0
    # Pieces that several threads end at the same time are told of at once.
    assert len(set(listener.shares)) >= (least if threads == 1 else 1)
    assert listener.threads == {threading.get_ident()}


def test_threads_change_no_digit() -> None:
    grid = {"pue": [1.1, PUE], "input_tokens": [300, 500, 900], "shared_draws": 256, "structural": False}
    xr.testing.assert_identical(wq.fleet("mixed", threads=4, **grid), wq.fleet("mixed", threads=1, **grid))
    course = {**COURSE, "step": "quarter", "growth": [0.1, 0.3]}
    alone, together = (wq.trajectory("adoption", threads=threads, **course) for threads in (1, 4))
    xr.testing.assert_identical(together, alone)


def test_an_error_in_a_thread_is_that_of_the_caller() -> None:
    with pytest.raises(wq.InputError, match="scenario 'mixed': level must leave"):
        wq.fleet(["mixed", "traditional"], level=0.999, shared_draws=256, threads=3, pue=[PUE, 1.1], structural=False)


@pytest.mark.parametrize(
    ("fit", "said"), [(True, "standard deviation of 0.362"), (0.2, "of 0.2 where"), (False, "known")]
)
def test_a_result_says_what_is_drawn_for_throughput_fits(fit: bool | float, said: str) -> None:
    for ds in (
        wq.fleet("mixed", throughput_fit=fit, shared_draws=256, structural=False),
        wq.trajectory("adoption", throughput_fit=fit, **COURSE),
    ):
        assert said in ds.attrs["throughput_fit"]


def test_no_throughput_fit_is_neither_of_the_two() -> None:
    for call in (wq.fleet, wq.trajectory, wq.sensitivity.nested):
        with pytest.raises(wq.InputError, match=r"throughput_fit must be True, False, .* got None"):
            call("adoption", throughput_fit=None)


def test_variables_of_a_result_have_new_names() -> None:
    new = wq.fleet("mixed", pue=[1.1, 1.2], shared_draws=256, structural=False)
    old = new.rename(energy_per_day_by_class="energy_per_day_by", energy_per_day_stderr="energy_stderr")
    with pytest.raises(wq.InputError, match="'energy_stderr' is now called 'energy_per_day_stderr'"):
        wq.sensitivity.anova(new, "energy_stderr")
    for call in (wq.plot.heatmap, lambda ds, name: wq.plot.fleet(old)):
        with pytest.raises(wq.InputError, match="'energy_per_day_by' is now called 'energy_per_day_by_class'"):
            call(new, "energy_per_day_by")
    with pytest.raises(wq.InputError, match=r"has no 'energy_per_day'(?!.*now called)"):
        wq.plot.fleet(wq.sweep("DeepSeek-R1", method="exact"))
