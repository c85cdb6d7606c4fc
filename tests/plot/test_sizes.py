"""Pictures at the sizes of a column, a page and a slide, and in each style: legible, and in words."""

from __future__ import annotations

import re
from functools import cache

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from matplotlib.colors import to_rgb
from matplotlib.text import Text

import wattquery as wq
from wattquery import plot, sensitivity
from wattquery.plot.choices import SIZES, STYLES
from wattquery.plot.load_headline import load_headline

MODELS = ["DeepSeek-R1", "Llama 3.1 405B"]
CLAIMS = ["google_gemini_2025_full", "devries_2023_chatgpt", "google_gemini_2025_narrow", "epoch_10k_in"]
IDENTIFIER = re.compile(r"[a-z]_[a-z0-9]|lever:|step:|load_model:")


@cache
def grid() -> xr.Dataset:
    return wq.sweep(
        MODELS,
        output_tokens=["traditional", "long"],
        boundary=["facility", "facility+idle_reserve"],
        method="exact",
        keep_histogram=True,
    )


@cache
def cells() -> xr.Dataset:
    return grid().sel(boundary="facility+idle_reserve")


@cache
def swings() -> xr.Dataset:
    return sensitivity.tornado(
        MODELS, levers="model+serving", boundary="facility+idle_reserve", output_tokens=300, input_tokens=500
    )


@cache
def shares() -> xr.Dataset:
    names = ["lever:model", "power_utilization", "output_tokens", "step:idle_reserve", "accelerator_share", "pue"]
    total = np.linspace(0.5, 0.01, len(names))
    return xr.Dataset(
        {"first_order": ("factor", total - 0.005), "total_order": ("factor", total)},
        {"factor": names, "model": "DeepSeek-R1", "output_tokens": "long"},
    )


@cache
def worth() -> xr.Dataset:
    return sensitivity.worth_measuring("DeepSeek-R1", levers="model", boundary="accelerator")


@cache
def course() -> xr.Dataset:
    return wq.trajectory("adoption", stop="2028-01-01", growth=[0.05, 0.1, 0.2, 0.3, 0.4], shared_draws=256)


@cache
def loaded() -> xr.Dataset:
    return wq.sweep("Llama 3.1 70B", hardware=["H200", "B200", "MI325X"], load=[0.05, 0.3, 1.0], draws=2000)


def through_factors() -> xr.Dataset:
    names = ["lever:model", "power_utilization", "output_tokens", "accelerator_share"]
    medians = np.geomspace(0.3, 0.9, 20).reshape(4, 5)
    return xr.Dataset(
        {"median": (("factor", "factor_level"), medians, {"units": "Wh"}), "baseline": 0.5},
        {"factor": names, "factor_level": [0.05, 0.25, 0.5, 0.75, 0.95], "model": "DeepSeek-R1"},
    )


@cache
def levels() -> xr.Dataset:
    boundaries = ["facility", "facility+idle_reserve"]
    return sensitivity.nested("DeepSeek-R1", boundary=boundaries, throughput_fit=False, level=(0.5, 0.9))


def errors() -> xr.Dataset:
    return sensitivity.convergence(wq.sweep(MODELS, draws=20_000)).table


def measured() -> pd.DataFrame:
    values = np.geomspace(0.02, 3.0, 8)
    parts = []
    for quantity in ("tpot_mean_s", "avg_power_w_per_gpu", "joules_per_output_token"):
        columns = {name: values * factor for name, factor in (("q05", 0.6), ("q25", 0.8), ("q50", 1.1), ("q75", 1.2))}
        parts.append(pd.DataFrame({"quantity": quantity, "measured": values, **columns, "q95": 1.6 * values}))
    return pd.concat(parts).assign(support=["measured", "extrapolated"] * 12)


def headline() -> xr.Dataset:
    energy = np.geomspace(5.0, 0.1, 12).reshape(2, 2, 3)
    of_energy = {"long_name": "energy per query", "units": "Wh", "boundary": "facility"}
    return xr.Dataset(
        {
            "median_by_load": (("paper_query", "hardware", "fine_load"), energy, of_energy),
            "matching_load": (("paper_query", "hardware"), [[0.7, 0.6], [0.4, np.nan]]),
            "published": ("paper_query", [4.32, 0.34]),
        },
        {"hardware": ["H100", "H200"], "paper_query": ["long", "traditional"], "fine_load": [0.02, 0.3, 1.0]},
    )


PICTURES = {
    "violin": lambda: plot.violin(cells(), "model", facet="output_tokens"),
    "violin by boundary": lambda: plot.violin(grid().sel(model=MODELS[0], output_tokens="long")),
    "ridgeline": lambda: plot.ridgeline(cells().sel(output_tokens="long")),
    "ecdf": lambda: plot.ecdf(cells().sel(model=MODELS[0])),
    "heatmap": lambda: plot.heatmap(cells(), "energy_mean"),
    "heatmaps": lambda: plot.heatmap(grid(), facet="boundary"),
    "anova": lambda: plot.anova(sensitivity.anova(grid())),
    "tornado": lambda: plot.tornado(swings().sel(model=MODELS[0])),
    "tornados": lambda: plot.tornado(swings(), facet="model"),
    "sobol": lambda: plot.sobol(shares()),
    "spider": lambda: plot.spider(through_factors()),
    "nested": lambda: plot.nested(levels().sel(boundary="facility+idle_reserve")),
    "nested by boundary": lambda: plot.nested(levels()),
    "convergence": lambda: plot.convergence(errors()),
    "load_curves": lambda: plot.load_curves(loaded()),
    "tradeoff": lambda: plot.tradeoff(loaded()),
    "validation": lambda: plot.validation(measured()),
    "validation of one": lambda: plot.validation(measured(), "tpot_s"),
    "headline under load": lambda: load_headline(headline()).axes[0],
    "what to measure": lambda: plot.worth_measuring(worth()),
    "reduction": lambda: plot.reduction(sensitivity.reduction(["model", "model+serving"])),
    "waterfall": lambda: plot.waterfall(sensitivity.shapley("model+serving", queries_per_day=1e9, baseline=0.7)),
    "claims": lambda: plot.claims(CLAIMS),
    "fleet": lambda: plot.fleet(wq.fleet(["mixed", "traditional"], structural=False, shared_draws=256)),
    "trajectory": lambda: plot.trajectory(course()),
    "trajectory of one": lambda: plot.trajectory(course().sel(growth=0.1)),
}


