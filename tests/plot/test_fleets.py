"""Fleets as stacked bars: parts sum to totals, what was published is marked, and nothing lies over anything."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

import wattquery as wq
from wattquery import plot
from wattquery.plot.style import PALE

LONG = "a rather long name that somebody chose, number"
THREE = ("traditional", "mixed", "mixed-improved")


@cache
def fleet(*scenarios: str, **options) -> xr.Dataset:
    return wq.fleet(
        list(scenarios) if len(scenarios) > 1 else scenarios[0], structural=False, shared_draws=256, **options
    )


@cache
def twelve() -> xr.Dataset:
    named = {f"{LONG} {i}": THREE[i % 3] for i in range(12)}
    return wq.fleet(named, structural=False, shared_draws=256)


@cache
def many_classes() -> xr.Dataset:
    classes = {f"{LONG} {i}": {"share": 0.125, "model": "Llama 3.1 70B"} for i in range(8)}
    return wq.fleet(classes=classes, queries_per_day=1e6, structural=False, shared_draws=256)


PICTURES = {
    "three": lambda **to: plot.fleet(fleet(*THREE), **to),
    "three by class": lambda **to: plot.fleet(fleet(*THREE), "query_class", **to),
    "v1": lambda **to: plot.fleet(fleet(*THREE, preset="v1"), **to),
    "one": lambda **to: plot.fleet(fleet("mixed"), **to),
    "presets": lambda **to: plot.fleet(fleet("mixed", preset=("v2-code", "v1")), **to),
    "twelve": lambda **to: plot.fleet(twelve(), **to),
    "many classes": lambda **to: plot.fleet(many_classes(), "query_class", **to),
    "long share": lambda **to: plot.fleet(fleet("long-share").sel(levers="serving"), **to),
}


def bars(ax) -> list[Rectangle]:
    return [bar for container in ax.containers for bar in container]


def said(ax) -> list[str]:
    return [one.get_text() for one in ax.texts]


def legend(ax) -> list[str]:
    return [one.get_text() for one in ax.get_figure().legends[0].get_texts()]


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_units_and_no_text_over_text(name, readable):
    unit = "kWh" if name == "many classes" else "GWh"
    assert f"[{unit}/day, facility" in readable(PICTURES[name]())


@pytest.mark.parametrize("by", ["component", "query_class"])
def test_parts_stand_side_by_side_and_end_at_the_total(by):
    ds = fleet(*THREE)
    ax = plot.fleet(ds, by)
    parts = (
        ds["energy_per_day_by_class"].sum("query_class" if by == "component" else "component").transpose(by, "scenario")
    )
    np.testing.assert_allclose([bar.get_width() for bar in bars(ax)], parts.values.ravel())
    last = bars(ax)[-3:]
    np.testing.assert_allclose([bar.get_x() + bar.get_width() for bar in last], ds["energy_per_day"].values)
    assert [label.get_text() for label in ax.get_yticklabels()] == list(THREE)
    assert said(ax)[:3] == ["0.73", "1.71", "0.80"]


def test_the_line_is_the_epistemic_interval():
    ds = fleet(*THREE)
    segments = plot.fleet(ds).collections[-1].get_segments()
    ends = ds["energy_interval"].sel(interval="epistemic").transpose("scenario", "bound").values
    np.testing.assert_allclose([[point[0] for point in segment] for segment in segments], ends)


def test_what_was_published_is_marked_and_said_where_it_is_missed():
    ax = plot.fleet(fleet(*THREE, preset="v1"))
    of_figures = [text for text in said(ax) if text.startswith("published")]
    assert of_figures == ["published 0.8", "published 1.8, not reproduced", "published 0.9"]
    assert [text for text in said(ax) if text.endswith(" MW")] == ["33.6 MW", "78.5 MW", "36.9 MW"]
    marked = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "D"]
    assert marked == [0.8, 1.8, 0.9]
    assert "published total" in legend(ax)
    without = plot.fleet(fleet("mixed", pue=1.2))
    assert "published total" not in legend(without)


def test_what_a_source_does_not_explain_is_pale_and_said_so():
    ax = plot.fleet(fleet("mixed"))
    unexplained = [text for text in legend(ax) if "not explained by the source" in text]
    assert unexplained == [f"factor {i} (not explained by the source)" for i in (1, 2, 3)]
    pale = [bar for bar in bars(ax) if bar.get_facecolor() == to_rgba(PALE)]
    assert len(pale) == 3
    assert len({bar.get_hatch() for bar in pale}) == 3


def test_parts_go_from_the_inside_out():
    ds = fleet("mixed", boundary=("accelerator", "facility", "facility+idle_reserve"))
    names = [text.split(" (")[0] for text in legend(plot.fleet(ds))[:-1]]
    inside = ["accelerator", "host", "facility overhead", "idle reserve"]
    assert names[:7] == [*inside, "factor 1", "factor 2", "factor 3"]


def test_parts_that_are_zero_everywhere_are_left_out():
    ax = plot.fleet(fleet(*THREE).sel(scenario="traditional"), "query_class")
    assert legend(ax)[0] == "traditional"
    assert "long" not in legend(ax)


def test_a_second_axis_is_to_be_selected():
    with pytest.raises(wq.InputError, match=r"over='long_share' with ds.sel\(levers='none'\)"):
        plot.fleet(fleet("long-share"))
    ax = plot.fleet(fleet("long-share").sel(long_share=0.1), over="levers")
    assert len(ax.get_yticks()) == 8
    assert ax.get_ylabel() == "levers"


@pytest.mark.parametrize(
    ("options", "named"),
    [({"by": "class"}, "'component', 'query_class'"), ({"over": "preset"}, "must be a dimension")],
)
def test_refusals(options, named):
    with pytest.raises(wq.InputError, match=named):
        plot.fleet(fleet(*THREE), **options)


def test_another_dataset_is_refused():
    with pytest.raises(wq.InputError, match=r"wattquery\.fleet"):
        plot.fleet(wq.sweep("Llama 3.1 70B", method="exact"))


def test_two_pictures_in_one_figure():
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(13, 5), layout="constrained")
    for ax, by in zip(axes, ("component", "query_class"), strict=True):
        assert plot.fleet(fleet(*THREE), by, ax=ax).get_legend() is not None
    assert not figure.legends


def test_an_axis_that_is_none_is_refused_where_there_is_no_axis() -> None:
    course = wq.trajectory("adoption", shared_draws=256)
    with pytest.raises(wq.InputError, match="and there is none"):
        wq.plot.trajectory(course, over="growth")
    with pytest.raises(wq.InputError, match="by must be one of 'component'"):
        wq.plot.fleet(wq.fleet("traditional", shared_draws=256, structural=False), by=["component"])


def test_pools_are_parts_and_nodes_and_power_stand_beside_each_bar(readable):
    chat = {"share": 1, "model": "Llama 3.1 8B", "output_tokens": 200, "input_tokens": 300}
    pools = {
        name: {"hardware": name, "load": 0.5, "share": share} for name, share in (("H100 SXM", 0.5), ("B200", 0.5))
    }
    ds = wq.fleet(classes={"chat": chat}, pools=pools, queries_per_day=4e8, structural=False, shared_draws=256)
    ax = plot.fleet(ds, "pool")
    assert "expected energy per day [MWh/day, facility]" in readable(ax)
    assert legend(ax)[:2] == ["H100 SXM", "B200"]
    low, high = ds["nodes_interval"].values
    assert any(text.startswith(f"{float(ds['nodes']):.0f} nodes ({low:.0f} to {high:.0f})\n") for text in said(ax))
    np.testing.assert_allclose(sum(bar.get_width() for bar in bars(ax)), 1e3 * float(ds["energy_per_day"]))
    with pytest.raises(wq.InputError, match="energy_per_day_by_pool"):
        plot.fleet(fleet("mixed"), "pool")
