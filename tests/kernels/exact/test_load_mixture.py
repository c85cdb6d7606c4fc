"""Cells of the load model over the same lengths, against sums over all nodes with SciPy's normal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from wattquery import workloads
from wattquery.kernels.exact.load_mixture import driver_moments, driver_rows, load_mixture_statistics

LEVELS = np.array([0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999])
SIGMAS = (2.0**-9, 0.02, 0.1, 0.3, 0.8, 2.0)
UNITS = np.array(
    [
        [0.0, 3e-4, 1e-8, 2e-5, 1e-10],  # a batch in which all phases count
        [0.0, 1e-6, 3e-8, 1e-7, 1e-12],  # key-value reads alone
        [0.0, 1e-6, 1e-12, 2e-6, 3e-9],  # prefill and its attention
        [0.5, 1e-6, 1e-12, 1e-8, 1e-13],  # an idle instance: nearly the same for each query
    ]
)
"""What one unit of each driver takes [kJ]."""

FULL = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, np.inf, np.inf, 0.05)
SPARSE = (0.4, 0.6, 0.1, 0.3, 0.7, 0.2, 512.0, 2048.0, 0.05)
"""Numbers of an attention without, and with a window, a top k and an indexer."""


def naive_drivers(reach, outputs, inputs, cached):
    """Drivers from the model's words: each new token sees what comes before it, up to a cap."""

    def seen(start, stop, cap):
        positions = np.linspace(start, stop, 200_001)
        return np.trapezoid(np.minimum(positions, cap), positions)

    rows = []
    for output, input_, reused in zip(outputs, inputs, cached, strict=True):
        spans = [(input_, input_ + output), (reused, input_)]
        reads, pairs = (
            sum(share * seen(*span, cap) for share, cap in zip(shares, (reach[7], reach[6], np.inf), strict=True))
            for span, shares in zip(spans, (reach[:3], reach[3:6]), strict=True)
        )
        rows.append([1.0, output, reads, input_ - reused + reach[8] * reused, pairs])
    return np.array(rows)


def drivers_of(reach, outputs, inputs, cached):
    rows = np.empty((outputs.size, 5))
    driver_rows(np.array(reach), outputs, inputs, cached, rows)
    return rows


def solved(rows, weights, units, sigmas, in_order=False):
    means, covariances = np.empty(5), np.empty((5, 5))
    driver_moments(rows, weights, means, covariances)
    sigmas = np.full(len(units), sigmas) if np.isscalar(sigmas) else sigmas
    found = np.empty((len(units), LEVELS.size)), np.empty(len(units)), np.empty(len(units))
    load_mixture_statistics(units, rows, weights, means, covariances, in_order, sigmas, LEVELS, *found)
    return found


def lengths_of(name):
    rows = workloads.load(name).rows
    outputs, inputs, cached = (np.ascontiguousarray(one, dtype=np.float64) for one in rows.lengths)
    return np.maximum(outputs, 1.0), np.maximum(inputs, 1.0), cached, rows.weights / rows.weights.sum()


@pytest.mark.parametrize("reach", [FULL, SPARSE], ids=["full", "sparse"])
def test_drivers_are_what_positions_see(reach):
    rng = np.random.default_rng(1)
    outputs, inputs = rng.exponential(900.0, 20), rng.exponential(2000.0, 20)
    cached = inputs * rng.uniform(0.0, 0.9, 20)
    expected = naive_drivers(reach, outputs, inputs, cached)
    assert drivers_of(reach, outputs, inputs, cached) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("sigma", SIGMAS)