ON_SLIDES = [
    "violin",
    "ecdf",
    "heatmaps",
    "tornados",
    "claims",
    "fleet",
    "trajectory",
    "nested by boundary",
    "tradeoff",
]


@pytest.mark.parametrize(
    ("name", "size"), [*((name, "column") for name in PICTURES), *((name, "slide") for name in ON_SLIDES)]
)
def test_a_picture_is_legible_and_in_words_at_other_sizes(name, size, readable) -> None:
    with plot.styled(size=size):
        ax = PICTURES[name]()
    said = readable(ax)
    assert not IDENTIFIER.search(said), said
    assert ax.get_figure().get_figwidth() == {"column": 3.35, "slide": 10.0}[size] or name.startswith("heatmap")


def test_a_slide_has_the_shape_of_a_slide_and_a_column_small_type() -> None:
    sizes = {}
    for size in SIZES:
        with plot.styled(size=size):
            ax = plot.ecdf(cells().sel(model=MODELS[0]))
        sizes[size] = ax._left_title.get_fontsize()
        if size == "slide":
            assert tuple(ax.get_figure().get_size_inches()) == (10.0, 5.6)
    assert sizes["column"] < sizes["page"] < sizes["slide"]


def test_what_was_set_before_holds_after() -> None:
    before = dict(mpl.rcParams)
    with pytest.raises(RuntimeError, match="mine"), plot.styled(size="slide", style="dark"):
        raise RuntimeError("mine")
    assert dict(mpl.rcParams) == before
    assert plot.sobol(shares()).get_figure().get_figwidth() == 7.0


def test_a_block_within_another_has_its_own_size_of_type() -> None:
    with plot.styled(size="slide"), plot.styled(size="column"):
        within = plot.sobol(shares())
    with plot.styled(size="column"):
        alone = plot.sobol(shares())
    assert within._left_title.get_fontsize() == pytest.approx(alone._left_title.get_fontsize())


def test_halos_of_texts_are_those_of_the_background() -> None:
    found = {}
    for look in STYLES:
        with plot.styled(style=look):
            ax = plot.nested(levels().sel(boundary="facility"))
        (text, *_) = [one for one in ax.texts if one.get_path_effects()]
        found[look] = to_rgb(text.get_path_effects()[0]._gc["foreground"])
    assert found["default"] == found["grey"] == (1.0, 1.0, 1.0)
    assert max(found["dark"]) < 0.2


def test_the_size_of_type_is_that_of_a_style_sheet() -> None:
    with mpl.rc_context({"font.size": 20.0}):
        large = plot.sobol(shares())
    assert large._left_title.get_fontsize() == 2.0 * plot.sobol(shares())._left_title.get_fontsize()


def test_an_axes_that_is_passed_takes_type_and_lines() -> None:
    figure, ax = plt.subplots(figsize=(5.0, 5.0), layout="constrained")
    with plot.styled(size="slide"):
        assert plot.sobol(shares(), ax=ax) is ax
    assert tuple(figure.get_size_inches()) == (5.0, 5.0)
    assert ax.xaxis.label.get_fontsize() == 15.0


def pixels(figure) -> np.ndarray:
    """The colours of all pixels of a figure."""
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(int).reshape(-1, 3)


@pytest.mark.parametrize("name", ["heatmap", "tornado", "trajectory", "fleet", "tradeoff", "validation"])
def test_grey_has_no_colour_and_dark_is_dark(name) -> None:
    found = {}
    for look in STYLES:
        with plot.styled(style=look):
            found[look] = pixels(PICTURES[name]().get_figure())
    assert np.ptp(found["default"], axis=1).max() > 40
    # Blending of half transparent layers rounds each channel on its own.
    assert np.ptp(found["grey"], axis=1).max() <= 2
    assert found["dark"][0].tolist() == [round(255 * 0.09)] * 3
    assert found["dark"].min(axis=1).max() > 200


def test_a_dark_style_sheet_leaves_pictures_legible() -> None:
    with mpl.style.context("dark_background"):
        ax = plot.sobol(shares())
        figure = ax.get_figure()
        figure.canvas.draw()
        texts = [one for one in figure.findobj(Text) if one.get_text().strip()]
    assert to_rgb(figure.get_facecolor()) == (1.0, 1.0, 1.0)
    assert all(max(to_rgb(one.get_color())) < 0.5 for one in texts)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": "colum"}, "size must be one of 'column', 'page', 'slide', got 'colum'.*Did you mean 'column'"),
        ({"style": "gray"}, "style must be one of .*'grey'.*got 'gray'"),
        ({"size": 3.35}, "size must be one of"),
    ],
)
def test_refusals(options, message) -> None:
    with pytest.raises(wq.InputError, match=message):
        plot.styled(**options)
