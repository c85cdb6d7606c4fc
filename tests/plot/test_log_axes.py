"""Logarithmic axes: ticks that fit, at each size of type."""

from __future__ import annotations

from itertools import pairwise

import matplotlib.pyplot as plt
import pytest

from wattquery import plot
from wattquery.plot.log_axes import log_scale


@pytest.mark.parametrize("axis", ["x", "y"])
@pytest.mark.parametrize(("size", "inches"), [("column", 1.4), ("page", 3.0), ("page", 11.0), ("slide", 3.0)])
@pytest.mark.parametrize("ends", [(1.1, 1.3), (12.0, 95.0), (0.003, 40.0), (40_000.0, 90_000.0), (1e-6, 1e6)])
def test_ticks_fit_the_length_of_an_axis(axis, size, inches, ends):
    figure = plt.figure(figsize=(inches, inches))
    with plot.styled(size=size):
        ax = figure.add_axes((0.1, 0.1, 0.9, 0.9))
    ax.plot(ends, ends)
    with plot.styled(size=size):
        log_scale(ax, axis)
    figure.canvas.draw()
    low, high = getattr(ax, f"get_{axis}lim")()
    places, labels = getattr(ax, f"get_{axis}ticks")(), getattr(ax, f"get_{axis}ticklabels")()
    boxes = [label.get_window_extent() for label, at in zip(labels, places, strict=True) if low <= at <= high]
    assert len(boxes) >= 1 + (inches > 2)
    for one, other in pairwise(boxes):
        assert one.x1 < other.x0 or one.y1 < other.y0


def test_an_axis_without_length_has_a_tick():
    _, ax = plt.subplots()
    log_scale(ax, "x")
    assert len(ax.xaxis.get_major_locator().tick_values(2.0, 2.0)) == 1
