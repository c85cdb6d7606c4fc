"""Columns: what kernels draw from them follows the distribution, inside the range that windows are made of."""

from __future__ import annotations

import inspect
import math

import numpy as np
import pytest
from scipy import stats

import wattquery as wq
from wattquery.kernels.random.columns import fill_column
from wattquery.plans.columns import Column, ColumnTable, length_column
from wattquery.specs import Fixed, distributions

DRAWS = 40_000
FAMILY_WISE = 1e-6
LENGTHS = [
    wq.Exponential(median=300),
    wq.LogNormal(p5=100, p95=2000),
    wq.Uniform(200, 400),
    wq.Triangular(100, 150, 900),
    wq.Normal(500, 40),
    wq.Truncated(wq.Exponential(median=300), low=50, high=4000),
    wq.Empirical(probabilities=(0, 0.25, 0.5, 1), values=(10, 100, 400, 900)),
]


def drawn(column: Column, draws: int = DRAWS, seed: int = 1, cell: str = "") -> np.ndarray:
    """Return the draws of a column that is the second of a table."""
    table = ColumnTable()
    table.add(Column("before", wq.Empirical(samples=(1.0, 2.0, 5.0))))
    place = table.add(column)
    values, logs = np.empty(draws, dtype=np.float32), np.empty(draws, dtype=np.float32)
    fill_column(
        np.array(table.codes)[place],
        np.array(table.numbers)[place],
        np.array(table.levels),
        np.array(table.values),
        np.asarray(table.streams(seed, cell)[place], dtype=np.uint32),
        0,
        np.empty(draws, dtype=np.uint32),
        np.empty(draws),
        values,
        logs,
    )
    return values.astype(np.float64)


def test_every_distribution_is_drawn_here() -> None:
    public = {getattr(distributions, name) for name in distributions.__all__}
    kinds = {one for one in public if isinstance(one, type) and not inspect.isabstract(one)}
    assert {type(length) for length in LENGTHS} == kinds - {Fixed}


@pytest.mark.parametrize("length", LENGTHS, ids=str)
def test_draws_follow_the_distribution(length: wq.Distribution) -> None:
    found = stats.kstest(drawn(Column("output_tokens", length)), lambda x: length.cdf(x))
    assert found.pvalue > FAMILY_WISE


@pytest.mark.parametrize("length", LENGTHS, ids=str)
def test_whole_lengths_are_the_same_draws_rounded(length: wq.Distribution) -> None:
    whole, plain = (drawn(Column("output_tokens", length, whole), 2000) for whole in (True, False))
    np.testing.assert_array_equal(whole, np.maximum(1.0, np.rint(plain)))


def test_samples_come_as_often_as_they_were_given() -> None:
    values = drawn(Column("output_tokens", wq.Empirical(samples=(5.0, 7.0, 7.0, 9.0))))
    counts = [int((values == one).sum()) for one in (5.0, 7.0, 9.0)]
    assert sum(counts) == DRAWS
    assert stats.chisquare(counts, np.array([0.25, 0.5, 0.25]) * DRAWS).pvalue > FAMILY_WISE


def test_the_merged_normal_is_standard() -> None:
    assert stats.kstest(drawn(Column("normal", None)), stats.norm.cdf).pvalue > FAMILY_WISE


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("length", LENGTHS, ids=str)
def test_the_range_holds_what_is_not_rarer_than_a_billionth(length: wq.Distribution, whole: bool) -> None:
    low, high = Column("output_tokens", length, whole).log_range
    ends = np.asarray(length.ppf([1e-9, 1 - 1e-9]))
    first, last = np.log(np.maximum(1.0, np.rint(ends)) if whole else ends)
    assert low <= first
    assert high >= last
    # And it is no wider than a window can bear: exp(3) beyond these ends.
    assert low >= first - 3.0 - 1e-12
    assert high <= last + 3.0 + 1e-12


def test_the_range_of_the_merged_normal() -> None:
    low, high = Column("normal", None).log_range
    assert low == -high
    assert stats.norm.cdf(low) == pytest.approx(2.0**-65, rel=1e-6)


@pytest.mark.parametrize(
    ("length", "asked", "whole"),
    [
        (wq.Exponential(300), True, True),
        (wq.Exponential(300), False, False),
        (Fixed(120.0), True, True),
        (Fixed(120.4), True, False),
        (wq.Empirical(samples=(120.4, 130.6)), True, True),
    ],
    ids=str,
)
def test_a_number_of_tokens_stays_as_written(length: wq.Distribution, asked: bool, whole: bool) -> None:
    assert length_column("output_tokens", length, round_tokens=asked).whole is whole


def test_a_column_is_entered_once() -> None:
    table = ColumnTable()
    columns = [Column("pue", one) for one in (wq.Uniform(1.1, 1.3), wq.Triangular(1.0, 1.1, 1.5))]
    places = [table.add(column) for column in (*columns, Column("pue", wq.Uniform(1.1, 1.3)), *columns)]
    assert places == [0, 1, 0, 0, 1]
    assert len(table.codes) == len(table.numbers) == 2


def test_streams_belong_to_purpose_seed_and_cell() -> None:
    table = ColumnTable()
    for column in (Column("pue", wq.Uniform(1.1, 1.3)), Column("pue", wq.Uniform(1.2, 1.4)), Column("x", None)):
        table.add(column)
    streams = [tuple(one.tolist()) for one in table.streams(7)]
    assert streams[0] == streams[1] != streams[2]
    others = [tuple(one.tolist()) for one in (*table.streams(8), *table.streams(7, "a cell"))]
    assert len({streams[0], streams[2], *others}) == 6


def test_a_truncation_far_in_the_tail_is_refused() -> None:
    far = wq.unchecked(wq.Truncated(wq.Normal(500, 10), low=600, high=700))
    with pytest.raises(wq.InputError, match="too far in its tail") as caught:
        ColumnTable().add(Column("output_tokens", far))
    assert "Move the bounds" in str(caught.value)
    assert math.isfinite(drawn(Column("output_tokens", wq.Truncated(wq.Normal(500, 10), low=530)), 100).max())
