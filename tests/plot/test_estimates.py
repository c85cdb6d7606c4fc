"""Public claims against the model's bands: every claim at its energy, marked by boundary, no label over another."""

from __future__ import annotations

from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

import wattquery as wq
from wattquery import plot
from wattquery.plot.style import lightness


@pytest.fixture(scope="module")
def shown():
    return wq.claims.table(origin="public").query("kind in ('llm_query', 'fleet_mean') and wh == wh")


def markers(ax):
    """Return the points of claims: energy and marker."""
    lines = [line for line in ax.lines if len(line.get_xdata()) == 1 and line.get_markersize() == 5.0]
    return [(float(line.get_xdata()[0]), line.get_marker(), line.get_markerfacecolor()) for line in lines]


def test_every_claim_is_at_its_energy(shown):
    ax = plot.claims()
    assert len(shown) == 104
    assert sorted(wh for wh, _, _ in markers(ax)) == sorted(shown["wh"])
    assert ax.get_xscale() == "log"
    low, high = ax.get_xlim()
    assert low < shown["wh"].min()
    assert high > shown["wh"].max()


def test_bands_are_those_of_the_untrimmed_blend():
    ax = plot.claims(["epoch_base"])
    ds = wq.sweep(
        ["DeepSeek-R1", "Llama 3.1 405B", "Llama-3.1 Nemotron Ultra 253B"],
        output_tokens=["traditional", "long"],
        method="exact",
        keep_histogram=True,
    )
    energy = wq.blend(ds)["energy"]
    medians = [line.get_xdata()[0] for line in ax.lines if list(line.get_ydata()) == [0, 1]]
    np.testing.assert_allclose(medians, energy.sel(quantile=0.5).values)
    # Spans come before the bars of the rows on top.
    spans = [(one.get_x(), one.get_x() + one.get_width()) for one in ax.patches if one.get_height() == 1.0]
    np.testing.assert_allclose(spans, energy.sel(quantile=[0.25, 0.75]).values)


def test_markers_tell_the_boundary_in_grey():
    ids = ["google_gemini_2025_narrow", "devries_2023_chatgpt", "epoch_base", "google_gemini_2025_full", "uri_r1"]
    found = markers(plot.claims(ids))
    kinds = {(marker, round(lightness(face), 1) if marker != "x" else 0.0) for _, marker, face in found}
    assert len(kinds) == 5
    assert len({mark for mark, _ in kinds}) == 4  # two circles, one filled and one not
    circles = [shade for mark, shade in kinds if mark == "o"]
    assert max(circles) - min(circles) > 0.5


@pytest.mark.parametrize("count", [1, 6, None])
def test_no_label_lies_over_another_or_leaves_the_picture(shown, count):
    ax = plot.claims() if count is None else plot.claims(list(shown.index[:count]))
    figure = ax.get_figure()
    figure.canvas.draw()
    width, height = figure.get_size_inches() * figure.dpi
    hidden = set()
    low, high = ax.get_xlim()
    for tick in ax.xaxis.get_major_ticks():
        if not low <= tick.get_loc() <= high:
            hidden |= {tick.label1, tick.label2}
    texts = [one for one in figure.findobj(Text) if one.get_text().strip() and one.get_visible() and one not in hidden]
    boxes = [(one.get_text(), one.get_window_extent()) for one in texts]
    for text, box in boxes:
        assert min(box.x0, box.y0, width - box.x1, height - box.y1) > -1.0, f"{text!r} leaves the picture"
    for (first, one), (second, other) in combinations(boxes, 2):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        down = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert across < 1.0 or down < 1.0, f"{first!r} lies over {second!r}"


def test_it_goes_where_it_is_told():
    _, ax = plt.subplots()
    assert plot.claims(["epoch_base", "uri_r1"], ax=ax) is ax


def test_it_is_the_same_each_time(tmp_path):
    written = [plot.save(plot.claims(["epoch_base"]), tmp_path / f"{k}.svg").read_bytes() for k in range(2)]
    assert written[0] == written[1]
    assert mpl.get_backend().lower() == "agg"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plot.claims(["epoch_bse"]), "Did you mean 'epoch_base'"),
        (lambda: plot.claims(["mittr_image", "mistral_lca", "oviedo_v2_trad"]), "No claim is left to draw"),
        (lambda: plot.claims("epoch_base"), r"which=\['epoch_base'\]"),
        (lambda: plot.claims(3.0), r"which must be a list of ids or claims, got 3.0. Write which=\[3.0\]"),
        (lambda: plot.claims(preset="v3"), "preset must be one of .*, got 'v3'"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(wq.InputError, match=message):
        call()


def test_every_shipped_subject_is_drawn_in_full():
    labels = [one.get_text() for one in plot.claims().get_yticklabels()]
    assert len(labels) > 100
    assert not [one for one in labels if one.endswith("...")]
