"""Predicted against measured: points, intervals and coverage are those of the rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import wattquery as wq
from wattquery import plot
from wattquery.plot.validations import predicted_against_measured

MEASURED = {"tpot_mean_s": [0.02, 0.04, 0.08], "avg_power_w_per_gpu": [300.0, 400.0, 900.0]}


def rows_of(count=3):
    """Rows whose last one lies outside of its interval, with one that is not compared and one of low confidence."""
    parts = []
    for quantity, measured in MEASURED.items():
        values = np.resize(measured, count)
        q50 = np.where(np.arange(count) % 3 == 2, values / 4, values * 1.05)
        quantiles = {
            name: q50 * factor for name, factor in zip(("q05", "q25", "q50", "q75", "q95"), FACTORS, strict=True)
        }
        support = np.where(np.arange(count) % 3 == 2, "extrapolated", "measured")
        parts.append(pd.DataFrame({"quantity": quantity, "measured": values, **quantiles, "support": support}))
    rows = pd.concat(parts, ignore_index=True).assign(scored=True, confidence="")
    aside = rows.iloc[:2].assign(measured=[np.nan, 0.5], scored=[False, True], confidence=["", "low"])
    return pd.concat([rows, aside], ignore_index=True)


FACTORS = (0.7, 0.9, 1.0, 1.1, 1.3)


def test_points_and_intervals_are_those_of_the_rows(readable):
    rows = rows_of()
    ax = plot.validation(rows)
    assert [panel.get_title(loc="left") for panel in ax.figure.axes] == ["Power", "Time per output token"]
    time = ax.figure.axes[1]
    mine = rows[(rows["quantity"] == "tpot_mean_s") & (rows["confidence"] == "") & rows["scored"]]
    lines, dots, line_out, out = time.collections
    np.testing.assert_allclose(dots.get_offsets(), mine[["measured", "q50"]][:2])
    np.testing.assert_allclose(out.get_offsets(), mine[["measured", "q50"]][2:])
    ends = [path.vertices[:, 1] for one in (lines, line_out) for path in one.get_paths()]
    np.testing.assert_allclose(ends, mine[["q05", "q95"]])
    assert time.get_xlim() == time.get_ylim()
    np.testing.assert_array_equal(*time.lines[0].get_data())
    said = readable(ax)
    assert "measured: 2, 100 % inside" in said
    assert "extrapolated: 1, 0 % inside" in said
    assert "67 % inside 90 % intervals" in said.replace("\n", " ")
    assert "[W]" in said
    assert "[s]" in said


def test_of_many_points_no_intervals_are_drawn_and_they_count_all_the_same():
    ax = plot.validation(rows_of(330), "tpot_s")
    measured, out = ax.collections
    assert (len(measured.get_offsets()), len(out.get_offsets())) == (220, 110)
    assert "220, 100 % inside" in ax.figure.legends[0].get_texts()[0].get_text()


def test_a_comparison_is_drawn_as_it_is():
    row = {"model": "Qwen/Qwen3-32B", "hardware": "H100", "n_gpus": 2, "precision": "bf16", "batch_size_avg": 64}
    found = wq.validation.compare(pd.DataFrame([{**row, "avg_output_tokens": 600, "output_tokens_per_s": 3300.0}]))
    ax = plot.validation(found)
    row = found.rows.set_index("quantity").loc["output_tps_per_accel"]
    np.testing.assert_allclose(ax.collections[1].get_offsets()[0], [row["measured"], row["q50"]])


def test_a_label_that_is_not_there_is_said():
    ax = plot.validation(rows_of().assign(support=None))
    assert "not stated: 3, 67 % inside" in [text.get_text() for text in ax.get_legend().get_texts()]


def test_legends_lie_below_where_no_interval_can_be():
    ax = plot.validation(rows_of())
    ax.figure.canvas.draw()
    for panel in ax.figure.axes:
        label, legend = panel.xaxis.label.get_window_extent(), panel.get_legend().get_window_extent()
        assert 0.0 < label.y0 - legend.y1 < 12.0
    alone = plot.validation(rows_of(), "tpot_s")
    assert alone.get_legend() is None
    assert len(alone.figure.legends) == 1


def test_the_cross_validation_has_four_panels_by_architecture():
    rows = rows_of().iloc[:6].assign(kind=["dense", "MoE", "dense"] * 2)
    names = ("joules_per_output_token", "power_w_per_accelerator", "output_tps_per_accelerator", "tpot_s", "ttft_s")
    every = pd.concat([rows.iloc[:3].assign(quantity=name) for name in names])
    figure = predicted_against_measured(every)
    assert [len(ax.collections) for ax in figure.axes] == [4] * 4
    colours = {tuple(one.get_facecolor()[0]) for one in figure.axes[0].collections[1::2]}
    assert len(colours) == 2


@pytest.mark.parametrize(
    ("draw", "named"),
    [
        (lambda rows: plot.validation("rows.csv"), "must be the result of wattquery.validation.compare"),
        (lambda rows: plot.validation(rows.drop(columns="q05")), "have no 'q05'"),
        (lambda rows: plot.validation(rows, "ttft_s"), "one that was measured, .*got 'ttft_s'"),
        (lambda rows: plot.validation(rows, by="suport"), "Did you mean 'support'"),
        (lambda rows: plot.validation(rows.assign(scored=False)), "nothing to draw"),
        (lambda rows: plot.validation(rows.assign(measured="x")), "must hold numbers"),
        (lambda rows: plot.validation(rows.assign(points=range(8))), r"table\[table\['points'\] == 0\]"),
        (lambda rows: plot.validation(pd.concat([rows, rows], axis=1)), "more than once: leave"),
        (lambda rows: plot.validation(rows.assign(measured=1e-320)), "nothing to draw"),
        (lambda rows: plot.validation(rows_of(9).assign(label=[f"l{k}" for k in range(20)]), by="label"), "at most 8"),
    ],
)
def test_refusals(draw, named):
    with pytest.raises(wq.InputError, match=named):
        draw(rows_of())
