"""A rate by a clock that only the work moves: what is extrapolated is known to the last digit."""

import time

import pytest
import xarray as xr

from wattquery.sweeps.planning import rate
from wattquery.sweeps.settings import settings
from wattquery.sweeps.study import study

A_PIECE, A_CELL, A_DRAW = 0.02, 1e-5, 1e-9  # s


@pytest.fixture
def solved(monkeypatch):
    """All pieces that are solved, of which the clock says what they take."""
    now, pieces = [0.0], []

    class Work:
        def __init__(self, _, how):
            self.how = how

        def solve(self, box):
            now[0] += A_PIECE + box.size * (A_CELL + A_DRAW * self.how.draws)
            pieces.append((box, self.how.draws))
            return xr.Dataset({"supported": ("cell", [True, True, False, False])})

    monkeypatch.setattr(rate, "SweepOfBox", Work)
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    return pieces


def asked():
    return study("DeepSeek-R1", pue=[1.0 + i / 1e6 for i in range(6_000)])


def test_draws_are_extrapolated_from_two_numbers_of_them(solved):
    how = settings(draws=10_000_000)
    found = rate.measured(asked(), how, None, (2000,), workers=1, writes=False)
    most = max(draws for _, draws in solved)
    assert most < how.draws
    # Half of the cells have data.
    assert found.solving == pytest.approx([2.0 * (A_PIECE / 2000 + A_CELL + A_DRAW * 1e7)] * rate.REPETITIONS)


def test_pieces_grow_to_the_shape_of_boxes(solved):
    found = rate.measured(asked(), settings(draws=100), None, (2000,), workers=1, writes=False)
    assert max(box.size for box, _ in solved) == 2000
    assert found.solving == pytest.approx([2.0 * (A_PIECE / 2000 + A_CELL + A_DRAW * 100)] * rate.REPETITIONS)


def test_pieces_stop_growing_when_they_can_be_timed(solved, monkeypatch):
    monkeypatch.setattr(rate, "ENOUGH", 0.03)
    rate.measured(asked(), settings(method="exact"), None, (6_000,), workers=1, writes=False)
    assert max(box.size for box, _ in solved) < 6_000


def test_each_repetition_lies_elsewhere(solved):
    rate.measured(asked(), settings(draws=100), None, (2000,), workers=1, writes=False)
    assert len({box.starts for box, _ in solved[-rate.REPETITIONS :]}) == rate.REPETITIONS
