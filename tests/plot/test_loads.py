"""Load curves: lines, bands and marks where the Dataset has its numbers."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import wattquery as wq
from wattquery import plot


@pytest.fixture(scope="module")
def swept():
    ds = wq.sweep("gpt-oss-120b", hardware=["H200", "MI325X", "L4"], load=[0.05, 0.3, 1.0], draws=2000)
    known = {name: ds[name].where(ds["hardware"] != "L4") for name in ("energy", "interactivity", "power")}
    return ds.assign(known).expand_dims(model=["gpt-oss-120b", "another"])


@pytest.fixture(scope="module")
def ds(swept):
    return swept.sel(model="gpt-oss-120b")


def line_of(ax, values):
    """Return the lines that go through some values."""
    return [one for one in ax.lines if one.get_xdata().size == 3 and np.allclose(one.get_ydata(), values)]


def test_three_panels_have_the_medians_of_each_deployment(ds, readable):
    ax = plot.load_curves(ds)
    panels = ax.figure.axes
    assert panels[0] is ax
    values = {"energy": ds["energy"].sel(quantile=0.5), "interactivity": ds["interactivity"], "power": ds["power"]}
    for panel, name in zip(panels, values, strict=True):
        for hardware in ("H200", "MI325X"):
            (line, *_) = line_of(panel, values[name].sel(hardware=hardware))
            np.testing.assert_allclose(line.get_xdata(), [0.05, 0.3, 1.0])
        assert panel.get_xscale() == "log"
    assert [panel.get_yscale() for panel in panels] == ["log", "linear", "linear"]
    assert panels[2].get_ylim()[0] == 0.0
    said = readable(ax)
    for unit in ("[Wh, facility]", "[tokens/s]", "[W, accelerator]", "share of the most [1]"):
        assert unit in said
    assert "L4 (no data)" in said


def test_bands_end_at_the_outermost_quantiles_for_a_few(ds):
    ax = plot.load_curves(ds, "energy")
    drawn = [one for one in ax.collections if len(one.get_paths())]
    for band, hardware in zip(drawn, ("H200", "MI325X"), strict=False):
        (path,) = band.get_paths()
        energy = ds["energy"].sel(hardware=hardware)
        assert path.vertices[:, 1].min() == pytest.approx(float(energy.sel(quantile=0.05).min()))
        assert path.vertices[:, 1].max() == pytest.approx(float(energy.sel(quantile=0.95).max()))
    many = ds.isel(hardware=[0] * 4).assign_coords(hardware=list("abcd"))
    assert not plot.load_curves(many, "energy").collections
    assert not plot.load_curves(ds, "power").collections


def test_what_was_never_measured_has_open_marks(ds):
    ax = plot.load_curves(ds, "power")
    for hardware, is_open in (("H200", False), ("MI325X", True)):
        assert bool(ds["extrapolated"].sel(hardware=hardware).all()) is is_open
        (mark,) = [
            one for one in line_of(ax, ds["power"].sel(hardware=hardware)) if one.get_marker() not in ("", "None")
        ]
        assert (mark.get_markerfacecolor() == "white") is is_open


def test_models_are_compared_over_concurrency_from_little_to_much_in_an_axes_of_ones_own():
    ds = wq.sweep(["Llama 3.1 70B", "Llama 3.1 8B"], hardware="B200", concurrency=[16, 1, 4], draws=2000)
    figure, (ax, _) = plt.subplots(1, 2)
    assert plot.load_curves(ds, over="model", ax=ax) is ax
    assert "in flight" in ax.get_xlabel().replace("\n", " ")
    line = ax.lines[2]
    np.testing.assert_allclose(line.get_xdata(), [1, 4, 16])
    assert np.all(np.diff(line.get_ydata()) < 0)
    assert len(figure.axes) == 2


@pytest.mark.parametrize(
    ("draw", "named"),
    [
        (lambda ds: plot.load_curves(ds), r"ds.sel\(hardware='H200'\)"),
        (lambda ds: plot.load_curves(ds.isel(model=0, load=0)), r"no dimension 'load'"),
        (lambda ds: plot.load_curves(ds.isel(model=0, load=[0])), "two labels at least"),
        (lambda ds: plot.load_curves(ds.isel(model=0).assign_coords(load=list("abc"))), "two labels at least"),
        (lambda ds: plot.load_curves(ds.isel(model=0).sel(hardware=["L4"])), "NaN in all cells"),
        (lambda ds: plot.load_curves(ds.isel(model=0), "powr"), "Did you mean 'power'"),
        (lambda ds: plot.load_curves(ds.isel(model=0), over="quantile"), "over must be a dimension"),
        (lambda ds: plot.load_curves(ds.isel(model=0, quantile=[0, 1])), "must have the level 0.5"),
        (lambda ds: plot.load_curves(wq.sweep("DeepSeek-R1", method="exact")), "no 'interactivity'"),
        (lambda ds: plot.tradeoff(wq.sweep("DeepSeek-R1", method="exact")), "no 'interactivity'"),
    ],
)
def test_refusals(swept, draw, named):
    with pytest.raises(wq.InputError, match=named):
        draw(swept)
