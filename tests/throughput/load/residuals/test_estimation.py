"""Estimated covariances: from residuals that were simulated with known ones, within their standard errors."""

from __future__ import annotations

import numpy as np
import pytest

from residual_tables import places, simulated, theta
from wattquery.throughput.load.residuals.estimation import estimated, training_blocks
from wattquery.throughput.load.residuals.levels import LEVELS, ROW
from wattquery.throughput.load.residuals.wild import DEGREES_OF_FREEDOM

NAMES = [level.name for level in (*LEVELS, ROW)]


TABLE = places(1700, architectures=120)
"""120 architectures of about 14 rows."""


def blocks_of(truth, degrees_of_freedom=None):
    return training_blocks(TABLE, simulated(truth, TABLE, 2, degrees_of_freedom), 1000)


@pytest.fixture(scope="module")
def recovered():
    truth = theta(1)
    return truth, estimated(blocks_of(truth), truth, theta(7), 40, robust=False)


def test_known_standard_deviations_come_back(recovered):
    """Within the error that is stated: chi-squared of all numbers, and none of them beyond 4.2 errors."""
    truth, found = recovered
    z = ((found.theta - truth) / found.errors)[:, :3]
    assert np.abs(z).max() < 4.2
    # The prior stands at the truth, so that what is hardly determined lies closer to it than its error.
    assert (z**2).sum() < z.size + 4 * np.sqrt(2 * z.size)


def test_many_rows_determine_the_larger_levels(recovered):
    _, found = recovered
    for name, error in (("architecture", 0.35), ("row", 0.05)):
        assert found.errors[NAMES.index(name), 0] < error, name


def test_an_estimate_is_a_maximum_that_another_start_finds_too(recovered):
    truth, found = recovered
    again = estimated(blocks_of(truth), truth, truth, 40, robust=False)
    assert np.abs((again.theta - found.theta) / found.errors).max() < 0.5


def test_wild_rows_leave_the_other_levels_as_they_are():
    """A row's own effect of Student's t: between its scale and its standard deviation, the others as simulated."""
    truth = theta(1)
    blocks = blocks_of(truth, DEGREES_OF_FREEDOM)
    robust = estimated(blocks, truth, truth, 40)
    plain = estimated(blocks, truth, truth, 40, robust=False)
    z = ((robust.theta - truth) / robust.errors)[:-1, :3]
    assert np.abs(z).max() < 4.2
    above, error = (robust.theta - truth)[-1, :3], robust.errors[-1, :3]
    assert np.all(above > -4 * error)
    assert np.all(above < 0.5 * np.log(2) + 4 * error)
    assert np.all(above < (plain.theta - truth)[-1, :3] - 0.02)


def test_blocks_keep_whole_configurations():
    table = places(80, architectures=1, kinds=8)
    (block,) = training_blocks(table, simulated(theta(), table), 30)
    assert len(set(block.measured.rows)) == 30
    (again,) = training_blocks(table, simulated(theta(), table), 30)
    np.testing.assert_array_equal(again.measured.values, block.measured.values)
    (every,) = training_blocks(table, simulated(theta(), table), 1000)
    assert len(set(every.measured.rows)) == 80
