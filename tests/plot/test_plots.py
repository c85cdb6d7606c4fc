"""Every picture from real results: labelled with units, no text over other text, and refused for other datasets."""

from __future__ import annotations

import inspect
import subprocess
import sys
from functools import cache

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from wattquery import plot, sensitivity

MODELS = ["DeepSeek-R1", "Llama 3.1 405B", "Llama-3.1 Nemotron Ultra 253B"]
LONG = "a workload that somebody gave a rather long name, number"


@pytest.fixture(scope="module")
def grid() -> xr.Dataset:
    return wq.sweep(
        wq.ALL, output_tokens=["traditional", "long"], levers=["none", "serving"], draws=100_000, keep_histogram=True
    )


@pytest.fixture(scope="module")
def cells(grid) -> xr.Dataset:
    return grid.sel(output_tokens="traditional", levers="none")


@pytest.fixture(scope="module")
def shares() -> xr.Dataset:
    ds = wq.sweep(
        MODELS, output_tokens=["traditional", "long"], pue=[1.1, 1.5], input_tokens=[500, 5000], method="exact"
    )
    return sensitivity.anova(ds, scale="natural")


@cache
def many(count: int) -> xr.Dataset:
    lengths = {f"{LONG} {k}": wq.Exponential(median=50 * 1.3**k) for k in range(count)}
    return wq.sweep("Llama 3.1 405B", output_tokens=lengths, draws=50_000, keep_histogram=True)


def tornado_of(count: int, name: str = "factor") -> xr.Dataset:
    """Median energies with one lognormal factor at either end: what moves it is the factor alone."""
    base = wq.estimate("Llama 3.1 405B", output_tokens=300, method="exact").quantiles[0.5]
    swings = np.linspace(1.2, 0.0, count) * np.where(np.arange(count) % 3 == 1, -1.0, 1.0)
    energy = base * np.exp(np.stack([-swings, swings * 0.7], axis=1))
    attributes = {"units": "Wh", "long_name": "median energy per query", "boundary": "facility"}
    return xr.Dataset(
        {"median": (("factor", "end"), energy, attributes), "baseline": ((), base, attributes)},
        {"factor": [f"{name} {k}" for k in range(count)], "end": ["p5", "p95"], "model": "Llama 3.1 405B"},
    )


def sobol_of(count: int, name: str = "factor") -> xr.Dataset:
    first = np.linspace(0.5, -0.01, count)
    total = first + 0.06
    values = {"first_order": first, "total_order": total}
    values |= {f"{k}_low": v - 0.02 for k, v in values.items()} | {f"{k}_high": v + 0.03 for k, v in values.items()}
    factors = [f"{name} {k}" for k in range(count)]
    return xr.Dataset({k: ("factor", v) for k, v in values.items()}, {"factor": factors, "model": "DeepSeek-R1"})


