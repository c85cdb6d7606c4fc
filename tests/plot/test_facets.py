"""Panels: one for each label, on common scales, with one heading and one legend; and what has no panels."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from wattquery import plot, sensitivity

MODELS = ["DeepSeek-R1", "Llama 3.1 405B", "Mistral Large"]


@cache
def grid() -> xr.Dataset:
    return wq.sweep(
        MODELS, output_tokens=["traditional", "long"], levers=["none", "serving"], method="exact", keep_histogram=True
    )


@cache
def fleets() -> xr.Dataset:
    return wq.fleet("mixed", levers=["none", "serving"], pue=[1.1, 1.4], structural=False, shared_draws=256)


@cache
def course() -> xr.Dataset:
    options = {"growth": [0.1, 0.4], "rebound": [0.0, 0.3], "shared_draws": 256}
    return wq.trajectory("adoption", stop="2028-01-01", **options)


def swings() -> xr.Dataset:
    factors = ["pue", "lever:model", "output_tokens"]
    low = np.array([[0.9, 0.5, 0.2], [0.95, 0.2, 0.6]])
    energy = np.stack([low, 1.0 / low], axis=-1)
    return xr.Dataset(
        {"median": (("model", "factor", "end"), energy, {"units": "Wh"}), "baseline": ("model", [1.0, 1.0])},
        {"model": MODELS[:2], "factor": factors, "end": ["p5", "p95"]},
    )


def indices() -> xr.Dataset:
    total = np.array([[0.7, 0.2], [0.3, 0.6]])
    values = dict.fromkeys(("first_order", "total_order"), (("model", "factor"), total))
    return xr.Dataset(values, {"model": MODELS[:2], "factor": ["pue", "node_power"]})


@cache
def loaded() -> xr.Dataset:
    ds = wq.sweep("Llama 3.1 70B", hardware=["H200", "B200", "MI325X"], load=[0.05, 0.3, 1.0], draws=2000)
    return xr.concat([ds, ds.assign(energy=2.0 * ds["energy"])], "pue").assign_coords(pue=[1.1, 2.2])


@cache
def levels() -> xr.Dataset:
    return sensitivity.nested(MODELS, levers=["none", "serving"], throughput_fit=False)


def through_factors() -> xr.Dataset:
    medians = np.array([[[0.9, 1.0, 1.2], [0.8, 1.0, 1.4]], [[0.5, 1.0, 3.0], [0.9, 1.0, 1.1]]])
    return xr.Dataset(
        {"median": (("model", "factor", "factor_level"), medians, {"units": "Wh"}), "baseline": ("model", [1.0, 1.1])},
        {"model": MODELS[:2], "factor": ["pue", "lever:model"], "factor_level": [0.05, 0.5, 0.95]},
    )


PICTURES = {
    "violin": lambda: plot.violin(grid().sel(levers="none"), "output_tokens", facet="model"),
    "ridgeline": lambda: plot.ridgeline(grid().sel(levers="none"), facet="output_tokens"),
    "ecdf": lambda: plot.ecdf(grid().sel(levers="none"), "output_tokens", facet="model"),
    "heatmap": lambda: plot.heatmap(grid(), facet="levers"),
    "tornado": lambda: plot.tornado(swings(), facet="model"),
    "sobol": lambda: plot.sobol(indices(), facet="model"),
    "spider": lambda: plot.spider(through_factors(), facet="model"),
    "nested": lambda: plot.nested(levels(), "levers", facet="model"),
    "load_curves": lambda: plot.load_curves(loaded(), over="hardware", facet="pue"),
    "tradeoff": lambda: plot.tradeoff(loaded(), over="pue", facet="hardware"),
    "waterfall": lambda: plot.waterfall(
        sensitivity.shapley("model+serving", correlation={"model+serving": 0.5}), facet="dependence"
    ),
    "fleet": lambda: plot.fleet(fleets(), over="levers", facet="pue"),
    "trajectory": lambda: plot.trajectory(course(), over="growth", facet="rebound"),
}


def panels(ax):
    """The Axes of a figure that are panels, not scales of colours."""
    return [one for one in ax.get_figure().axes if one.get_title(loc="left")]


@pytest.mark.parametrize("name", PICTURES)
def test_panels_have_common_scales_one_heading_and_legible_text(name, readable) -> None:
    ax = PICTURES[name]()
    readable(ax)
    several = panels(ax)
    labels = {"violin": 3, "ecdf": 3, "nested": 3, "tradeoff": 3}.get(name, 2)
    assert len(several) == labels
    with_data = [one for one in several if len(one.get_xticks())]
    assert len({one.get_xlim() for one in with_data}) == len({one.get_ylim() for one in with_data}) == 1
    assert len(ax.get_figure().legends) <= 1
    assert all(one.get_legend() is None for one in several)
    heading = ax.get_figure().texts[0].get_text().replace("\n", " ")
    assert " by " in heading


def test_the_kinds_with_panels_are_those_of_the_table() -> None:
    assert {name for name, kind in plot.KINDS.items() if "facet" in kind.arguments} == set(PICTURES)


def test_each_panel_has_the_cells_of_its_label_on_one_scale_of_colours() -> None:
    ax = PICTURES["heatmap"]()
    ds = grid()["energy"].sel(quantile=0.5)
    for panel, lever in zip(panels(ax), ["none", "serving"], strict=True):
        image = panel.images[0]
        np.testing.assert_array_equal(np.ma.filled(image.get_array(), np.nan), ds.sel(levers=lever).values)
        assert panel.get_title(loc="left") == f"levers: {lever}"
        assert image.norm.vmin == float(ds.min())
        assert image.norm.vmax == float(ds.max())


def test_lines_of_panels_have_one_order_and_one_scale() -> None:
    several = panels(PICTURES["spider"]())
    order = [[line.get_label() for line in one.lines] for one in several]
    assert order == [["all factors random", "PUE", "model lever"]] * 2
    np.testing.assert_allclose(several[1].lines[1].get_ydata(), [0.5, 1.0, 3.0])
    # Powers of one panel alone would be on a linear axis.
    ds = loaded().copy(deep=True)
    ds["power"] = ds["power"].broadcast_like(ds["pue"]) * xr.where(ds["pue"] > 2.0, 100.0, 1.0)
    several = panels(plot.load_curves(ds, "power", "hardware", facet="pue"))
    assert [one.get_yscale() for one in several] == ["log", "log"]


def test_the_legend_says_no_data_of_what_has_none_in_any_panel() -> None:
    ds = levels().drop_sel(model="Mistral Large")
    here = ds.where((ds["levers"] == "none") | (ds["model"] == MODELS[0]))
    known = plot.nested(here, "levers", facet="model").figure.legends[0]
    assert [text.get_text() for text in known.get_texts()] == ["none", "serving"]
    unknown = plot.nested(ds.where(ds["levers"] == "none"), "levers", facet="model").figure.legends[0]
    assert [text.get_text() for text in unknown.get_texts()] == ["none", "serving (no data)"]


def test_what_panels_have_in_common_is_written_whole() -> None:
    said = PICTURES["tradeoff"]().figure.texts[1].get_text()
    assert "Llama 3.1 70B" in said
    assert "input tokens: 500" in said.replace("\n", " ")
    assert "..." not in said


def test_rows_of_panels_are_in_one_order() -> None:
    several = panels(PICTURES["tornado"]())
    rows = [[label.get_text() for label in one.get_yticklabels()] for one in several]
    assert rows[0] == ["PUE", "output tokens", "model lever"]
    ends = [[bar.get_x() + bar.get_width() for bar in one.patches[:3]] for one in several]
    np.testing.assert_allclose(ends, [[0.9, 0.2, 0.5], [0.95, 0.6, 0.2]])


def test_a_label_without_data_has_an_empty_panel_and_none_with_data_is_refused() -> None:
    several = panels(PICTURES["violin"]())
    empty = [not len(one.get_xticks()) for one in several]
    assert empty == [model == "Mistral Large" for model in grid()["model"].values.tolist()]
    with pytest.raises(wq.InputError, match="nothing to draw"):
        plot.violin(grid().sel(model="Mistral Large"), "output_tokens", facet="levers")


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda ds: plot.violin(ds), r"ds.sel\(.*\). For a panel for each label of one of them, pass facet="),
        (lambda ds: plot.heatmap(ds), r"ds.sel\(levers='none'\). For a panel for each label, pass facet='levers'"),
        (lambda ds: plot.violin(ds, "model", facet="lever"), "facet must be a dimension.*Did you mean 'levers'"),
        (lambda ds: plot.violin(ds, "model", facet="model"), "facet and over are both 'model'"),
        (lambda ds: plot.violin(ds, "model", facet="levers"), r"ds.sel\(output_tokens='traditional'\)"),
        (lambda ds: plot.ecdf(ds, facet=["levers"]), "facet must be a dimension"),
        (lambda ds: plot.tornado(swings()), r"ds.sel\(model='DeepSeek-R1'\). For a panel .* facet='model'"),
        (lambda ds: plot.sobol(indices().isel(model=0), facet="model"), "and it has none, got 'model'"),
        (lambda ds: plot.spider(through_factors()), r"ds.sel\(model='DeepSeek-R1'\). For a panel .* facet='model'"),
        (lambda ds: plot.spider(through_factors(), facet="factor"), "facet must be a dimension"),
        (lambda ds: plot.nested(levels()), "For a panel for each label, pass facet='levers'"),
        (lambda ds: plot.nested(levels(), "model", facet="credible"), "facet must be a dimension"),
        (lambda ds: plot.load_curves(loaded()), "of which a picture shows one.*pass facet='hardware'|facet='pue'"),
        (lambda ds: plot.tradeoff(loaded(), "pue", facet="load"), "facet must be a dimension"),
        (lambda ds: plot.convergence(wq.sweep("DeepSeek-R1"), facet="model"), "no argument 'facet'"),
        (lambda ds: plot.trajectory(course()), r"over='rebound' with .*facet='growth'|over='growth' .*facet='rebound'"),
    ],
)
def test_refusals(draw, message) -> None:
    with pytest.raises(wq.InputError, match=message):
        draw(grid())


def test_too_many_panels_and_panels_within_an_axes_are_refused() -> None:
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    with pytest.raises(wq.InputError, match=r"ds.sel\(output_tokens='traditional'\)"):
        plot.violin(grid(), "model", facet="levers")
    assert plt.get_fignums() == before
    many = swings().isel(model=[0] * 13).assign_coords(model=[f"model {i}" for i in range(13)])
    with pytest.raises(
        wq.InputError, match=r"13 labels, and a figure has room for 12 panels.*isel\(model=slice\(12\)\)"
    ):
        plot.tornado(many, facet="model")
    assert len(panels(plot.tornado(many.isel(model=slice(12)), facet="model"))) == 12
    _, ax = plt.subplots()
    with pytest.raises(wq.InputError, match="Leave out ax"):
        plot.tornado(swings(), ax, facet="model")


def test_bands_of_up_to_five_courses_are_told_apart_without_colour() -> None:
    ds = wq.trajectory("adoption", stop="2028-01-01", growth=[0.0, 0.1, 0.2, 0.3, 0.4, 0.5], shared_draws=256)
    bands = plot.trajectory(ds.isel(growth=slice(5))).collections
    assert len(bands) == len({band.get_hatch() for band in bands}) == 5
    assert not plot.trajectory(ds).collections
