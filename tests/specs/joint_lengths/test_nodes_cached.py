"""Cached tokens of the nodes of a workload: they go with both lengths, and only the load form tells them apart."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery.specs.joint_lengths.nodes import JointLengths, joint_lengths

JOINT = JointLengths((10.0, 40.0, 20.0), (500.0, 100.0, 4000.0), (0.5, 0.3, 0.2), (0.0, 60.0, 4000.0))


def test_nodes_are_told_apart_where_that_is_asked_for():
    workload = wq.Workload([30, 30, 30], [500, 500, 700], [0, 400, 700], weights=[1, 2, 1])
    plain, cached = joint_lengths(workload), joint_lengths(workload, with_cached=True)
    assert (plain.outputs, plain.inputs, plain.weights) == ((30.0, 30.0), (500.0, 700.0), (0.75, 0.25))
    assert plain.cached == ()
    assert cached.inputs == (500.0, 500.0, 700.0)
    assert cached.cached == (0.0, 400.0, 700.0)
    assert cached.weights == (0.25, 0.5, 0.25)
    without = wq.Workload([30, 40], [500, 700])
    assert joint_lengths(without, with_cached=True) == joint_lengths(without)


def test_margins_are_three_where_tokens_are_cached():
    assert [margin.by_node for margin in JOINT.margins] == [JOINT.outputs, JOINT.inputs, JOINT.cached]
    assert JOINT.margins[2].support() == (0.0, 4000.0)
    assert JOINT.margins[2].ppf(0.9) == 4000.0
    assert "cached" in JOINT.margins[2].label
    assert len(JointLengths(JOINT.outputs, JOINT.inputs, JOINT.weights).margins) == 2


def test_cached_tokens_stay_with_their_nodes():
    assert JOINT.chosen(wq.Fixed(2)) == JointLengths((40.0,), (100.0,), (1.0,), (60.0,))
    assert JOINT.chosen(wq.Fixed(1)).cached == ()
    assert JOINT.ordered(np.array([3.0, 1.0, 2.0])).cached == (60.0, 4000.0, 0.0)
    assert JOINT.scaled(2.0).cached == (0.0, 120.0, 8000.0)


@pytest.mark.parametrize("other", [(), (0.0, 60.0, 3999.0)])
def test_lengths_differ_by_cached_tokens(other):
    assert JointLengths(JOINT.outputs, JOINT.inputs, JOINT.weights, other) != JOINT
    np.testing.assert_array_equal(JointLengths((1.0,), (2.0,), (1.0,)).cached_tokens, [0.0])
