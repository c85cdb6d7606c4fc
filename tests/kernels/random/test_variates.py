"""Variates against SciPy's quantiles and the specs' own cdf: every kind, both tails, and whole tokens."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtri

from wattquery.kernels.random import variates
from wattquery.kernels.random.columns import fill_column
from wattquery.kernels.random.streams import stream
from wattquery.plans.columns import Column, ColumnTable
from wattquery.specs import (
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    LogNormal,
    Normal,
    Triangular,
    Truncated,
    Uniform,
)

LEVEL = 1e-3
DRAWS = 100_000
SINGLE = 5e-7  # of values and logarithms in single precision: five ten-thousandths of a lattice bin
P = np.concatenate(
    [
        [1e-300, 1e-100, 1e-30, 1e-16, 2.0**-53, 1e-12, 1e-8],
        np.linspace(0.001, 0.999, 999),
        [0.5, 0.075, 0.925, 1 - 1e-8, 1 - 1e-12, 1 - 1e-15, 1 - 2.0**-53],
    ]
)

CONTINUOUS = {
    "lognormal": LogNormal(p5=1.05, p95=1.6),
    "lognormal-wide": LogNormal(p5=0.1, p95=500),
    "exponential": Exponential(median=300),
    "uniform": Uniform(low=1.05, high=1.6),
    "triangular": Triangular(low=1, mode=2, high=5),
    "triangular-left": Triangular(low=1, mode=1, high=5),
    "triangular-right": Triangular(low=1, mode=5, high=5),
    "normal": Normal(mu=12, sigma=1),
    "table": Empirical(probabilities=[0, 0.1, 0.35, 0.9, 1], values=[10, 40, 45, 300, 9000]),
}
TRUNCATED = {
    "truncated-both": Truncated(LogNormal(p5=1.05, p95=1.6), low=1.0, high=1.5),
    "truncated-low": Truncated(Exponential(median=300), low=250),
    "truncated-high": Truncated(Exponential(median=300), high=5000),
    "truncated-upper-tail": Truncated(Exponential(median=300), low=4000),
    "truncated-lower-tail": Truncated(Normal(mu=12, sigma=1), high=8.5),
    "truncated-normal": Truncated(Normal(mu=1.2, sigma=0.4), low=1),
    "truncated-uniform": Truncated(Uniform(low=0, high=10), low=2, high=3),
    "truncated-triangular": Truncated(Triangular(low=0, mode=1, high=4), low=0.5, high=3),
    "truncated-table": Truncated(Empirical(probabilities=[0, 0.2, 1], values=[1, 50, 400]), low=20, high=300),
    "truncated-twice": Truncated(Truncated(LogNormal(p5=100, p95=2000), low=150), high=1000),
    "truncated-thrice": Truncated(Truncated(Truncated(Exponential(median=300), high=2000), low=50), low=100),
}
ATOMS = {
    "samples": Empirical(samples=[40, 10, 20, 30, 10, 10, 700, 20.5]),
    "truncated-samples": Truncated(Empirical(samples=[40, 10, 20, 30, 10, 10, 700, 20.5]), low=15, high=100),
    "truncated-samples-twice": Truncated(Truncated(Empirical(samples=list(range(1, 40))), low=5), high=9),
}
KINDS = {
    variates.LOGNORMAL: LogNormal(p5=0.4, p95=0.9),
    variates.EXPONENTIAL: Exponential(median=300),
    variates.UNIFORM: Uniform(low=1, high=3),
    variates.TRIANGULAR: Triangular(low=1, mode=2, high=5),
    variates.NORMAL: Normal(mu=12, sigma=1),
    variates.TABLE: CONTINUOUS["table"],
    variates.ATOMS: ATOMS["samples"],
    variates.FIXED: Fixed(7),
}
ALL_CONTINUOUS = {**CONTINUOUS, **TRUNCATED}
TESTS = 2 * len(ALL_CONTINUOUS) + len(ATOMS) + 3


def drawn(
    distribution: Distribution | None, *, whole: bool = False, draws: int = DRAWS, seed: int = 1, start: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return draws of a column and their logarithms."""
    table = ColumnTable()
    # Another column goes first, so that a table's range of the shared array does not start at 0.
    table.add(Column("other", Empirical(probabilities=[0, 0.5, 1], values=[1, 2, 3])))
    number = table.add(Column("tested", distribution, whole))
    values, logs = np.full((2, draws), np.nan, dtype=np.float32)
    fill_column(
        np.array(table.codes, dtype=np.int64)[number],
        np.array(table.numbers, dtype=np.float64)[number],
        np.array(table.levels, dtype=np.float64),
        np.array(table.values, dtype=np.float64),
        np.array(table.streams(seed), dtype=np.uint32)[number],
        start,
        np.zeros(draws, dtype=np.uint32),
        np.zeros(draws),
        values,
        logs,
    )
    return values.astype(np.float64), logs.astype(np.float64)


