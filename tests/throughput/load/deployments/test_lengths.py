"""Lengths of a query and of the batch: means are linear in the shares of a batch."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery.throughput.load.attention_reach import PLAIN_ATTENTION, AttentionReach
from wattquery.throughput.load.deployments import LengthCase
from wattquery.throughput.load.query_means import query_means

CHAT = wq.Workload([100, 400], [2000, 50], weights=[3, 1], name="chat")
CODE = wq.Workload([20, 30], [9000, 100], [8000, 0], name="code")
WINDOW = AttentionReach(windowed_reads=0.5, windowed_pairs=0.5, window_tokens=128)


@pytest.mark.parametrize("reach", [PLAIN_ATTENTION, WINDOW])
def test_a_batch_of_two_workloads_is_the_workload_of_all_their_queries(reach):
    case = LengthCase.of(CHAT, batch=[(1.0, CHAT), (3.0, CODE)])
    together = wq.Workload([100, 400, 20, 30], [2000, 50, 9000, 100], [0, 0, 8000, 0], [0.1875, 0.0625, 0.375, 0.375])
    expected, found = query_means(together, reach=reach), case.batch(reach)
    np.testing.assert_allclose(found.drivers, expected.drivers, rtol=1e-14)
    assert found.resident_context == pytest.approx(expected.resident_context, rel=1e-14)
    assert case.own(reach) == query_means(CHAT, reach=reach)
    assert (case.batch_input, case.batch_output) == (together.mean("input_tokens"), together.mean("output_tokens"))


def test_without_a_batch_it_is_of_queries_like_this_one():
    case = LengthCase.of(output_tokens=wq.Exponential(median=300), input_tokens=wq.Fixed(500))
    assert case.batch(PLAIN_ATTENTION) == case.own(PLAIN_ATTENTION)
    assert case.batch_input == 500.0
    assert not case.is_fixed
    assert LengthCase.of(output_tokens=wq.Fixed(3), input_tokens=wq.Fixed(500)).is_fixed


@pytest.mark.parametrize("cached", [{"cached_share": 0.5}, {"cached_number": 40.0}])
def test_cached_tokens_of_every_query(cached):
    """Of a workload, and of lengths that are independent of each other."""
    by_node = LengthCase.of(wq.Workload([100, 100], [2000, 50], name="two"), **cached)
    apart = LengthCase.of(output_tokens=wq.Fixed(100), input_tokens=wq.Empirical([2000, 50]), **cached)
    np.testing.assert_allclose(by_node.own(WINDOW).drivers, apart.own(WINDOW).drivers, rtol=1e-14)
    expected = 512.5 if "cached_share" in cached else 40.0
    assert by_node.query.mean_cached == apart.query.mean_cached == expected
    assert by_node.query.label == f"two, {next(iter(cached.values())):g} cached"


@pytest.mark.parametrize("shares", [(0.0, 0.0), (2.0, -1.0)])
def test_shares_of_nothing_are_refused(shares):
    with pytest.raises(wq.InputError, match="0 or more"):
        LengthCase.of(CHAT, batch=list(zip(shares, (CHAT, CODE), strict=True)))
