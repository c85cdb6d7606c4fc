"""The axis that moves a grid most, against its medians by hand."""

import math

import wattquery as wq
from wattquery.reports.cells import Cells
from wattquery.reports.driving import axis_conditions, factor_conditions


def test_the_axis_that_moves_the_median_most_comes_first():
    ds = wq.sweep("DeepSeek-R1", output_tokens=["traditional", "long"], levers=["none", "serving"], method="exact")
    length, levers = axis_conditions(Cells(ds))
    logs = [[math.log(one) for one in row] for row in ds["energy"].sel(quantile=0.5).values]
    assert math.isclose(length.factor, math.exp(sum(logs[1]) / 2 - sum(logs[0]) / 2))
    assert (length.name, levers.name) == ("output_tokens", "levers")
    assert length.text.startswith("the output tokens: long takes")


def test_factors_come_by_their_size():
    tornado = wq.sensitivity.tornado("DeepSeek-R1")
    found = factor_conditions(tornado)
    assert [one.name for one in found] == ["output_tokens", "power_utilization", "pue"]
    low, high = tornado["median"].sel(factor="pue").values
    assert math.isclose(found[-1].factor, high / low)
