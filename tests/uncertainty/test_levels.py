"""Intervals by their probability: levels of ends in decimals, several sorted, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery.errors import InputError, InputTypeError
from wattquery.uncertainty.levels import checked_intervals, checked_level, interval_ends


@pytest.mark.parametrize(
    ("level", "ends"),
    [(0.9, (0.05, 0.95)), (0.95, (0.025, 0.975)), (0.5, (0.25, 0.75)), (0.998, (0.001, 0.999)), (0.99, (0.005, 0.995))],
)
def test_ends_are_decimals_that_a_user_would_select_by(level: float, ends: tuple[float, float]) -> None:
    assert interval_ends(level) == ends


def test_one_level_gives_its_ends_and_the_median() -> None:
    intervals = checked_intervals(0.9)
    assert intervals.levels == (0.9,)
    assert intervals.quantiles == (0.05, 0.5, 0.95)
    assert intervals.largest == 0.9


@pytest.mark.parametrize("level", [(0.95, 0.5, 0.9), [0.5, 0.9, 0.95], np.array([0.9, 0.95, 0.5])])
def test_several_levels_are_sorted_and_share_one_median(level: object) -> None:
    intervals = checked_intervals(level)  # type: ignore[arg-type]
    assert intervals.levels == (0.5, 0.9, 0.95)
    assert intervals.quantiles == (0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 95, [0.5, 1.5], 1e-20, 1.0 - 1e-16])
def test_what_is_no_probability_of_an_interval_is_refused(level: object) -> None:
    with pytest.raises(InputError, match=r"level must (lie between|be at least)"):
        checked_intervals(level)  # type: ignore[arg-type]


@pytest.mark.parametrize("level", [[], [0.5, 0.5]])
def test_no_level_and_a_level_twice_are_refused(level: list[float]) -> None:
    with pytest.raises(InputError, match=r"level must be one probability or a list of different ones.*level=\[0\.5"):
        checked_intervals(level)


@pytest.mark.parametrize("level", ["0.9", None, True])
def test_what_is_no_number_is_refused(level: object) -> None:
    with pytest.raises(InputTypeError, match="level must be a finite number"):
        checked_level(level)


def test_where_one_interval_is_stated_several_are_refused() -> None:
    with pytest.raises(wq.InputTypeError, match=r"level must be one probability here, got \[0\.5, 0\.9\]"):
        wq.sensitivity.sobol("DeepSeek-R1", level=[0.5, 0.9])
