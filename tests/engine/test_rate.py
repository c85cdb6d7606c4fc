"""Rates by a clock of our own: smoothed, without what an earlier run did, and over a slow beginning soon."""

from __future__ import annotations

import math

import pytest

from clocks import Clock
from wattquery.engine.rate import MEMORY, Rate


def test_even_work() -> None:
    clock = Clock()
    rate = Rate(clock=clock)
    assert (rate.per_second, rate.left) == (0.0, math.inf)
    for step in range(1, 51):
        clock.now += 2.0
        rate.see(0.01 * step)
    assert rate.per_second == pytest.approx(0.005)
    assert rate.left == pytest.approx(100.0)
    assert rate.elapsed == pytest.approx(100.0)


def test_what_was_done_before_is_no_speed() -> None:
    clock = Clock()
    rate = Rate(0.9, clock)
    clock.now += 10.0
    rate.see(0.91)
    assert rate.per_second == pytest.approx(0.001)
    assert rate.left == pytest.approx(90.0)


def test_a_first_compilation_is_forgotten() -> None:
    clock = Clock()
    rate = Rate(clock=clock)
    clock.now += 30.0
    rate.see(0.001)
    assert rate.left > 10_000.0
    for step in range(1, 61):
        clock.now += 1.0
        rate.see(0.001 + 0.002 * step)
    assert rate.per_second == pytest.approx(0.002, rel=2 * math.exp(-60.0 / MEMORY) * 30.0 / MEMORY)


def test_a_clock_that_stands_still() -> None:
    rate = Rate(clock=Clock())
    rate.see(0.5)
    assert (rate.per_second, rate.left) == (0.0, math.inf)
