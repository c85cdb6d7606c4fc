"""Pictures are drawn without a display, and closed after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.transforms import Bbox


@pytest.fixture(autouse=True)
def _no_display() -> Iterator[None]:
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    yield
    plt.close("all")


@pytest.fixture
def readable() -> Callable[[Axes], str]:
    """Return what checks that a picture has a title, and no text over text or outside, and returns all that it says."""

    def check(ax: Axes) -> str:
        assert ax.get_title(loc="left")
        figure = ax.get_figure()
        shown = texts(figure)
        said = " ".join(text for text, _, _ in shown)
        width, height = figure.get_size_inches() * figure.dpi
        for text, box, _ in shown:
            assert min(box.x0, box.y0, width - box.x1, height - box.y1) > -1.0, f"{text!r} leaves the picture"
        upright = [(text, box) for text, box, turned in shown if turned in (0.0, 90.0)]
        for (first, one), (second, other) in combinations(upright, 2):
            across = min(one.x1, other.x1) - max(one.x0, other.x0)
            down = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert across < 1.0 or down < 1.0, f"{first!r} lies over {second!r}"
        return said

    return check


def texts(figure) -> list[tuple[str, Bbox, float]]:
    """Every text that is shown, with the box that it covers and how far it is turned."""
    figure.canvas.draw()
    hidden = set()  # ticks outside of what is shown keep their labels, but are not drawn
    for axis in (axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
            if not low <= tick.get_loc() <= high:
                hidden |= {tick.label1, tick.label2}
    shown = [one for one in figure.findobj(Text) if one.get_text().strip() and one.get_visible() and one not in hidden]
    return [(one.get_text(), Text.get_window_extent(one), one.get_rotation()) for one in shown]
