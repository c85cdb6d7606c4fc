"""What several lines share: styles apart in grey, pairs of levels."""

from __future__ import annotations

import numpy as np
import pytest

from wattquery.plot.lines import level_pairs, line_styles
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