def kernel_quantile(distribution: Distribution, p: np.ndarray) -> np.ndarray:
    table = ColumnTable()
    table.add(Column("tested", distribution))
    kind, first, size, _ = table.codes[0]
    p0, p1, p2, offset, factor = table.numbers[0]
    levels = np.array(table.levels[first : first + size])
    values = np.array(table.values[first : first + size])
    return np.array([variates.quantile(kind, p0, p1, p2, levels, values, offset + factor * u) for u in p])


def test_standard_normal() -> None:
    ours = np.array([variates.standard_normal(p) for p in P])
    np.testing.assert_allclose(ours, ndtri(P), rtol=1e-14, atol=0)
    assert variates.standard_normal(0.5) == 0.0


def test_standard_normal_is_odd() -> None:
    p = np.array([2.0**-k for k in range(2, 53)])
    upper = [variates.standard_normal(1 - one) for one in p]
    assert [-variates.standard_normal(one) for one in p] == upper


@pytest.mark.parametrize("kind", KINDS)
def test_quantiles_of_every_kind(kind: int) -> None:
    distribution = KINDS[kind]
    table = ColumnTable()
    table.add(Column("tested", distribution))
    assert table.codes[0][0] == kind
    p = P[P >= 2.0**-53]
    np.testing.assert_allclose(kernel_quantile(distribution, p), distribution.ppf(p), rtol=1e-13)


@pytest.mark.parametrize("name", TRUNCATED)
def test_quantiles_of_truncations(name: str) -> None:
    distribution = TRUNCATED[name]
    p = P[(P >= 1e-12) & (P <= 0.999)]  # nearer to 1 the map of the uniform rounds
    np.testing.assert_allclose(kernel_quantile(distribution, p), distribution.ppf(p), rtol=1e-9)


def test_a_truncation_is_never_drawn_at_infinity() -> None:
    """The largest uniform that a kernel draws, mapped into a truncation, must not reach 1."""
    for name, distribution in TRUNCATED.items():
        ends = kernel_quantile(distribution, np.array([2.0**-53, 1 - 2.0**-53]))
        assert np.all(np.isfinite(ends)), (name, ends)


@pytest.mark.parametrize("name", ALL_CONTINUOUS)
def test_draws_follow_their_distribution(name: str) -> None:
    """Kolmogorov-Smirnov; family-wise level 1e-3 over this file (Bonferroni)."""
    distribution = ALL_CONTINUOUS[name]
    values, logs = drawn(distribution)
    assert stats.kstest(values, distribution.cdf).pvalue > LEVEL / TESTS
    np.testing.assert_allclose(logs, np.log(values), rtol=SINGLE, atol=SINGLE)
    low, high = distribution.support()
    assert values.min() >= low - SINGLE * abs(low)
    assert values.max() <= high * (1 + SINGLE)


