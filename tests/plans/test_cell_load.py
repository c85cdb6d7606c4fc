"""A cell under load: its lengths by node, and the plans made of it."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

import wattquery as wq
from load_queries import FORMS, ROWS, WORKLOAD, cell_of, columns_of, joint, kilojoules, plan_of, workload_columns
from wattquery.plans.columns import ColumnTable, cached_column, joint_columns
from wattquery.plans.tiles import tiles
from wattquery.plans.variants import changed, ordered_by_energy, with_joint_lengths


def test_the_length_part_of_each_node_is_the_logarithm_of_its_energy() -> None:
    cell = cell_of(FORMS["both"], workload_columns(WORKLOAD))
    outputs, inputs, cached, _ = ROWS
    np.testing.assert_allclose(
        np.sort(cell.log_node_part()), np.sort(np.log(kilojoules(FORMS["both"], outputs, inputs, cached))), rtol=1e-12
    )
    one = cell.log_length_part(np.array([300.0]), np.array([500.0]))
    assert one[0] == pytest.approx(math.log(kilojoules(FORMS["both"], 300.0, 500.0)), rel=1e-13)
    with pytest.raises(LookupError, match="no nodes"):
        cell_of(FORMS["both"], columns_of(300, 500)).log_node_part()


def test_cached_tokens_have_a_column_where_a_node_has_any() -> None:
    cell = cell_of(FORMS["plain"], workload_columns(WORKLOAD))
    assert cell.length_columns[2] == cell.cached_tokens == cached_column(joint())
    assert cell_of(FORMS["plain"], columns_of(300, 500)).length_columns == columns_of(300, 500)
    without = workload_columns(wq.Workload([30, 40], [500, 700]))
    assert cell_of(FORMS["plain"], without).cached_tokens is None
    (tile,) = tiles(plan_of([FORMS["plain"]]))
    assert (tile.term_columns[0] >= 0).all()
    (tile,) = tiles(plan_of([FORMS["plain"]], columns_of(300, 500)))
    assert tile.term_columns[0].tolist()[2] == -1


def test_all_lengths_have_the_levels_and_the_stream_of_one_choice() -> None:
    nodes, table = joint(), ColumnTable()
    own = cached_column(nodes)
    assert own is not None
    places = [table.add(column) for column in (*joint_columns(nodes), own)]
    streams = table.streams(7)
    assert len({tuple(streams[place].tolist()) for place in places}) == 1
    starts = [table.codes[place][1:3] for place in places]
    levels = [table.levels[start : start + size] for start, size in starts]
    assert levels[0] == levels[1] == levels[2]
    start, size = starts[2]
    assert table.values[start : start + size] == list(nodes.cached)


def test_the_centre_is_at_the_medians() -> None:
    cell = cell_of(FORMS["window"], columns_of(wq.Exponential(300), wq.LogNormal(60, 6000)))
    assert cell.length_centre() == pytest.approx(math.log(kilojoules(FORMS["window"], 300.0, 600.0)), rel=1e-12)


def test_variants_keep_cached_tokens() -> None:
    plan = plan_of([FORMS["top"]])
    nodes = joint()
    last = changed(plan, "workload", lambda node: wq.Fixed(float(node.ppf(1.0)))).cell(0).joint
    assert last is not None
    assert (last.outputs, last.inputs) == (nodes.outputs[-1:], nodes.inputs[-1:])
    assert last.cached_tokens[0] == nodes.cached[-1]
    assert with_joint_lengths(plan, lambda one: one.scaled(2.0)).cell(0).joint == nodes.scaled(2.0)
    ((ordered, numbers),) = ordered_by_energy(plan)
    assert numbers.tolist() == [0]
    assert np.all(np.diff(ordered.cell(0).log_node_part()) >= 0.0)
    again = pickle.loads(pickle.dumps(plan))
    assert again.cell(0) == plan.cell(0)


def test_a_model_is_asked_for_in_vain() -> None:
    with pytest.raises(LookupError, match="no throughput fit"):
        _ = cell_of(FORMS["top"], columns_of(300, 500)).model


def test_each_form_has_an_order_of_its_own() -> None:
    """Windows let long prompts weigh less: the order of the nodes is not that of another form."""
    orders = {}
    for plan, (number,) in ordered_by_energy(plan_of(list(FORMS.values()))):
        parts = plan.cell(number).log_node_part()
        assert (parts[1:] >= parts[:-1]).all()
        orders[number] = plan.cell(number).joint
    assert len(orders) == 4
    assert len(set(orders.values())) > 1