def worth_of(count: int, name: str = "measurement") -> xr.Dataset:
    """Intervals that narrow the less the further down, with one measurement of which nothing is said."""
    shares = np.linspace(0.8, 0.0, count)
    ends = np.exp(np.log(0.5) + (1.0 - shares[:, None]) * np.array([-0.7, 0.7]))
    ends[count // 2] = np.nan
    attributes = {"units": "Wh", "long_name": "end of an interval", "boundary": "facility"}
    return xr.Dataset(
        {
            "interval_before": ("bound", 0.5 * np.exp([-0.7, 0.7]), attributes),
            "expected_interval": (("measurement", "bound"), ends, attributes),
            "narrower": ("measurement", shares),
        },
        {"measurement": [f"{name} {k}" for k in range(count)], "bound": ["lower", "upper"], "model": "DeepSeek-R1"},
        {"level": 0.9, "of": "mean"},
    )


def fleet() -> xr.Dataset:
    return sensitivity.shapley("model+serving+hardware+routing", queries_per_day=1e9, baseline=0.73)


PICTURES = {
    "violin": lambda cells, shares: plot.violin(cells),
    "violin of twenty": lambda cells, shares: plot.violin(many(20)),
    "ridgeline": lambda cells, shares: plot.ridgeline(cells),
    "ridgeline of twenty": lambda cells, shares: plot.ridgeline(many(20)),
    "ecdf": lambda cells, shares: plot.ecdf(cells),
    "ecdf of one": lambda cells, shares: plot.ecdf(cells.sel(model="DeepSeek-R1")),
    "ecdf of twenty": lambda cells, shares: plot.ecdf(many(20)),
    "violin of reductions": lambda cells, shares: plot.violin(sensitivity.reduction(["model", "serving"])),
    "heatmap of one axis": lambda cells, shares: plot.heatmap(cells),
    "heatmap of twenty": lambda cells, shares: plot.heatmap(
        wq.sweep(MODELS, output_tokens=[100 * 2**k for k in range(20)], method="exact"), "energy_mean"
    ),
    "heatmap the other way": lambda cells, shares: plot.heatmap(
        wq.sweep(MODELS[:2], pue=[1.1, wq.LogNormal(p5=1.05, p95=1.6)], method="exact"), "throughput", y="pue"
    ),
    "anova": lambda cells, shares: plot.anova(shares),
    "tornado": lambda cells, shares: plot.tornado(tornado_of(6)),
    "tornado of two": lambda cells, shares: plot.tornado(tornado_of(2)),
    "tornado of twenty": lambda cells, shares: plot.tornado(tornado_of(20, "a factor with a rather long name, number")),
    "sobol": lambda cells, shares: plot.sobol(sobol_of(6)),
    "sobol of twenty": lambda cells, shares: plot.sobol(sobol_of(20, "a factor with a rather long name, number")),
    "what to measure": lambda cells, shares: plot.worth_measuring(worth_of(6)),
    "what of twenty to measure": lambda cells, shares: plot.worth_measuring(worth_of(20, "with a rather long name,")),
    "reduction": lambda cells, shares: plot.reduction(sensitivity.reduction()),
    "reduction, correlated": lambda cells, shares: plot.reduction(
        sensitivity.reduction(correlation={"model+serving": 0.6})
    ),
    "reduction by levers": lambda cells, shares: plot.reduction(
        sensitivity.reduction(["model", "serving", "hardware", "model+serving+hardware"])
    ),
    "waterfall": lambda cells, shares: plot.waterfall(fleet()),
    "waterfall of logs": lambda cells, shares: plot.waterfall(fleet(), "log_reduction"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_a_title_units_and_no_text_over_text(name, cells, shares, readable):
    ax = PICTURES[name](cells, shares)
    said = readable(ax).replace("\n", " ")
    assert any(unit in said for unit in ("[Wh, facility]", "[1]", "[times]", "[GWh/day]", "[tokens/s, node]"))


@pytest.mark.parametrize(
    "name", ["violin", "ridgeline", "ecdf", "heatmap of one axis", "tornado", "reduction", "what to measure"]
)
def test_energies_are_on_logarithmic_axes(name, cells, shares):
    ax = PICTURES[name](cells, shares)
    if name.startswith("heatmap"):
        assert isinstance(ax.images[0].norm, mpl.colors.LogNorm)
    else:
        assert ax.get_xscale() == "log"
        ticks = [tick for tick in ax.get_xticks() if ax.get_xlim()[0] <= tick <= ax.get_xlim()[1]]
        assert 3 <= len(ticks) <= 10


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
@pytest.mark.parametrize("name", ["violin", "heatmap of one axis", "sobol", "waterfall"])
def test_pictures_are_written_whole_and_the_same_each_time(name, suffix, cells, shares, tmp_path):
    written = []
    for k in range(2):
        path = plot.save(PICTURES[name](cells, shares), tmp_path / f"{k}{suffix}")
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert written[0].startswith({".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF-"}[suffix])
    assert sorted(one.name for one in tmp_path.iterdir()) == [f"0{suffix}", f"1{suffix}"]


def test_what_a_violin_shows_is_the_distribution(cells):
    ds = cells.sel(model=MODELS)
    ax = plot.violin(ds)
    medians = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(medians, ds["energy"].sel(quantile=0.5).values, rtol=1e-3)
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert [label.replace("\n", " ") for label in labels] == MODELS


def test_smoothed_densities_hold_all_of_the_probability(cells):
    from wattquery.plot.density import curves

    for one in curves(cells.sel(model=MODELS), "model"):
        assert np.trapezoid(one.density, np.log(one.x)) == pytest.approx(0.996, abs=0.003)


def test_an_ecdf_goes_through_the_quantiles(cells):
    ds = cells.sel(model="DeepSeek-R1")
    line = plot.ecdf(ds).lines[0]
    found = np.interp(np.log(ds["energy"].values), np.log(line.get_xdata()), line.get_ydata())
    np.testing.assert_allclose(found, ds["quantile"].values, atol=2e-4)


def test_a_heat_map_has_its_values_in_its_cells(grid):
    ds = grid.sel(levers="none")
    ax = plot.heatmap(ds)
    image = ax.images[0].get_array()
    np.testing.assert_array_equal(np.ma.filled(image, np.nan), ds["energy"].sel(quantile=0.5).values)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["traditional", "long"]
    assert "0.63" in [one.get_text() for one in ax.texts]


def test_an_anova_picture_has_main_effects_on_its_diagonal(shares):
    table = plot.anova(shares).images[0].get_array()
    for i, name in enumerate(shares["axis"].values):
        assert table[i, i] == shares["share"].sel(effect=name).item()
    assert table[1, 0] == shares["share"].sel(effect="model x output_tokens").item()
    assert np.ma.is_masked(table[0, 1])


def test_a_tornado_is_sorted_and_swings_from_the_base():
    ds = tornado_of(5).isel(factor=[3, 0, 4, 1, 2])
    ax = plot.tornado(ds)
    assert [tick.get_text() for tick in ax.get_yticklabels()][::-1] == [f"factor {k}" for k in range(5)]
    bars = {round(bar.get_x() + bar.get_width(), 12) for bar in ax.patches[:10]}
    assert bars == {round(value, 12) for value in ds["median"].values.ravel().tolist()}


def test_measurements_are_drawn_from_the_top_and_what_is_not_known_is_left_out():
    ds = worth_of(5)
    ax = plot.worth_measuring(ds)
    drawn = [0, 1, 3, 4]
    assert [tick.get_text() for tick in ax.get_yticklabels()][::-1] == [f"measurement {k}" for k in drawn]
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches[4:8]][::-1]
    np.testing.assert_allclose(ends, ds["expected_interval"].values[drawn])
    assert [text.get_text() for text in ax.texts[:4]] == ["0 %", "\u221220 %", "\u221260 %", "\u221280 %"]


def test_a_waterfall_ends_where_all_levers_lead():
    ds = fleet()
    ax = plot.waterfall(ds)
    end = 1e9 * 0.73e-9 - ds["total_saved_mean"].item()
    assert ax.patches[1].get_width() == pytest.approx(end)
    logs = plot.waterfall(ds, "log_reduction")
    last = logs.patches[1]
    assert last.get_x() + last.get_width() == pytest.approx(np.exp(-ds["total_log_reduction"].sel(quantile=0.5).item()))


def test_the_published_range_is_marked_where_it_belongs():
    def said(ds):
        return sum("published: 8 to 20 times" in one.get_text() for one in plot.reduction(ds).texts)

    assert said(sensitivity.reduction()) == 1
    assert said(sensitivity.reduction("model+serving")) == 0
    assert said(sensitivity.reduction(["model", "hardware+serving+model"])) == 1


def test_pictures_go_where_they_are_told(cells):
    figure, both = plt.subplots(1, 2)
    assert plot.violin(cells, ax=both[0]) is both[0]
    assert plot.heatmap(cells, ax=both[1]) is both[1]
    assert plt.get_fignums() == [figure.number]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda ds: plot.violin(ds), r"over='model' with ds.sel\(output_tokens='traditional', levers='none'\)"),
        (lambda ds: plot.ecdf(ds, "model"), r"ds.sel\(output_tokens='traditional', levers='none'\)"),
        (lambda ds: plot.ridgeline(ds, "modle"), "Did you mean 'model'"),
        (lambda ds: plot.heatmap(ds), r"ds.sel\(levers='none'\)"),
        (lambda ds: plot.heatmap(ds, x="pue"), "x must be a dimension .*, got 'pue'"),
        (lambda ds: plot.heatmap(ds, x="model", y="model"), "two different axes"),
        (lambda ds: plot.heatmap(ds, quantile=0.3), "quantile must be one that the dataset has, .*got 0.3"),
        (lambda ds: plot.heatmap(ds, "energies"), "has no 'energies'"),
        (lambda ds: plot.heatmap(ds.isel(model=0, output_tokens=0, levers=0)), "single number"),
        (lambda ds: plot.violin(ds.drop_vars("histogram")), "keep_histogram=True"),
        (lambda ds: plot.violin(ds.sel(model="Mistral Large", levers="none")), "nothing to draw"),
        (lambda ds: plot.anova(ds), "sensitivity.anova"),
        (lambda ds: plot.tornado(ds), "sensitivity.tornado"),
        (
            lambda ds: plot.tornado(
                ds.assign(baseline=1.0, median=ds["energy"]).isel(model=0, output_tokens=0, levers=0)
            ),
            "must have the dimension 'factor'",
        ),
        (lambda ds: plot.tornado(tornado_of(3).expand_dims(pue=[1, 2])), r"ds.sel\(pue=1\)"),
        (lambda ds: plot.sobol(ds), "sensitivity.sobol"),
        (lambda ds: plot.sobol(sobol_of(3).expand_dims(pue=[1, 2])), r"ds.sel\(pue=1\)"),
        (lambda ds: plot.worth_measuring(ds), "sensitivity.worth_measuring"),
        (lambda ds: plot.worth_measuring(worth_of(3).isel(bound=[0])), "both ends of 'bound', got 1"),
        (lambda ds: plot.worth_measuring(worth_of(3) * np.nan), "nothing of it can be measured"),
        (lambda ds: plot.reduction(ds), "sensitivity.reduction"),
        (lambda ds: plot.waterfall(ds), "sensitivity.shapley"),
        (lambda ds: plot.waterfall(sensitivity.shapley(), "saved"), "queries_per_day= and baseline="),
        (lambda ds: plot.waterfall(sensitivity.shapley(), "wh"), "quantity must be one of 'log_reduction', 'saved'"),
        (
            lambda ds: plot.waterfall(sensitivity.shapley(correlation={"model+serving": 0.1})),
            r"ds.sel\(dependence='correlated'\)",
        ),
        (lambda ds: plot.violin([1, 2]), "of type list"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_fix(draw, message, grid):
    with pytest.raises(wq.InputError, match=message):
        draw(grid)


def test_files_are_whole_or_not_there(cells, tmp_path, monkeypatch):
    ax = plot.violin(cells)
    with pytest.raises(wq.InputError, match=r"'.png', '.svg', '.pdf'"):
        plot.save(ax, tmp_path / "picture.jpg")
    with pytest.raises(wq.InputError, match="Name a directory that exists"):
        plot.save(ax, tmp_path / "nowhere" / "picture.png")
    path = tmp_path / "picture.png"
    path.write_text("mine")
    with pytest.raises(wq.InputError, match="exists"):
        plot.save(ax, path, replace=False)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(ax.get_figure()), "savefig", full)
    with pytest.raises(wq.InputError, match="No space left"):
        plot.save(ax, path)
    assert path.read_text() == "mine"
    assert [one.name for one in tmp_path.iterdir()] == ["picture.png"]
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(wq.InputError, match="not a file"):
        plot.save(ax, tmp_path / "folder.png")


def test_matplotlib_is_asked_for_in_one_sentence():
    probe = (
        "import sys, importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'matplotlib' else find(name, *rest)\n"
        "import wattquery as wq\n"
        "assert 'matplotlib' not in sys.modules and wq.plot.__all__ and 'matplotlib' not in sys.modules\n"
        "try:\n    wq.plot.violin\n"
        "except wq.InputError as error:\n    print(error)"
    )
    found = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert found.stdout == ("Plots need matplotlib, which is not installed. Run pip install 'wattquery[plot]'.\n")


@pytest.mark.parametrize("name", plot.__all__)
def test_every_public_name_is_there(name):
    assert callable(getattr(plot, name))
    assert name in dir(plot)


def test_the_boundary_that_is_counted_stands_at_the_axis() -> None:
    ds = wq.sweep("DeepSeek-R1", boundary=["node", "facility"], method="exact", keep_histogram=True)
    alone = wq.sweep("DeepSeek-R1", boundary="node", method="exact", keep_histogram=True)
    for one, unit in ((ds, "[Wh]"), (ds.sel(boundary="node"), "[Wh, node]"), (alone, "[Wh, node]")):
        assert plot.violin(one).get_xlabel() == f"energy per query {unit}"
        plt.close("all")


def test_the_table_of_kinds_is_that_of_the_functions():
    for name, kind in plot.KINDS.items():
        function = getattr(plot, name)
        assert function.__module__ == f"wattquery.plot.{kind.home}"
        assert set(inspect.signature(function).parameters) - {"ds", "ax"} == set(kind.arguments)
        assert not kind.analysis or hasattr(sensitivity, kind.analysis)
    assert set(plot.KINDS) == set(plot.__all__) - {"claims", "save", "styled", "validation"}
    assert {name for kind in plot.KINDS.values() for name in kind.arguments} == set(plot.ARGUMENTS)
