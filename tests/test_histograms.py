"""Statistics of histograms on the lattice against closed forms and against NumPy on the raw numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr, ndtri

import naive
from wattquery.histograms import BIN_WIDTH, UNIT, Histogram, mixed
from wattquery.specs import Exponential, Fixed, LogNormal, Uniform

LEVEL = 1e-3
GUARANTEED = 1e-3  # relative, per value
LEVELS = np.array([0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])


def share_below(histogram, energy):
    """Return the share of the mass below an energy, even in ln E inside a bin."""
    return float(np.interp(np.log(energy), np.log(histogram.edges), histogram.cumulative))


def histogram_of(values: np.ndarray) -> Histogram:
    """Return the counts of raw energies, made here with NumPy alone."""
    bins = np.floor(np.log(values) * 1024).astype(int)
    return Histogram(int(bins.min()), np.bincount(bins - bins.min()))


def lognormal(mu: float, sigma: float) -> Histogram:
    """Return the exact masses of a lognormal."""
    # Wide enough for the second moment, whose integrand is a normal shifted by 2 sigma**2.
    first, last = math.floor((mu - 8.5 * sigma) * 1024), math.ceil((mu + (8.5 + 2 * sigma) * sigma) * 1024)
    z = (np.arange(first, last + 1) / 1024 - mu) / sigma
    # Each side from its own tail, where the probabilities keep their digits.
    return Histogram(first, np.where(z[:-1] < 0.0, np.diff(ndtr(z)), -np.diff(ndtr(-z))))


def closed_form(mu: float, sigma: float) -> tuple[float, float]:
    mean = math.exp(mu + sigma**2 / 2)
    return mean, mean * math.sqrt(math.expm1(sigma**2))


@pytest.mark.parametrize(("mu", "sigma"), [(0.0, 0.3), (-1.2, 1.0), (4.0, 0.02), (-15.0, 2.0)])
def test_a_lognormal(mu: float, sigma: float) -> None:
    ours = lognormal(mu, sigma)
    # Inside a bin the mass is taken as even: an error of the second order in the width of a bin over sigma.
    second_order = (BIN_WIDTH / sigma) ** 2 * sigma
    expected = np.exp(mu + sigma * ndtri(LEVELS))
    np.testing.assert_allclose(ours.quantiles(LEVELS), expected, rtol=1e-9 + second_order)
    mean, std = closed_form(mu, sigma)
    assert ours.mean() == pytest.approx(mean, rel=BIN_WIDTH**2)
    assert ours.std() == pytest.approx(std, rel=BIN_WIDTH**2 * (1 + 1 / sigma**2))
    assert ours.total == pytest.approx(1.0, abs=1e-12)
    for level, energy in zip(LEVELS.tolist(), expected.tolist(), strict=True):
        assert share_below(ours, energy) == pytest.approx(level, abs=(BIN_WIDTH / sigma) ** 2)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("draws", [10, 1_000, 100_000])
def test_raw_numbers(draws: int, seed: int) -> None:
    """Every value is known to half a bin, so every order statistic and every mean is too."""
    values = np.random.default_rng([31, seed]).lognormal(-1.0, 1.5, draws)
    ours = histogram_of(values)
    assert ours.total == draws
    centres = np.repeat(ours.centres, ours.masses)
    np.testing.assert_allclose(centres, np.sort(values), rtol=GUARANTEED / 2)
    for level in LEVELS.tolist():
        low = np.quantile(values, level, method="inverted_cdf")
        assert ours.quantiles(level) == pytest.approx(low, rel=GUARANTEED)
    assert ours.mean() == pytest.approx(values.mean(), rel=GUARANTEED / 2)
    assert ours.std() == pytest.approx(values.std(), rel=GUARANTEED)


def test_edges_and_centres() -> None:
    one = Histogram(-3, np.array([1, 0, 2]))
    np.testing.assert_allclose(one.edges, np.exp(np.array([-3, -2, -1, 0]) / 1024), rtol=1e-15)
    np.testing.assert_allclose(one.centres, np.exp(np.array([-2.5, -1.5, -0.5]) / 1024), rtol=1e-15)
    assert one.cumulative.tolist() == [0.0, 1 / 3, 1 / 3, 1.0]


def test_no_quantile_lies_in_an_empty_bin() -> None:
    gap = Histogram(0, np.array([0, 0, 500, 0, 0, 0, 500, 0]))
    low, high = np.exp(2.5 / 1024), np.exp(6.5 / 1024)
    found = gap.quantiles([0.0, 1e-9, 0.3, 0.5, 0.500001, 0.9, 1.0])
    np.testing.assert_allclose(found, [low, low, low, low, high, high, high], rtol=1e-15)


@pytest.mark.parametrize("integer", [True, False], ids=["counts", "probabilities"])
def test_point_masses_are_at_the_centre_of_their_bin(integer: bool) -> None:
    """Whole tokens far apart: a quantile is a token, to half a bin, and not somewhere along its bin."""
    tokens = np.array([1.0, 2.0, 3.0, 10.0])
    weights = np.array([0.2, 0.3, 0.4, 0.1])
    counted = histogram_of(np.repeat(tokens, (weights * 100_000).astype(int)))
    ours = counted if integer else Histogram(counted.first_bin, counted.masses / counted.total)
    expected = {0.01: 1.0, 0.19: 1.0, 0.21: 2.0, 0.49: 2.0, 0.51: 3.0, 0.89: 3.0, 0.91: 10.0, 0.999: 10.0}
    np.testing.assert_allclose(ours.quantiles(list(expected)), list(expected.values()), rtol=GUARANTEED / 2)
    np.testing.assert_allclose(
        ours.quantile_stderr([0.1, 0.6], 1e5), np.array([1.0, 3.0]) * BIN_WIDTH / 12**0.5, rtol=1e-3
    )


def test_trimming() -> None:
    ours = lognormal(-1.0, 0.8)
    cut = ours.trimmed(0.14, 0.86)
    assert cut.total == pytest.approx(1.0, abs=1e-12)
    expected = np.exp(-1.0 + 0.8 * ndtri(0.14 + 0.72 * LEVELS))
    np.testing.assert_allclose(cut.quantiles(LEVELS), expected, rtol=1e-5)
    a, b = ndtri([0.14, 0.86])
    mean = closed_form(-1.0, 0.8)[0] * (ndtr(b - 0.8) - ndtr(a - 0.8)) / 0.72
    assert cut.mean() == pytest.approx(mean, rel=1e-6)
    assert ours.trimmed(0.0, 1.0).mean() == pytest.approx(ours.mean(), rel=1e-12)


def test_trimming_twice_is_trimming_once() -> None:
    """The paper cuts to P5..P95 and what is left to P10..P90: together 0.05 + 0.9 * [0.1, 0.9]."""
    counted = histogram_of(np.random.default_rng(32).lognormal(0.0, 1.0, 200_000))
    twice, once = counted.trimmed(0.05, 0.95).trimmed(0.1, 0.9), counted.trimmed(0.14, 0.86)
    np.testing.assert_allclose(twice.masses, once.masses, atol=1e-12)


def test_trimming_raw_numbers() -> None:
    values = np.sort(np.random.default_rng(33).lognormal(0.0, 1.0, 100_000))
    cut = histogram_of(values).trimmed(0.14, 0.86)
    kept = values[14_000:86_000]
    np.testing.assert_allclose(cut.quantiles(LEVELS), np.quantile(kept, LEVELS), rtol=GUARANTEED)
    assert cut.mean() == pytest.approx(kept.mean(), rel=GUARANTEED / 10)


@pytest.mark.parametrize(("p5", "p95"), [(1.5, 10.0), (1.5, 2.5), (1.0, 1.02)])
def test_dividing_by_a_lognormal(p5: float, p95: float) -> None:
    lever = naive.LogNormal(p5, p95)
    ours = lognormal(-1.0, 0.5).divided_by(LogNormal(p5, p95))
    mu, sigma = -1.0 - lever.mu, math.hypot(0.5, lever.sigma)
    assert ours.total == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(ours.quantiles(LEVELS), np.exp(mu + sigma * ndtri(LEVELS)), rtol=2e-6)
    mean, std = closed_form(mu, sigma)
    assert ours.mean() == pytest.approx(mean, rel=1e-6)
    assert ours.std() == pytest.approx(std, rel=1e-5)


def test_dividing_counts_and_by_other_factors() -> None:
    rng = np.random.default_rng(34)
    values = rng.lognormal(0.0, 1.0, 400_000)
    ours = histogram_of(values).divided_by(Uniform(1.5, 3.0))
    expected = values.mean() * math.log(2.0) / 1.5
    assert ours.mean() == pytest.approx(expected, rel=GUARANTEED)
    raw = values / rng.uniform(1.5, 3.0, values.size)
    z = (ours.quantiles(LEVELS) - np.quantile(raw, LEVELS)) / ours.quantile_stderr(LEVELS, values.size)
    assert np.abs(z).max() < stats.norm.isf(LEVEL / LEVELS.size / 2)


def test_dividing_by_a_number() -> None:
    ours = lognormal(-1.0, 0.5)
    halved = ours.divided_by(Fixed(2.0))
    np.testing.assert_allclose(halved.quantiles(LEVELS), ours.quantiles(LEVELS) / 2.0, rtol=GUARANTEED)
    assert halved.mean() == pytest.approx(ours.mean() / 2.0, rel=GUARANTEED)


def test_the_unit_divided_is_one_over_the_factor() -> None:
    inverse = UNIT.divided_by(Exponential(median=3.0))
    expected = 1.0 / Exponential(median=3.0).ppf(1.0 - LEVELS)
    np.testing.assert_allclose(inverse.quantiles(LEVELS), expected, rtol=GUARANTEED)


def test_mixing() -> None:
    parts = [(-1.0, 0.5), (0.5, 0.3), (-3.0, 1.0)]
    weights = np.array([0.5, 0.2, 0.3])
    ours = mixed([lognormal(*part) for part in parts], weights.tolist())
    assert ours.total == pytest.approx(1.0, abs=1e-12)
    for level, energy in zip(LEVELS.tolist(), ours.quantiles(LEVELS).tolist(), strict=True):
        shares = [ndtr((math.log(energy) - mu) / sigma) for mu, sigma in parts]
        assert weights @ shares == pytest.approx(level, abs=1e-6)
    moments = np.array([closed_form(*part) for part in parts])
    mean = weights @ moments[:, 0]
    assert ours.mean() == pytest.approx(mean, rel=1e-6)
    assert ours.std() == pytest.approx(math.sqrt(weights @ (moments**2).sum(axis=1) - mean**2), rel=1e-5)


def test_mixing_counts_weighs_members_and_not_draws() -> None:
    few, many = np.full(10, 1.0), np.full(1000, 100.0)
    ours = mixed([histogram_of(few), histogram_of(many)])
    assert share_below(ours, 10.0) == pytest.approx(0.5)
    assert share_below(mixed([histogram_of(few), histogram_of(many)], [3.0, 1.0]), 10.0) == pytest.approx(0.75)


def test_aligning_keeps_every_mass() -> None:
    one = Histogram(5, np.array([1, 2, 3]))
    wide = one.aligned(3, 7)
    assert wide.tolist() == [0, 0, 1, 2, 3, 0, 0]
    assert wide.dtype == one.masses.dtype


SEEDS = 400
CASES = {
    "lognormal": lambda rng, n: rng.lognormal(-1.0, 1.2, n),
    "two-humps": lambda rng, n: np.exp(rng.normal(np.where(rng.random(n) < 0.3, -2.0, 1.0), 0.6)),
    "exponential": lambda rng, n: rng.exponential(2.0, n),
}


@pytest.mark.parametrize("name", CASES)
def test_standard_errors_of_quantiles(name: str) -> None:
    """Spread over 400 seeds against what one histogram says of itself.

    Were the standard errors s known, sum((q - mean)**2) / s**2 would be chi-square with 399 degrees of freedom.
    Each s is itself estimated, so the mean of s**2 stands for it; family-wise level 1e-3 (Bonferroni).
    """
    draws, levels = 20_000, np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    quantiles, stderrs = [], []
    for seed in range(SEEDS):
        one = histogram_of(CASES[name](np.random.default_rng([35, seed]), draws))
        quantiles.append(one.quantiles(levels))
        stderrs.append(one.quantile_stderr(levels, draws))
    ratio = np.var(quantiles, axis=0, ddof=1) * (SEEDS - 1) / np.mean(np.square(stderrs), axis=0)
    tail = LEVEL / (levels.size * len(CASES)) / 2
    low, high = stats.chi2.ppf([tail, 1.0 - tail], SEEDS - 1)
    assert np.all((ratio > low) & (ratio < high)), ratio / (SEEDS - 1)


def test_standard_errors_of_a_known_density() -> None:
    """se = sqrt(q (1 - q) / n) / f, with f the density of the lognormal."""
    levels, draws = np.array([0.05, 0.5, 0.95]), 1e6
    z = ndtri(levels)
    energies = np.exp(-1.0 + 0.7 * z)
    expected = np.sqrt(levels * (1 - levels) / draws) / (stats.norm.pdf(z) / (0.7 * energies))
    # 0.3 % of it is for an error that is itself known to 1 / sqrt(4 * 218) only.
    np.testing.assert_allclose(lognormal(-1.0, 0.7).quantile_stderr(levels, draws), expected, rtol=5e-3)
