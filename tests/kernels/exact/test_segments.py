"""The parts of the exact method: the reduction of many points to few, the fast normal, and cells solved together."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import ndtr

import wattquery as wq
from wattquery.kernels.compiling.compile import kernel
from wattquery.kernels.exact.gauss import NODES, compressed, gauss_rule
from wattquery.kernels.exact.mixture import mixture_statistics
from wattquery.kernels.exact.normal import REACH, normal_at
from wattquery.kernels.exact.segments import segment_cdf, segment_masses, segment_moments, segment_quantiles
from wattquery.methods.exact.length_rules import length_rule

NEMOTRON = "Llama-3.1 Nemotron Ultra 253B"  # two rows: one throughput for all lengths
LEVELS = np.array([1e-6, 1e-3, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1.0 - 1e-6])
FACTORS: dict[str, Any] = {"pue": wq.LogNormal(1.05, 1.6), "power_utilization": wq.LogNormal(0.4, 0.9)}


@kernel
def normals_at(z, below, density):
    for i in range(z.size):
        below[i], density[i] = normal_at(z[i])


def test_the_normal_at_every_reach() -> None:
    z = np.random.default_rng(1).uniform(-REACH, REACH, 200_000)
    z[:3] = -REACH, REACH, 0.0
    below, density = np.empty_like(z), np.empty_like(z)
    normals_at(z, below, density)
    np.testing.assert_allclose(below, ndtr(z), rtol=2e-13)
    np.testing.assert_allclose(density, np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi), rtol=2e-13)


SHAPES = {
    "even": lambda n, rng: np.linspace(-1, 1, n),
    "tokens": lambda n, rng: 2 * np.log(np.arange(7, 7 + n) / 7) / np.log(1 + (n - 1) / 7) - 1,
    "random": lambda n, rng: rng.uniform(-1, 1, n),
    "crowded": lambda n, rng: np.clip(rng.normal(-0.7, 0.2, n), -1, 1),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("fall", [0.0, 3.0, 60.0])
@pytest.mark.parametrize("points", [NODES + 1, 20, 95, 96, 97, 400, 5000])
def test_a_gauss_rule_keeps_every_moment(shape: str, points: int, fall: float) -> None:
    rng = np.random.default_rng(points)
    x = SHAPES[shape](points, rng)
    weights = np.exp(-fall * (x + 1))
    weights /= weights.sum()
    nodes, parts = gauss_rule(x, weights, NODES)
    assert np.all(parts >= 0.0)
    for power in range(2 * NODES):
        assert parts @ nodes**power == pytest.approx(weights @ x**power, abs=1e-13)


@pytest.mark.parametrize("sigma", [0.25, 0.3, 0.4999])
def test_few_nodes_say_what_many_tokens_say(sigma: float) -> None:
    tokens = np.arange(1.0, 20_001.0)
    weights = np.exp(-tokens / 433.0)
    weights /= weights.sum()
    centres, shares = compressed(np.log(tokens), weights, 1.0)
    assert centres.size < 12 * NODES
    for x in np.linspace(-1.5, 10.0, 57):
        many = weights @ ndtr((x - np.log(tokens)) / sigma)
        assert shares @ ndtr((x - centres) / sigma) == pytest.approx(many, abs=3e-10)


def test_points_further_apart_than_panels_are_kept() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.3, 0.5])
    centres, shares = compressed(values, weights, 1e-9)
    np.testing.assert_array_equal(centres, values)
    np.testing.assert_array_equal(shares, weights)


@pytest.mark.parametrize("sigma", [1e-5, 1e-3, 0.05, 0.28, 2.0])
@pytest.mark.parametrize("points", [1, 2, 7, 300])
def test_quantiles_are_roots_of_the_distribution_function(points: int, sigma: float) -> None:
    rng = np.random.default_rng(points)
    centres = np.sort(rng.normal(0.0, 1.5, points))
    weights = rng.exponential(size=points)
    weights /= weights.sum()
    quantiles, mean, deviation = np.empty((1, LEVELS.size)), np.empty(1), np.empty(1)
    mixture_statistics(centres, weights, np.array([sigma]), LEVELS, quantiles, mean, deviation)
    low, high = centres[0] - 9 * sigma, centres[-1] + 9 * sigma
    for level, ours in zip(LEVELS, quantiles[0], strict=True):
        root = brentq(lambda x, q=level: weights @ ndtr((x - centres) / sigma) - q, low, high, xtol=1e-15, rtol=1e-14)
        assert ours == pytest.approx(root, abs=max(1e-12, 1e-7 * sigma))
    first, second = (weights @ np.exp(k * centres) * np.exp(k * k * sigma**2 / 2) for k in (1, 2))
    assert mean[0] == pytest.approx(first, rel=1e-12)
    assert deviation[0] ** 2 == pytest.approx(second - first**2, rel=1e-7, abs=1e-13 * second)


def test_masses_sum_to_one_and_follow_the_distribution_function() -> None:
    centres, weights, sigma = np.array([-1.0, 0.3]), np.array([0.4, 0.6]), 0.3
    masses = np.zeros(8192)
    segment_masses(-4096, centres, np.zeros(2), weights, sigma, masses)
    edges = np.arange(-4095, 4097) / 1024
    expected = ((edges[:, None] - centres) / sigma).astype(float)
    np.testing.assert_allclose(np.cumsum(masses), ndtr(expected) @ weights, atol=1e-13)


@pytest.mark.parametrize("sigma", [1e-3, 0.05, 0.5])
@pytest.mark.parametrize(
    "length",
    [wq.Exponential(300), wq.Exponential(20_000), wq.LogNormal(100, 5000), wq.Uniform(40, 90_000), wq.Uniform(2, 7.2)],
    ids=str,
)
def test_whole_tokens_turn_into_an_integral_unseen(length: Any, sigma: float) -> None:
    """Tokens are summed up to where rounding is hidden; summing all of them gives the same."""
    lengths, weights = length_rule(length, whole=True, sigma=sigma).nodes
    last = np.rint(length.ppf(1 - 1e-13))
    tokens = np.arange(1.0, last + 1)
    shares = np.diff(length.cdf(tokens + 0.5), prepend=0.0)
    for level in (0.05, 0.5, 0.95):
        x = float(np.log(length.ppf(level)))
        every = shares @ ndtr((x - np.log(tokens)) / sigma)
        ours = weights @ ndtr((x - np.log(lengths)) / sigma)
        density = shares @ np.exp(-0.5 * ((x - np.log(tokens)) / sigma) ** 2) / (sigma * 2.5066)
        assert abs(ours - every) < 2e-8 * density + 1e-12


def test_moments_of_lengths_with_heavy_tails() -> None:
    """E is in proportion to the tokens here, so that its moments are known."""
    length = wq.LogNormal(20, 20 * np.exp(2 * 1.645 * 1.5))
    ds = wq.sweep(NEMOTRON, method="exact", output_tokens=length, round_tokens=False, **FACTORS)
    one = wq.sweep(NEMOTRON, method="exact", output_tokens=1.0, round_tokens=False, **FACTORS)
    factor = one["energy_std"].item() ** 2 / one["energy_mean"].item() ** 2 + 1.0
    variance = np.log(factor) + 1.5**2
    mean = one["energy_mean"].item() * np.exp(length.mu + 1.5**2 / 2)
    assert ds["energy_mean"].item() == pytest.approx(mean, rel=1e-9)
    assert ds["energy_std"].item() == pytest.approx(mean * np.sqrt(np.expm1(variance)), rel=1e-8)


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
def test_a_cell_does_not_depend_on_its_neighbours(whole: bool) -> None:
    models = ["DeepSeek-R1", "Llama 3.1 405B"]
    pues = [1.1, wq.LogNormal(1.05, 1.6), wq.LogNormal(1.05, 1.4)]
    powers = [wq.LogNormal(0.4, 0.9), wq.ThroughputProportional(0.24, 0.56), 0.6]
    levers = ["none", "serving", "model+serving+hardware"]
    grid: dict[str, Any] = {"method": "exact", "round_tokens": whole, "output_tokens": 200.0}
    ds = wq.sweep(models, pue=pues, power_utilization=powers, levers=levers, input_tokens=wq.Exponential(400), **grid)
    for (i, model), (j, pue), (k, power), (m, lever) in itertools.product(
        *map(enumerate, (models, pues, powers, levers))
    ):
        alone = wq.sweep(
            model, pue=pue, power_utilization=power, levers=lever, input_tokens=wq.Exponential(400), threads=1, **grid
        )
        among = ds.isel(model=i, pue=j, power_utilization=k, levers=m)
        for name in ("energy", "energy_mean", "energy_std"):
            np.testing.assert_array_equal(alone[name].values, among[name].values)


def test_quantiles_change_smoothly_where_other_nodes_are_used() -> None:
    """They change after three octaves of sigma; what they say must not."""
    edges = [2.0**k * (1 + step) for k in (-9, -6, -3, 0) for step in (-1e-9, 1e-9)]
    pues = [wq.unchecked(wq.LogNormal(1.2, 1.2 * float(np.exp(2 * 1.645 * sigma)))) for sigma in edges]
    # Nothing but the PUE is lognormal, so that its sigma is that of the mixture.
    ds = wq.sweep("Llama 3.1 405B", method="exact", pue=pues, power_utilization=0.5, quantiles=LEVELS.tolist())
    scaled = ds["energy"].values / np.exp([[np.log(pue.ppf(0.5))] for pue in pues])
    np.testing.assert_allclose(scaled[::2], scaled[1::2], rtol=1e-7)
    np.testing.assert_allclose(scaled[::2, 2:-2], scaled[1::2, 2:-2], rtol=2e-8)


def test_where_the_cap_is_reached_at_one_of_the_lengths_alone() -> None:
    """DeepSeek-R1 is at its cap below some 500 input tokens, nearly whatever the output."""
    arguments: dict[str, Any] = {
        "model": "DeepSeek-R1",
        "output_tokens": wq.Exponential(204),
        "power_utilization": 0.6,
        "levers": "serving",
        "round_tokens": False,
    }
    found = wq.sweep(input_tokens=wq.Uniform(300, 900), pue=1.2, method="exact", **arguments)
    nodes, shares = np.polynomial.legendre.leggauss(24)
    edges = np.linspace(300, 900, 81)
    inputs = (edges[:-1, None] + np.diff(edges)[:, None] * 0.5 * (1 + nodes)).ravel()
    weights = np.tile(0.5 * shares / 80, 80)
    each = wq.sweep(input_tokens=inputs.tolist(), pue=1.2, method="exact", **arguments)
    mean = weights @ each["energy_mean"].values
    square = weights @ (each["energy_mean"].values ** 2 + each["energy_std"].values ** 2)
    assert found["energy_mean"].item() == pytest.approx(mean, rel=1e-8)
    assert found["energy_std"].item() == pytest.approx(np.sqrt(square - mean**2), rel=1e-8)


@pytest.mark.parametrize("sigma", [0.0, 1e-9, 1e-5, 1e-3, 0.05])
@pytest.mark.parametrize("half_width", [0.0, 1e-12, 1e-7, 1e-4, 0.1])
def test_a_segment_with_a_normal(half_width: float, sigma: float) -> None:
    """Against the average of the normal over the segment."""
    one = np.zeros(1), np.array([half_width]), np.ones(1), sigma
    across = half_width + 3.0 * sigma
    nodes, shares = np.polynomial.legendre.leggauss(20)
    for x in np.linspace(-across, across, 41).tolist():
        if sigma == 0.0:
            expected = np.clip((x + half_width) / (2 * half_width), 0, 1) if half_width else float(x >= 0.0)
        else:
            # Panels of half a sigma, where the normal is not 0 or 1 already.
            low, high = np.clip([x - 9 * sigma, x + 9 * sigma], -half_width, half_width)
            edges = np.linspace(low, high, 40)
            points = (edges[:-1, None] + 0.5 * np.diff(edges)[:, None] * (1 + nodes)).ravel()
            weights = np.tile(0.5 * shares / 39, 39)
            inside = (high - low) / (2 * half_width) if half_width else 1.0
            before = (low + half_width) / (2 * half_width) if half_width else 0.0
            expected = before + inside * (weights @ ndtr((x - points) / sigma))
        if sigma > 0.0 or half_width > 0.0:
            assert segment_cdf(x, *one)[0] == pytest.approx(expected, abs=2e-12 + 1e-16 / max(sigma, half_width))
    mean, deviation = segment_moments(*one)
    draws = half_width * nodes
    first, second = (0.5 * shares @ np.exp(k * draws) * np.exp(0.5 * (k * sigma) ** 2) for k in (1, 2))
    assert mean == pytest.approx(first, rel=1e-12 + half_width**4)
    assert deviation == pytest.approx(np.sqrt(max(second - first**2, 0.0)), rel=1e-3 + half_width, abs=1e-7)


@pytest.mark.parametrize("sigma", [0.0, 1e-12])
@pytest.mark.parametrize("size", [3, 10, 1000, 4096])
def test_levels_that_points_reach_exactly(size: int, sigma: float) -> None:
    """The level k / n of n points is the k-th, and never the next: sums must not lose a digit."""
    points = np.sort(np.random.default_rng(size).uniform(-3, 3, size))
    levels = np.arange(1, size) / size
    found = np.empty(levels.size)
    segment_quantiles(levels, points, np.zeros(size), np.full(size, 1 / size), sigma, found)
    np.testing.assert_allclose(found, points[:-1], atol=1e-11)