@pytest.mark.parametrize("reach", [FULL, SPARSE], ids=["full", "sparse"])
@pytest.mark.parametrize("name", ["azure_conversation", "mooncake_conversation"])
def test_quantiles_of_workloads_reach_their_levels(name, reach, sigma):
    # All 1,024 nodes are reduced to some dozens: quantiles of the sum over all of them are off by 2e-9 in probability.
    outputs, inputs, cached, weights = lengths_of(name)
    rows = drivers_of(reach, outputs, inputs, cached)
    quantiles, means, deviations = solved(rows, weights, UNITS, sigma)
    for units, found, mean, deviation in zip(UNITS, quantiles, means, deviations, strict=True):
        energies = rows @ units
        reached = ndtr((found[:, None] - np.log(energies)) / sigma) @ weights
        assert reached == pytest.approx(LEVELS, abs=2e-9)
        expected = weights @ energies * np.exp(0.5 * sigma**2)
        squares = weights @ energies**2 * np.exp(2.0 * sigma**2)
        assert mean == pytest.approx(expected, rel=1e-13)
        assert deviation == pytest.approx(np.sqrt(squares - expected**2), rel=1e-6 if sigma < 0.1 else 1e-11)


@pytest.mark.parametrize("sigma", SIGMAS)
def test_nodes_in_order_are_summed_as_they_are(sigma):
    outputs = np.arange(1.0, 1500.0)
    weights = np.exp(-outputs / 300.0)
    weights /= weights.sum()
    inputs, cached = np.full(outputs.size, 500.0), np.full(outputs.size, 100.0)
    rows = drivers_of(SPARSE, outputs, inputs, cached)
    for units, found in zip(UNITS, solved(rows, weights, UNITS, sigma, in_order=True)[0], strict=True):
        reached = ndtr((found[:, None] - np.log(rows @ units)) / sigma) @ weights
        assert reached == pytest.approx(LEVELS, abs=1e-12)


def test_few_nodes_in_any_order():
    outputs, inputs = np.array([900.0, 3.0, 40.0]), np.array([10.0, 9000.0, 500.0])
    weights = np.array([0.2, 0.5, 0.3])
    rows = drivers_of(FULL, outputs, inputs, np.zeros(3))
    for units, found in zip(UNITS, solved(rows, weights, UNITS, 0.05)[0], strict=True):
        reached = ndtr((found[:, None] - np.log(rows @ units)) / 0.05) @ weights
        assert reached == pytest.approx(LEVELS, abs=1e-12)


def test_a_cell_does_not_depend_on_its_neighbours():
    outputs, inputs, cached, weights = lengths_of("azure_code")
    rows = drivers_of(FULL, outputs, inputs, cached)
    sigmas = np.array([0.3, 0.02, 1.0, 0.1])
    together = solved(rows, weights, UNITS, sigmas)
    for i in range(len(UNITS)):
        alone = solved(rows, weights, UNITS[i : i + 1], sigmas[i : i + 1])
        for one, all_ in zip(alone, together, strict=True):
            np.testing.assert_array_equal(one[0], all_[i])


def test_one_node_is_a_lognormal():
    rows = drivers_of(FULL, np.array([300.0]), np.array([500.0]), np.zeros(1))
    quantiles, means, deviations = solved(rows, np.ones(1), UNITS, 0.4, in_order=True)
    energies = rows[0] @ UNITS.T
    assert quantiles[:, 3] == pytest.approx(np.log(energies), abs=1e-13)
    assert means == pytest.approx(energies * np.exp(0.08), rel=1e-13)
    assert deviations == pytest.approx(energies * np.exp(0.08) * np.sqrt(np.expm1(0.16)), rel=1e-13)


def test_moments_of_drivers():
    rng = np.random.default_rng(2)
    outputs, inputs = rng.exponential(900.0, 400), rng.exponential(2000.0, 400)
    weights = rng.exponential(1.0, 400)
    weights /= weights.sum()
    rows = drivers_of(SPARSE, outputs, inputs, 0.5 * inputs)
    means, covariances = np.empty(5), np.empty((5, 5))
    driver_moments(rows, weights, means, covariances)
    assert means == pytest.approx(weights @ rows, rel=1e-13)
    expected = np.cov(rows.T, aweights=weights, ddof=0)
    scale = np.sqrt(np.diag(expected))
    assert covariances == pytest.approx(expected, abs=1e-12 * float(np.max(np.outer(scale, scale))))
