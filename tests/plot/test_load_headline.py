"""The headline under load: a panel for each query, lines and the loads that match what was published."""

from __future__ import annotations

import numpy as np
import xarray as xr

from wattquery.plot.load_headline import load_headline


def test_lines_are_medians_over_load_and_marks_lie_on_what_was_published():
    loads = np.array([0.1, 0.5, 1.0])
    energies = np.array([[[1.0, 0.5, 0.2], [9.0, 5.0, 4.0]], [[0.9, 0.4, 0.1], [8.0, 6.0, 5.0]]])
    ds = xr.Dataset(
        {
            "median_by_load": (
                ("hardware", "paper_query", "fine_load"),
                energies,
                {"long_name": "energy per query", "units": "Wh", "boundary": "facility"},
            ),
            "matching_load": (("hardware", "paper_query"), [[0.7, 0.6], [0.4, np.nan]]),
            "published": ("paper_query", [0.31, 4.5]),
        },
        {"hardware": ["A", "B"], "paper_query": ["traditional", "long"], "fine_load": loads},
    )
    figure = load_headline(ds)
    for k, ax in enumerate(figure.axes):
        solid = [line for line in ax.lines if len(line.get_xdata()) == 3]
        for line, row in zip(solid, energies[:, k], strict=True):
            np.testing.assert_array_equal(line.get_ydata(), row)
            np.testing.assert_array_equal(line.get_xdata(), loads)
    assert "[Wh, facility]" in figure.axes[0].get_ylabel()
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["query: traditional", "query: long"]
    marks = [line for line in figure.axes[0].lines if line.get_linestyle() == "None"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in marks] == [(0.7, 0.31), (0.4, 0.31)]
    assert len([line for line in figure.axes[1].lines if line.get_linestyle() == "None"]) == 1
