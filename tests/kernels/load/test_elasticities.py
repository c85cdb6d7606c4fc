"""How time, power and latencies answer to numbers of cells, against central differences of the equations."""

from __future__ import annotations

import numpy as np
import pytest

from load_cells import CELLS
from wattquery.kernels.load.elasticities import ANSWERS, BATCH, MOVED, fill_elasticities, log_answers
from wattquery.kernels.load.numbers import HOST_POWER, HOST_S, LAUNCH_S, POWER_LIMIT_W
from wattquery.kernels.load.phases import busy_phases, mean_cell

DRIVERS = np.array([1.0, 300.0, 300.0 * 1150.0, 1000.0, 5e5])
BATCHES = np.array([[0.4, 2.0, 24.0]])


def numbers(name):
    """Numbers of a cell whose host and device do not take the same time, where the equations have a kink."""
    cell = CELLS[name].copy()
    cell[HOST_S] *= 1.3
    return cell


def filled(cell):
    out = np.full((1, 3, len(ANSWERS), BATCH + 1), np.nan)
    fill_elasticities(cell[None], np.array([0]), DRIVERS[None], BATCHES, out)
    return out[0]


def naive(cell, batch, move):
    """Central differences of the logarithms, of a step that rounding hardly touches."""
    ends = []
    for sign in (1.0, -1.0):
        moved, running = mean_cell(cell, DRIVERS), batch
        if move == BATCH:
            running = batch * np.exp(1e-3 * sign)
        else:
            moved[MOVED[move]] *= np.exp(1e-3 * sign)
        ends.append(np.array(log_answers(moved, DRIVERS, running)))
    return (ends[0] - ends[1]) / 2e-3


@pytest.mark.parametrize("name", CELLS)
def test_elasticities_are_those_of_central_differences(name):
    cell = numbers(name)
    found = filled(cell)
    for load, batch in enumerate((1.0, 2.0, 24.0)):
        for move in range(BATCH + (load > 0)):  # at one running sequence waiting has a kink
            np.testing.assert_allclose(found[load, :, move], naive(cell, batch, move), rtol=5e-3, atol=5e-4)


@pytest.mark.parametrize("name", CELLS)
def test_what_answers_is_what_the_phases_of_an_instance_say(name):
    cell = numbers(name)
    watts, _, round_s = busy_phases(cell, DRIVERS, 24.0)
    found = log_answers(mean_cell(cell, DRIVERS), DRIVERS, 24.0)
    np.testing.assert_allclose(np.exp(found[:2]), (round_s, sum(watts) / cell[0]), rtol=1e-12)


def test_only_power_answers_to_power_and_only_the_first_token_to_launches():
    found = filled(numbers("dense"))
    limit, host, launch = (MOVED.index(place) for place in (POWER_LIMIT_W, HOST_POWER, LAUNCH_S))
    assert not found[:, [0, 2, 3]][:, :, [limit, host]].any()
    np.testing.assert_allclose(found[:, 1, limit], 1.0, rtol=1e-3)
    assert (found[:, 1, host] > 0.0).all()
    assert (found[:, 3, launch] > 0.0).all()
    assert not found[:, :3, launch].any()
