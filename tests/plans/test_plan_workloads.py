"""A plan whose lengths are those of workloads: places, names, columns and windows."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import wattquery as wq
from correlated import PAIRS, WORKLOAD
from small_plans import lowered, planned
from wattquery.histograms import BIN_WIDTH
from wattquery.plans.columns import ColumnTable, joint_columns
from wattquery.plans.tiles import tiles
from wattquery.plans.variants import changed, with_joint_lengths
from wattquery.specs.joint_lengths.nodes import joint_lengths

GRID = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B"],
    "workload": {"mine": WORKLOAD, "one": wq.Workload([300], [500]), "level": wq.Workload([20, 40], [700, 700])},
    "pue": [1.1, wq.LogNormal(1.05, 1.6)],
    "prefill_weight": 1 / 30,
}


def test_places_of_the_lengths_are_those_of_the_workload() -> None:
    grid, found = lowered(**GRID)
    places = found.plan.places(found.plan.cells)
    np.testing.assert_array_equal(places["output_tokens"], places["workload"])
    np.testing.assert_array_equal(places["input_tokens"], places["workload"])
    assert [axis.size for axis in grid.dimensions] == [2, 3, 2]
    for number in range(found.plan.size):
        workload = list(GRID["workload"].values())[int(places["workload"][number])]
        assert found.plan.cell(number).joint == joint_lengths(workload)


def test_a_cell_has_one_factor_of_its_lengths_or_none() -> None:
    plan = lowered(**GRID)[1].plan
    assert [factor.name for factor in plan.cell(0).factors] == ["workload", "power_utilization"]
    assert [factor.name for factor in plan.cell(2).factors] == ["power_utilization"]
    assert plan.is_joint
    assert not lowered()[1].plan.is_joint


def test_names_of_streams_hold_the_workload_and_old_ones_do_not_change() -> None:
    plan = lowered(**GRID)[1].plan
    names = [plan.name(number) for number in plan.cells.tolist()]
    assert len(set(names)) == len(names)
    assert names[0].endswith("\x1eworkload=mine")
    assert "workload" not in lowered()[1].plan.name(0)


def test_both_lengths_have_the_levels_and_the_stream_of_one_choice() -> None:
    joint = joint_lengths(WORKLOAD)
    table = ColumnTable()
    first, second = (table.add(column) for column in joint_columns(joint))
    streams = table.streams(7)
    np.testing.assert_array_equal(streams[first], streams[second])
    start, size = table.codes[first][1:3]
    other, _ = table.codes[second][1:3]
    assert size == len(joint.weights)
    assert table.levels[start : start + size] == table.levels[other : other + size]
    assert table.values[start : start + size] == list(joint.outputs)
    assert table.values[other : other + size] == list(joint.inputs)
    assert table.values[other : other + size] != sorted(joint.inputs)


def test_a_length_that_all_pairs_share_is_a_number() -> None:
    _, inputs = joint_columns(joint_lengths(GRID["workload"]["level"]))
    table = ColumnTable()
    table.add(inputs)
    assert table.codes[0][2] == 0


def test_windows_are_those_of_the_nodes() -> None:
    """A corner of the shortest and the longest lengths, which no pair has, takes no bins."""
    plan = planned("Llama 3.1 405B", workload=WORKLOAD, prefill_weight=1 / 30)
    (tile,) = tiles(plan)
    (first, bins), cell = tile.windows[0].tolist(), plan.cell(0)
    parts = cell.log_factors + cell.log_length_part(PAIRS[0], PAIRS[1])
    assert first * BIN_WIDTH <= parts.min() < (first + 3) * BIN_WIDTH
    assert (first + bins - 4) * BIN_WIDTH < parts.max() <= (first + bins) * BIN_WIDTH


def test_variants_keep_pairs_together() -> None:
    plan = lowered(**GRID)[1].plan
    fixed = changed(plan, "workload", lambda node: wq.Fixed(float(node.ppf(1.0))))
    longest = joint_lengths(WORKLOAD)
    assert fixed.cell(0).joint.outputs == longest.outputs[-1:]
    assert fixed.cell(0).joint.inputs == longest.inputs[-1:]
    assert fixed.cell(2).joint == plan.cell(2).joint
    assert "workload" not in [factor.name for factor in fixed.cell(0).factors]
    doubled = with_joint_lengths(plan, lambda joint: joint.scaled(2.0))
    assert doubled.cell(0).joint == longest.scaled(2.0)
    with pytest.raises(LookupError):
        changed(plan, "no factor", None)


def test_a_plan_travels() -> None:
    plan = lowered(**GRID)[1].plan
    again = pickle.loads(pickle.dumps(plan))
    assert again.cell(0) == plan.cell(0)
    assert again.is_joint
