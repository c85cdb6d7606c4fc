"""Convergence: errors where the table has them, and lines to the draws that the target takes."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery import plot


@pytest.fixture(scope="module")
def report():
    return wq.sensitivity.convergence(wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], draws=20_000))


def test_marks_are_the_worst_errors_and_lines_end_where_the_target_is_met(report, readable):
    ax = plot.convergence(report)
    table = report.table
    lines, filled, hollow = ax.lines[0:18:3], ax.lines[1:18:3], ax.lines[2:18:3]
    for k in range(6):
        assert filled[k].get_xdata()[0] == 20_000
        assert filled[k].get_ydata()[0] == pytest.approx(100 * float(table["worst"][k]))
        assert hollow[k].get_xdata()[0] == pytest.approx(float(table["most_draws_needed"][k]), rel=1e-3)
        x, y = np.log(lines[k].get_data())
        assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(-0.5)
    assert ax.lines[18].get_ydata()[0] == pytest.approx(1.0)
    best = [path.vertices[0, 1] for one in ax.collections for path in one.get_paths()]
    np.testing.assert_allclose(best, 100 * table["relative_stderr"].min("model"))
    said = readable(ax)
    assert "worst of 2 cells" in said
    assert "expected slope" in said
    assert "P5: " in said


def test_a_saved_table_is_drawn_alike_and_quasi_random_points_are_said(report):
    assert report.table.attrs["method"] == "monte_carlo"
    first, second = plot.convergence(report), plot.convergence(report.table)
    for one, other in zip(first.lines, second.lines, strict=True):
        np.testing.assert_array_equal(one.get_xydata(), other.get_xydata())
    quasi = plot.convergence(report.table.assign_attrs(method="quasi_monte_carlo"))
    assert any("upper limit" in text.get_text().replace("\n", " ") for text in quasi.texts)


def test_a_statistic_without_information_is_named_and_not_drawn(report):
    table = report.table.copy(deep=True)
    table["relative_stderr"].loc[{"statistic": "p95", "model": "DeepSeek-R1"}] = np.inf
    ax = plot.convergence(table)
    assert len(ax.lines) == 5 * 3 + 1
    labels = [text.get_text() for text in ax.figure.legends[0].get_texts()]
    assert "P95: no information in some cell" in labels


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda report: wq.sensitivity.convergence(wq.sweep("DeepSeek-R1", method="exact")), "without sampling"),
        (lambda report: report.table.assign_attrs(draws="many"), "must say its draws"),
        (lambda report: (report.table[["relative_stderr"]] * np.nan).assign_attrs(report.table.attrs), "says nothing"),
        (lambda report: wq.sensitivity.reduction(), "sensitivity.convergence"),
        (lambda report: 1.0, "of type float"),
    ],
)
def test_refusals(report, make, named):
    with pytest.raises(wq.InputError, match=named):
        plot.convergence(make(report))
