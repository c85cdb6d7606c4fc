"""Standard errors of trimmed mixtures against the spread of the procedure itself, carried out with plain NumPy.

The paper's procedure: draw each of three deployments, cut each sample at its own quantiles 0.14 and 0.86, pool what is
left, divide each kept draw by a drawn lever, and read off quantiles and mean.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr, ndtri

import naive
from wattquery.histograms import UNIT, Histogram, mixed
from wattquery.specs import LogNormal
from wattquery.sweeps.trimmed_errors import Sampling

LEVEL = 1e-3
REPETITIONS, DRAWS = 400, 5_000
LEVELS = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
TRIM = (0.14, 0.86)
PARTS = [(-0.5, 1.0), (-1.0, 0.6), (-2.2, 0.9)]  # mean and deviation of ln E
EQUAL = [1 / 3] * 3
LEVER = naive.LogNormal(1.5, 5.0)
TESTS = 5 * (LEVELS.size + 1)


def lognormal(mu: float, sigma: float) -> Histogram:
    first, last = math.floor((mu - 8.5 * sigma) * 1024), math.ceil((mu + 8.5 * sigma) * 1024)
    return Histogram(first, np.diff(ndtr((np.arange(first, last + 1) / 1024 - mu) / sigma)))


def simulated(
    trim: tuple[float, float], seed: int, *, lever: bool, together: bool = False, one: bool = False
) -> np.ndarray:
    """Return quantiles and mean of the procedure, one row per repetition."""
    rows = []
    first, last = round(trim[0] * DRAWS), round(trim[1] * DRAWS)
    for repetition in range(REPETITIONS):
        rng = np.random.default_rng([seed, repetition])
        shared = rng.standard_normal(DRAWS)
        pool = []
        for mu, sigma in PARTS[:1] * 3 if one else PARTS:
            normal = shared if together else rng.standard_normal(DRAWS)
            pool.append(np.sort(np.exp(mu + sigma * normal))[first:last])
        energies = np.concatenate(pool)
        if lever:
            energies = energies / LEVER.draw(rng, energies.size)
        rows.append([*np.quantile(energies, LEVELS), energies.mean()])
    return np.array(rows)


def check(rows: np.ndarray, stderrs: np.ndarray) -> None:
    """Chi-square bounds on the spread, at family-wise level 1e-3 over this file (Bonferroni)."""
    tail = LEVEL / TESTS / 2
    low, high = stats.chi2.ppf([tail, 1 - tail], REPETITIONS - 1)
    ratio = rows.var(axis=0, ddof=1) * (REPETITIONS - 1) / stderrs**2
    assert np.all((ratio > low) & (ratio < high)), ratio / (REPETITIONS - 1)


def predicted(trim: tuple[float, float], divisor: Histogram | None, *, sampled: bool) -> np.ndarray:
    parts = [lognormal(*part) for part in PARTS]
    mixture = mixed([part.trimmed(*trim) for part in parts])
    if divisor is not None:
        mixture = mixture.divided_by(LogNormal(LEVER.p5, LEVER.p95))
    sampling = Sampling(parts, EQUAL, trim, DRAWS, divisor, divisor_sampled=sampled)
    return np.array([*sampling.quantile_stderr(mixture, LEVELS), sampling.mean_stderr()])


def test_without_a_lever() -> None:
    check(simulated(TRIM, 41, lever=False), predicted(TRIM, None, sampled=False))


def test_without_a_trim() -> None:
    check(simulated((0.0, 1.0), 42, lever=False), predicted((0.0, 1.0), None, sampled=False))


def test_with_a_drawn_lever() -> None:
    divisor = UNIT.divided_by(LogNormal(LEVER.p5, LEVER.p95))
    check(simulated(TRIM, 43, lever=True), predicted(TRIM, divisor, sampled=True))


def test_with_a_drawn_lever_and_no_trim() -> None:
    divisor = UNIT.divided_by(LogNormal(LEVER.p5, LEVER.p95))
    check(simulated((0.0, 1.0), 44, lever=True), predicted((0.0, 1.0), divisor, sampled=True))


def test_with_a_lever_applied_as_a_whole() -> None:
    """Only the energies are drawn; the lever's distribution is applied to them without sampling."""
    divisor = UNIT.divided_by(LogNormal(LEVER.p5, LEVER.p95))
    lever = LogNormal(LEVER.p5, LEVER.p95)
    rows = []
    for repetition in range(REPETITIONS):
        rng = np.random.default_rng([45, repetition])
        pool = [np.sort(rng.lognormal(mu, sigma, DRAWS))[700:4300] for mu, sigma in PARTS]
        bins = np.floor(np.log(np.concatenate(pool)) * 1024).astype(int)
        whole = Histogram(int(bins.min()), np.bincount(bins - bins.min())).divided_by(lever)
        rows.append([*whole.quantiles(LEVELS), whole.mean()])
    check(np.array(rows), predicted(TRIM, divisor, sampled=False))


