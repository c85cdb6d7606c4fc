"""Pictures of results under a load: the load and the instance are said, and units are those of one instance."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
import xarray as xr
from matplotlib.text import Text

import wattquery as wq
from wattquery import plot, sensitivity

MODEL = "Llama 3.1 70B"
NODE = {"hardware": "H100 SXM", "precision": "FP8"}


@pytest.fixture(autouse=True)
def _no_display():
    mpl.use("Agg")
    yield
    plt.close("all")


def said(ax) -> str:
    """Return all text of a picture, with its lines joined."""
    texts = ax.get_figure().findobj(Text)
    return " | ".join(one.get_text().replace("\n", " ") for one in texts if one.get_text().strip())


@pytest.fixture(scope="module", params=["load", "concurrency"])
def swept(request) -> tuple[str, xr.Dataset]:
    labels = {"load": [0.1, 0.5], "concurrency": [4.0, 16.0]}[request.param]
    how = {"accelerators": 2, "method": "exact", "keep_histogram": True, request.param: labels}
    return request.param, wq.sweep([MODEL, "gpt-oss-120b"], **how, **NODE)


@pytest.mark.parametrize("kind", ["violin", "ridgeline", "ecdf"])
def test_distributions_compare_loads_and_say_the_one_that_is_held(swept, kind):
    axis, ds = swept
    over = said(getattr(plot, kind)(ds.sel(model=MODEL), over=axis))
    assert f"Energy per query by {axis}" in over
    assert "accelerators: 2" in over
    one = said(getattr(plot, kind)(ds.isel({axis: 0}), over="model"))
    assert f"{axis}: {ds[axis].values[0]:g}" in one


@pytest.mark.parametrize(
    ("variable", "label"),
    [
        ("energy", "[Wh, facility]"),
        ("throughput", "median output throughput of one instance [tokens/s, instance]"),
        ("power", "median power of one accelerator [W, accelerator]"),
        ("time_to_first_token", "in a closed loop [s]"),
        ("interactivity", "[tokens/s]"),
        ("running_sequences", "mean number of running sequences of one instance"),
    ],
)
def test_a_heatmap_has_the_units_of_an_instance(swept, variable, label):
    axis, ds = swept
    ax = plot.heatmap(ds, variable)
    assert label in said(ax)
    assert ax.get_xlabel() == axis


def test_analyses_say_their_load(swept):
    axis, ds = swept
    of = {axis: float(ds[axis].values[0])}
    held = f"{axis}: {of[axis]:g}"
    assert held in said(plot.tornado(sensitivity.tornado(MODEL, **of, **NODE)))
    shares = sensitivity.sobol(MODEL, draws=1024, **of, **NODE).sel(scale="log_energy")
    assert held in said(plot.sobol(shares))
    assert "| load |" in said(plot.anova(sensitivity.anova(ds))) or axis == "concurrency"


def test_fleets_and_courses_say_their_load():
    chat = {"share": 1, "model": MODEL, "load": 0.5, **NODE}
    fleet = wq.fleet(classes={"chat": chat}, queries_per_day=1e9, load=[0.1, 0.5], structural=False)
    ax = plot.fleet(fleet)
    assert ax.get_ylabel() == "load"
    assert "load: 0.1" in said(plot.fleet(fleet.sel(load=0.1)))
    course = {"start": "2026-01-01", "stop": "2028-01-01", "shared_draws": 256}
    ds = wq.trajectory(classes={"chat": chat}, queries_per_day=1e9, load=[0.1, 0.5], **course)
    assert "load 0.5" in said(plot.trajectory(ds, over="load"))
    assert "load: 0.1" in said(plot.trajectory(ds.sel(load=0.1)))


def test_text_and_nothing_are_refused_with_their_reason(swept):
    _, ds = swept
    with pytest.raises(wq.InputError, match=r"got 'support_basis', which is text. Draw support_rows"):
        plot.heatmap(ds, "support_basis")
    nothing = wq.sweep("Llama 3.1 405B", load=[0.1, 0.5], accelerators=1, method="exact", **NODE)
    with pytest.raises(wq.InputError, match="Of the first one nothing is predicted: its weights take"):
        plot.heatmap(nothing)
