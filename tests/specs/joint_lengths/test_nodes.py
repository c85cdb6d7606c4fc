"""Nodes of a workload as one random choice: its number, and both lengths that follow from it."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import wattquery as wq
from wattquery.specs.distributions import Distribution
from wattquery.specs.joint_lengths.nodes import JointLengths, NodeNumber, joint_lengths

JOINT = JointLengths((10.0, 40.0, 20.0), (500.0, 100.0, 4000.0), (0.5, 0.3, 0.2))


def test_each_pair_comes_once_in_order_and_is_a_token_long_at_least() -> None:
    workload = wq.Workload([300, 0.5, 300, 300], [900, 0, 900, 30], [0, 0, 800, 0], weights=[1, 1, 2, 4])
    joint = joint_lengths(workload)
    assert joint.outputs == (1.0, 300.0, 300.0)
    assert joint.inputs == (1.0, 30.0, 900.0)
    np.testing.assert_allclose(joint.weights, [1 / 8, 4 / 8, 3 / 8], rtol=1e-15)


def test_margins_are_sorted_and_draws_are_by_node() -> None:
    output, input_ = JOINT.margins
    assert output.by_node == (10.0, 40.0, 20.0)
    assert input_.ppf([0.3, 0.31, 0.8, 0.81]).tolist() == [100.0, 500.0, 500.0, 4000.0]
    np.testing.assert_allclose(output.cdf([9, 10, 20, 40]), [0.0, 0.5, 0.7, 1.0])
    assert output.mean() == pytest.approx(0.5 * 10 + 0.3 * 40 + 0.2 * 20)
    assert output.support() == (10.0, 40.0)
    assert JointLengths((7.0, 7.0), (1.0, 2.0), (0.5, 0.5)).margins[0].is_random is False


def test_a_choice_of_nodes_keeps_their_pairs() -> None:
    assert JOINT.chosen(wq.Fixed(2)) == JointLengths((40.0,), (100.0,), (1.0,))
    assert JOINT.chosen(wq.Empirical(samples=[3, 1, 3, 3])) == JointLengths((10.0, 20.0), (500.0, 4000.0), (0.25, 0.75))
    assert JOINT.chosen(JOINT.node) == JOINT
    with pytest.raises(LookupError, match="no choice among nodes"):
        JOINT.chosen(wq.Uniform(1, 3))


@pytest.mark.parametrize(
    ("ends", "numbers", "weights"),
    [((0.0, 0.5), (1.0,), (1.0,)), ((0.25, 0.65), (1.0, 2.0), (0.625, 0.375)), ((0.9, 1.0), (3.0,), (1.0,))],
)
def test_a_node_between_two_levels_cuts_what_lies_astride(ends, numbers, weights) -> None:
    found = JOINT.node.between(*ends)
    assert found.numbers == numbers
    np.testing.assert_allclose(found.weights, weights, rtol=1e-12)


def test_equal_lengths_are_one_key_and_survive_a_pickle() -> None:
    twin = JointLengths(JOINT.outputs, JOINT.inputs, JOINT.weights)
    assert hash(twin) == hash(JOINT)
    assert twin.margins == JOINT.margins
    assert pickle.loads(pickle.dumps(JOINT.margins)) == JOINT.margins
    assert JOINT.margins[0] != JOINT.margins[1]


def test_scaled_and_outside() -> None:
    assert JOINT.scaled(2.0) == JointLengths((20.0, 80.0, 40.0), (1000.0, 200.0, 8000.0), JOINT.weights)
    assert JOINT.share_outside((100, 500), (10, 40)) == pytest.approx(0.2)
    assert JOINT.share_outside((100, 500), (20, 40)) == pytest.approx(0.7)
    assert JOINT.share_outside(None, (20, 40)) == 1.0


def test_nobody_writes_what_a_workload_is_taken_apart_into() -> None:
    assert {"NodeNumber", "Margin"}.isdisjoint(Distribution.by_name)
    with pytest.raises(wq.InputError, match="must name its 'distribution'"):
        Distribution.from_dict({"distribution": "NodeNumber", "numbers": [1], "weights": [1]})
    assert NodeNumber((1.0, 2.0), (0.5, 0.5)).label == "one of 2 pairs of lengths"