def test_sampling_a_lever_costs_something() -> None:
    divisor = UNIT.divided_by(LogNormal(LEVER.p5, LEVER.p95))
    assert np.all(predicted(TRIM, divisor, sampled=True) > 1.05 * predicted(TRIM, divisor, sampled=False))


def test_a_single_part_is_a_plain_quantile() -> None:
    part = lognormal(-1.0, 0.7)
    ours = Sampling([part], [1.0], (0.0, 1.0), 10_000).quantile_stderr(part, LEVELS)
    z = ndtri(LEVELS)
    expected = np.sqrt(LEVELS * (1 - LEVELS) / 10_000) / stats.norm.pdf(z) * 0.7 * np.exp(-1.0 + 0.7 * z)
    # Up to 2 % is for an error that is itself known to a few percent.
    assert np.all((ours > expected * (1 - 2e-3)) & (ours < 1.025 * expected))
    mean = Sampling([part], [1.0], (0.0, 1.0), 10_000).mean_stderr()
    assert mean == pytest.approx(part.std() / 100.0, rel=1e-9)


def test_errors_that_go_the_same_way_are_added() -> None:
    """Three equal parts: as uncertain as one if they share their numbers, less by sqrt(3) if they do not."""
    part = lognormal(*PARTS[0])
    trimmed = part.trimmed(*TRIM)
    one = Sampling([part], [1.0], TRIM, DRAWS)
    shared, own = (Sampling([part] * 3, EQUAL, TRIM, DRAWS, together=together) for together in (True, False))
    np.testing.assert_allclose(shared.quantile_stderr(trimmed, LEVELS), one.quantile_stderr(trimmed, LEVELS), rtol=1e-9)
    # One part has fewer draws, so that its error is known less well, which counts with up to 3 %.
    ratio = own.quantile_stderr(trimmed, LEVELS) * math.sqrt(3) / one.quantile_stderr(trimmed, LEVELS)
    assert np.all((ratio > 0.96) & (ratio < 1.005))
    assert shared.mean_stderr() == pytest.approx(one.mean_stderr(), rel=1e-12)
    assert own.mean_stderr() * math.sqrt(3) == pytest.approx(one.mean_stderr(), rel=1e-12)
    rows = simulated(TRIM, 46, lever=False, together=True, one=True)
    check(rows, np.array([*shared.quantile_stderr(trimmed, LEVELS), shared.mean_stderr()]))


def test_shared_numbers_are_bounded_by_the_sum() -> None:
    """Parts that differ share their numbers: the sum of their errors is what they can reach at most."""
    parts = [lognormal(*part) for part in PARTS]
    mixture = mixed([part.trimmed(*TRIM) for part in parts])
    sampling = Sampling(parts, EQUAL, TRIM, DRAWS, together=True)
    spread = simulated(TRIM, 47, lever=False, together=True).std(axis=0, ddof=1)
    bound = np.array([*sampling.quantile_stderr(mixture, LEVELS), sampling.mean_stderr()])
    tail = stats.chi2.isf(LEVEL / LEVELS.size, REPETITIONS - 1) / (REPETITIONS - 1)
    assert np.all(spread < bound * math.sqrt(tail))
    own = Sampling(parts, EQUAL, TRIM, DRAWS)
    assert sampling.mean_stderr() > 1.2 * own.mean_stderr()
