"""What several lines share: styles apart in grey, ticks that fit, pairs of levels."""

from __future__ import annotations

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest

from wattquery.plot.lines import legend_around, level_pairs, line_styles, log_lines
from wattquery.plot.style import lightness


def test_lines_differ_in_lightness_dashes_and_markers():
    for count in (2, 5, 9):
        styles = line_styles(count)
        light = [lightness(style["color"]) for style in styles]
        assert light == sorted(light)
        assert min(np.diff(light)) > 0.35 / count
        assert light[-1] < 0.75  # seen on white and on a band
        assert len({(str(style["linestyle"]), style["marker"]) for style in styles}) == count


@pytest.mark.parametrize("levels", [[0.05, 0.25, 0.5, 0.75, 0.95], [0.95, 0.5, 0.05, 0.25, 0.75]])
def test_pairs_go_from_the_outside_in(levels):
    pairs = [(levels[low], levels[high]) for low, high in level_pairs(levels)]
    assert pairs == [(0.05, 0.95), (0.25, 0.75)]
    assert level_pairs([0.1, 0.5, 0.8]) == []


@pytest.mark.parametrize("inches", [(1.6, 1.6), (3.35, 3.0), (11.0, 7.0)])
@pytest.mark.parametrize("ends", [(1.1, 1.3), (12.0, 95.0), (0.003, 40.0), (1e-6, 1e6)])
def test_ticks_of_a_logarithmic_axis_fit_its_length(inches, ends):
    figure, ax = plt.subplots(figsize=inches, layout="constrained")
    ax.plot(ends, ends)
    log_lines(ax, "x")
    figure.canvas.draw()
    labels = [label for label in ax.get_xticklabels() if label.get_text()]
    low, high = ax.get_xlim()
    places = ax.get_xticks()
    boxes = [label.get_window_extent() for label, at in zip(labels, places, strict=True) if low <= at <= high]
    assert len(boxes) >= 1 + (inches[0] > 2)
    if ends[1] < 1e6:  # such numbers are longer than any room
        assert all(one.x1 < other.x0 for one, other in pairwise(boxes))


def test_a_legend_is_below_a_picture_alone_and_inside_one_beside_others():
    for alone, count in ((True, 1), (False, 2)):
        figure, axes = plt.subplots(1, count, squeeze=False)
        (handle,) = axes[0, 0].plot([1, 2], label="one")
        legend_around(axes[0, 0], [handle])
        assert bool(figure.legends) is alone
        assert (axes[0, 0].get_legend() is None) is alone