@pytest.mark.parametrize("name", ALL_CONTINUOUS)
def test_draws_are_rounded_to_whole_tokens(name: str) -> None:
    """Chi-square over the quartiles of whole tokens, at the same family-wise level."""
    distribution = ALL_CONTINUOUS[name]
    values, logs = drawn(distribution, whole=True)
    exact, _ = drawn(distribution)
    np.testing.assert_array_equal(values, np.maximum(1.0, np.round(exact)))
    np.testing.assert_allclose(logs, np.log(values), rtol=SINGLE, atol=SINGLE)
    tokens, counts = np.unique(values, return_counts=True)
    cuts = np.unique(tokens[np.searchsorted(np.cumsum(counts), DRAWS * np.array([0.25, 0.5, 0.75]))])
    observed = np.diff(np.searchsorted(np.sort(values), cuts, side="right"), prepend=0, append=DRAWS)
    expected = np.diff(distribution.cdf(cuts + 0.5), prepend=0, append=1) * DRAWS
    kept = expected > 1e-9
    assert not observed[~kept].any()
    if kept.sum() > 1:
        assert stats.chisquare(observed[kept], expected[kept]).pvalue > LEVEL / TESTS


@pytest.mark.parametrize("name", ATOMS)
def test_discrete_draws_follow_their_weights(name: str) -> None:
    """Chi-square; family-wise level 1e-3 over this file (Bonferroni)."""
    distribution = ATOMS[name]
    atoms = distribution.atoms()
    assert atoms is not None
    values, logs = drawn(distribution)
    found, counts = np.unique(values, return_counts=True)
    np.testing.assert_array_equal(found, atoms[0].astype(np.float32))
    assert stats.chisquare(counts, atoms[1] * DRAWS).pvalue > LEVEL / TESTS
    np.testing.assert_allclose(logs, np.log(values), rtol=SINGLE, atol=SINGLE)


def test_standard_normal_draws() -> None:
    values, _ = drawn(None, draws=400_000)
    assert stats.kstest(values, "norm").pvalue > LEVEL / TESTS
    assert abs(values.mean()) * math.sqrt(values.size) < stats.norm.isf(LEVEL / TESTS / 2)
    spread = (values**2).sum()
    tail = LEVEL / TESTS / 2
    assert stats.chi2.ppf(tail, values.size) < spread < stats.chi2.isf(tail, values.size)


def test_fixed_numbers() -> None:
    for given, whole, expected in ((500.6, False, 500.6), (500.6, True, 501.0), (0.2, True, 1.0), (2.5, True, 2.0)):
        values, logs = drawn(Fixed(given), whole=whole, draws=10)
        assert set(values.tolist()) == {float(np.float32(expected))}
        assert set(logs.tolist()) == {float(np.float32(math.log(expected)))}


def test_at_least_one_token() -> None:
    values, _ = drawn(Exponential(median=0.1), whole=True)
    assert values.min() == 1.0
    share = np.mean(values == 1.0)
    expected = float(Exponential(median=0.1).cdf(1.5))
    assert abs(share - expected) < 5 * math.sqrt(expected * (1 - expected) / DRAWS)


def test_any_start_gives_the_same_draws() -> None:
    whole, _ = drawn(Exponential(median=300), draws=5000)
    part, _ = drawn(Exponential(median=300), draws=777, start=1001)
    assert part.tolist() == whole[1001:1778].tolist()


def test_streams_are_named_by_seed_purpose_and_cell() -> None:
    names = [(0, "a", ""), (1, "a", ""), (0, "b", ""), (0, "a", "b"), (2**64, "a", ""), (2**32, "a", "")]
    streams = {tuple(stream(*name).tolist()) for name in names}
    assert len(streams) == len(names)
    assert stream(5, "a", "c").tolist() == stream(5, "a", "c").tolist()


def test_one_column_for_one_quantity() -> None:
    table = ColumnTable()
    first = table.add(Column("pue", LogNormal(p5=1.05, p95=1.6)))
    assert table.add(Column("pue", LogNormal(p5=1.05, p95=1.6))) == first
    others = {
        table.add(Column("pue", LogNormal(p5=1.05, p95=1.7))),
        table.add(Column("power_utilization", LogNormal(p5=1.05, p95=1.6))),
        table.add(Column("pue", LogNormal(p5=1.05, p95=1.6), whole=True)),
    }
    assert len(others | {first}) == 4
    # Common random numbers: one purpose has one stream, whatever its distribution.
    first_of_pue, other_of_pue, of_power, _ = (one.tolist() for one in table.streams(1))
    assert first_of_pue == other_of_pue
    assert first_of_pue != of_power
