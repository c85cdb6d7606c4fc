"""Lengths in bounded memory: means and margins of all, in any order, and how far the rest is off."""

from __future__ import annotations

import numpy as np
import pytest

from wattquery.specs.joint_lengths.partition import compressed
from wattquery.specs.joint_lengths.rows import merged, read_rows
from wattquery.specs.joint_lengths.stated_error import Reference
from wattquery.workloads.logs.tally import LengthTally, Tally

COUNT, MOST = 20_000, 2**12


def lengths(cached: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    output, inputs = np.ceil(rng.exponential(400, COUNT)), np.ceil(rng.lognormal(6.5, 1.2, COUNT))
    return output, inputs, np.floor(inputs * rng.random(COUNT)) * cached


def tally_of(columns, pieces: int, order=slice(None), most=MOST) -> LengthTally:
    tally = LengthTally(most)
    for piece in np.array_split(np.arange(COUNT)[order], pieces):
        tally.add(*(column[piece] for column in columns))
    return tally


@pytest.mark.parametrize("cached", [False, True])
def test_order_and_blocks_make_no_difference(cached):
    columns = lengths(cached)
    shuffled = np.random.default_rng(1).permutation(COUNT)
    tally, other = tally_of(columns, 1), tally_of(columns, 13, shuffled)
    assert len(tally.joint) <= MOST
    assert tally.joint.level == other.joint.level > 0
    for mine, its in zip(tally.rows().lengths, other.rows().lengths, strict=True):
        np.testing.assert_array_equal(mine, its)
    for mine, its in zip(tally.margins(), other.margins(), strict=True):
        np.testing.assert_array_equal(mine.sums, its.sums)


def test_few_lengths_stay_as_they_are():
    columns = lengths(cached=True)
    tally = tally_of(columns, 3, most=2**18)
    expected = merged(read_rows(*columns)[0])
    found = merged(tally.rows())
    for name in ("output_tokens", "input_tokens", "cached_tokens", "weights"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert (tally.width, tally.margins(), tally.requests) == (0.0, None, COUNT)


def test_means_and_margins_are_those_of_all_requests():
    columns = lengths(cached=True)
    tally = tally_of(columns, 5)
    rows = tally.rows()
    parts = (columns[0], columns[1] - columns[2], columns[2])
    for mine, its in zip(rows.parts, parts, strict=True):
        assert np.average(mine, weights=rows.weights) == pytest.approx(its.mean(), rel=1e-9)
    edges = np.linspace(0, 1, 201)
    for margin, part in zip(tally.margins(), parts, strict=True):
        np.testing.assert_allclose(margin.means(edges), np.sort(part).reshape(200, -1).mean(axis=1), rtol=1e-9)


def test_the_stated_error_covers_what_cells_add():
    columns = lengths(cached=False)
    reference = Reference.of(merged(read_rows(*columns)[0]))
    tally = tally_of(columns, 4)
    nodes, error = compressed(merged(tally.rows()), 256, margins=tally.margins())
    assert reference.error(nodes) <= error + tally.width
    assert np.average(nodes.output_tokens, weights=nodes.weights) == pytest.approx(columns[0].mean(), rel=1e-9)


def test_tallies_join_whatever_their_levels():
    columns = lengths(cached=True)
    whole, half = tally_of(columns, 1), tally_of(columns, 2, slice(COUNT // 2))
    rest = tally_of(columns, 3, slice(COUNT // 2, None), most=2**18)
    half.join(rest)
    np.testing.assert_array_equal(half.rows().weights, whole.rows().weights)
    half, rest = tally_of(columns, 2, slice(100)), tally_of(columns, 3, slice(100, None))
    half.join(rest)
    np.testing.assert_array_equal(half.rows().input_tokens, whole.rows().input_tokens)
    assert half.margins()[0].sums[-1] == pytest.approx(columns[0].mean())


def test_lengths_below_a_token_and_very_long_ones_have_cells():
    tally = Tally(1)
    tally.add([np.array([0.0, 0.25, 1.0, 2.0, 131_071.0, 131_070.0, 1e9])])
    assert len(tally) == 7
