"""Weights of rows: against the equations row by row, and what one wild row does to its configuration."""

from __future__ import annotations

import numpy as np

from residual_tables import places, simulated, theta
from wattquery.throughput.load.residuals.blocks import block_of
from wattquery.throughput.load.residuals.coregionalisation import covariances
from wattquery.throughput.load.residuals.places import telling
from wattquery.throughput.load.residuals.process import ResidualProcess
from wattquery.throughput.load.residuals.wild import DEGREES_OF_FREEDOM, row_weights


def test_weights_are_those_of_the_equations():
    table = places(12, architectures=1)
    residuals = simulated(theta(), table)
    residuals[3] = np.nan
    residuals[4, 1:] = np.nan
    measured = telling(table, residuals)
    block = block_of(table, measured)
    levels = covariances(theta())
    weights = np.random.default_rng(0).uniform(0.5, 1.2, 12)
    inverse = np.linalg.inv(block.covariance(levels, weights))
    found = row_weights(block, levels[-1], weights, inverse)
    for row in range(12):
        mine = measured.rows == row
        outputs = measured.weights[mine]
        scale = outputs @ levels[-1] @ outputs.T
        towards = np.zeros((len(outputs), len(measured)))
        towards[:, mine] = scale / weights[row]
        mean = towards @ inverse @ measured.values
        spread = scale / weights[row] - towards @ inverse @ towards.T
        size = mean @ np.linalg.solve(scale, mean) + np.trace(np.linalg.solve(scale, spread)) if mine.any() else 0.0
        expected = (DEGREES_OF_FREEDOM + mine.sum()) / (DEGREES_OF_FREEDOM + size)
        np.testing.assert_allclose(found[row], expected, rtol=1e-10)
    assert found[3] == 1.0


def test_one_wild_row_does_not_move_its_configuration():
    """Ten points of one configuration near 0, one of them off by a factor of 7."""
    process = ResidualProcess.guessed()
    table = places(1).take(np.zeros(11, dtype=int))
    table.log_load[:] = np.linspace(1, 3, 11)
    residuals = np.full((11, 5), np.nan)
    residuals[:, 0] = 0.01 * np.cos(np.arange(11))
    asked = table.take(np.array([5]))
    calm = process.condition(table, residuals).effects(asked).mean[0, 0]
    residuals[4, 0] = 2.0
    wild = process.condition(table, residuals).effects(asked).mean[0, 0]
    assert abs(wild - calm) < 0.02
