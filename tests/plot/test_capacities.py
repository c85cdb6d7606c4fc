"""The picture of a plan of capacity: marks, frontier and best are those of the result."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import wattquery as wq


@pytest.fixture(scope="module")
def ds():
    case = {"hardware": ["H100 SXM", "GB200 NVL72", "B300"], "precision": ["BF16", "FP4"], "accelerators": [1, 2]}
    return wq.plan_capacity("Llama 3.1 70B", **case, queries_per_day=4e7, interactivity=40)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.parametrize("against", ["nodes", "interactivity"])
def test_each_candidate_has_a_mark(ds, against) -> None:
    ax = wq.plot.capacity(ds, against)
    can = ds.isel(candidate=ds["meets"].values)
    lines = {line.get_label(): line for line in ax.lines}
    for hardware in set(can["hardware"].values.tolist()):
        one = can.isel(candidate=can["hardware"].values == hardware)
        np.testing.assert_array_equal(lines[hardware].get_xdata(), one[against].values)
        np.testing.assert_array_equal(lines[hardware].get_ydata(), one["energy_per_query"].values)
    assert any(text.get_text() == f"best: {ds['candidate'].values[0]}" for text in ax.texts)
    if against == "nodes":
        assert int(ds["on_frontier"].sum()) > 1
        on = can.isel(candidate=can["on_frontier"].values).sortby("nodes")
        np.testing.assert_array_equal(lines["frontier"].get_xdata(), on["nodes"].values)
    else:
        assert lines["asked for"].get_xdata()[0] == 40.0
        np.testing.assert_array_equal(
            lines["least in a steady hour, without reserve"].get_ydata(), ds["frontier_energy"]
        )
    markers = [line.get_marker() for label, line in lines.items() if label in can["hardware"].values]
    assert len(set(markers)) == len(markers)  # in grey, too


def test_what_cannot_be_drawn_is_said(ds) -> None:
    with pytest.raises(wq.InputError, match="against must be one of 'nodes', 'interactivity', got 'node'"):
        wq.plot.capacity(ds, "node")
    with pytest.raises(wq.InputError, match="No candidate meets the targets"):
        wq.plot.capacity(ds.isel(candidate=~ds["meets"].values))
    with pytest.raises(wq.InputError, match=r"wattquery\.plan_capacity"):
        wq.plot.capacity(ds.drop_vars("nodes"))
    with pytest.raises(wq.InputError, match="must have both ends"):
        wq.plot.capacity(ds.isel(bound=[0]))
    with pytest.raises(wq.InputError, match="must be above 0"):
        wq.plot.capacity(ds.assign(nodes=-ds["nodes"]))
