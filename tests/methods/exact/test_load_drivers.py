"""Cells that share lengths and attention: each is a mixture of normals over the nodes, and what is kept is bounded."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from wattquery.methods.exact.load_drivers import LoadDrivers, SharedDrivers, load_statistics
from wattquery.methods.exact.load_nodes import LoadLengths, LoadNodes
from wattquery.plans.columns import joint_columns
from wattquery.specs.joint_lengths.nodes import JointLengths

REACH = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0, np.inf, np.inf, 0.05])
OUTPUTS, INPUTS, CACHED = np.array([50.0, 400.0, 900.0]), np.array([900.0, 30.0, 500.0]), np.array([800.0, 0.0, 100.0])
WEIGHTS = np.array([0.2, 0.5, 0.3])
UNITS = np.array([[0.1, 2e-3, 3e-8, 4e-4, 2e-8], [0.0, 1e-3, 0.0, 1e-5, 0.0]])
SIGMAS = np.array([0.05, 0.4])


def energies(units) -> np.ndarray:
    """Return the energy of each node, written out."""
    reads = OUTPUTS * (INPUTS + OUTPUTS / 2.0)
    prompt = INPUTS - CACHED + 0.05 * CACHED
    pairs = (INPUTS**2 - CACHED**2) / 2.0
    return units[0] + units[1] * OUTPUTS + units[2] * reads + units[3] * prompt + units[4] * pairs


def test_cells_are_mixtures_of_lognormals() -> None:
    drivers = LoadDrivers.of(LoadNodes(OUTPUTS, INPUTS, CACHED, WEIGHTS), REACH)
    levels = np.array([0.05, 0.5, 0.95])
    quantiles, means, deviations = load_statistics(drivers, UNITS, SIGMAS, levels)
    for row, (units, sigma) in enumerate(zip(UNITS, SIGMAS, strict=True)):
        nodes = energies(units)
        below = norm.cdf((quantiles[row][:, None] - np.log(nodes)) / sigma) @ WEIGHTS
        np.testing.assert_allclose(below, levels, atol=1e-8)
        mean = WEIGHTS @ nodes * np.exp(sigma**2 / 2.0)
        square = WEIGHTS @ nodes**2 * np.exp(2.0 * sigma**2)
        assert means[row] == pytest.approx(mean, rel=1e-12)
        assert deviations[row] == pytest.approx(np.sqrt(square - mean**2), rel=1e-9)


def test_drivers_are_made_once_and_the_oldest_let_go() -> None:
    shared = SharedDrivers(most_nodes=5)
    lengths = [
        LoadLengths(*joint_columns(JointLengths((10.0 * k, 20.0, 30.0), (5.0, 6.0, 7.0), (0.2, 0.3, 0.5))))
        for k in (1, 2)
    ]
    first = shared.drivers(lengths[0], tuple(REACH.tolist()), 0.1)
    assert shared.drivers(lengths[0], tuple(REACH.tolist()), 0.3) is first  # nodes of a workload serve every sigma
    second = shared.drivers(lengths[1], tuple(REACH.tolist()), 0.1)
    assert shared.drivers(lengths[1], tuple(REACH.tolist()), 0.1) is second
    assert shared.drivers(lengths[0], tuple(REACH.tolist()), 0.1) is not first
