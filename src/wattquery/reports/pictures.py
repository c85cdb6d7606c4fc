"""Pictures of `wattquery.plot` inside of a page: drawn without a screen, as SVG, with words that say the numbers."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from wattquery.errors import InputError
from wattquery.reports.content import Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["picture"]

WITHOUT = "not drawn, as matplotlib is not installed. Run pip install 'wattquery[plot]', and write the page again."


def picture(draw: Callable[[], Axes], caption: str, words: str) -> Picture:
    """Return a picture, or what is said in its place.

    Parameters
    ----------
    draw
        Calls a function of `wattquery.plot`.
    caption, words
        What it shows, and what it says.
    """
    if importlib.util.find_spec("matplotlib") is None:
        return Picture(caption, words, instead=WITHOUT)
    try:
        return Picture(caption, words, _svg(draw))
    except InputError as error:
        return Picture(caption, words, instead=f"not drawn. {error}")


def _svg(draw: Callable[[], Axes]) -> bytes:
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    from wattquery import plot

    # Letters as shapes: the page must look the same where the font is missing.
    quiet = mpl.rc_context({"svg.fonttype": "path"})
    with quiet, plt.ioff(), tempfile.TemporaryDirectory() as folder:  # no window, whoever draws beside it
        ax = draw()
        try:
            return plot.save(ax, Path(folder) / "picture.svg").read_bytes()
        finally:
            plt.close(ax.get_figure(root=True))
