"""Columns of the lengths of a grid: by label of their axes, or of a workload that picks them together."""

from __future__ import annotations

import wattquery as wq
from small_plans import lowered
from wattquery.plans.lengths import length_columns
from wattquery.sweeps.study import study


def test_by_axis() -> None:
    grid, found = lowered(model="Llama 3.1 405B", output_tokens=[300.5, wq.Exponential(200)], input_tokens=[10, 20])
    outputs, inputs = length_columns(grid)
    assert (outputs, inputs) == (found.plan.output_tokens, found.plan.input_tokens)
    assert [column.whole for column in outputs] == [False, True]  # a number of tokens stays as it is
    assert [column.purpose for column in inputs] == ["input_tokens"] * 2


def test_by_workload() -> None:
    pairs = wq.Workload([100, 200], [10, 20], cached_tokens=[0, 5])
    paper = study("Llama 3.1 405B", workload=[pairs]).grid
    outputs, inputs = length_columns(paper)
    assert outputs[0].joint == inputs[0].joint
    assert not outputs[0].joint.cached
    loaded = study("Llama 3.1 405B", hardware="H100 SXM", load=0.5, workload=[pairs]).grid
    assert length_columns(loaded)[0][0].joint.cached == (0.0, 5.0)
