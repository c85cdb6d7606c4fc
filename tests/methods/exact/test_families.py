"""Families: a partition of cells in which no two differ by more than a constant and sigma."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from small_plans import planned
from wattquery.methods.exact.families import families

GRID = {
    "output_tokens": ["traditional", "long"],
    "input_tokens": [500, 1000],
    "power_utilization": {
        "number": 0.7,
        "random": wq.LogNormal(p5=0.4, p95=0.9),
        "following": wq.ThroughputProportional(0.24, 0.56),
        "steeper": wq.ThroughputProportional(0.3, 0.6),
        "the same": wq.ThroughputProportional(0.24, 0.56),
        "constant": wq.ThroughputProportional(0.6, 0.0),
    },
    "pue": [1.1, wq.LogNormal(p5=1.05, p95=1.6)],
    "levers": ["none", "serving"],
}


def blocks(plan):
    """Return the cells of each pair of lengths."""
    places = plan.places(plan.cells)
    places = np.column_stack([places[name] for name in ("deployment", "output_tokens", "input_tokens")])
    _, which = np.unique(places, axis=0, return_inverse=True)
    return [plan.cells[which.ravel() == i] for i in range(int(which.max()) + 1)]


def test_families_part_the_cells() -> None:
    plan = planned(**GRID)
    for block in blocks(plan):
        members = [member for _, positions in families(plan, block) for member in positions.tolist()]
        assert sorted(members) == list(range(block.size))


def test_members_differ_by_a_constant_and_sigma_only() -> None:
    plan = planned(**GRID)
    for block in blocks(plan):
        for family, positions in families(plan, block):
            for number in block[positions].tolist():
                cell = plan.cell(number)
                assert cell.throughput == family.throughput
                assert (cell.base, cell.span) == (family.base, family.span)
                assert plan.output_tokens[family.output_tokens] == cell.output_tokens
                assert plan.input_tokens[family.input_tokens] == cell.input_tokens


def test_there_are_no_more_families_than_kinds_of_power() -> None:
    plan = planned(**GRID)
    for block in blocks(plan):
        found = [family for family, _ in families(plan, block)]
        assert len(found) == len(set(found)) == 3
        assert {(one.base, one.span) for one in found} == {(1.0, 0.0), (0.24, 0.56), (0.3, 0.6)}


def test_a_deployment_without_data_has_none() -> None:
    plan = planned(["DeepSeek-R1", "Llama 3.1 405B"], precision=["FP8", "FP16"])
    (without,) = set(range(plan.size)) - set(plan.cells.tolist())
    with pytest.raises(LookupError, match="no data"):
        list(families(plan, np.array([without])))
