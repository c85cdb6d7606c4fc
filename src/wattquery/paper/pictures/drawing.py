"""Which picture is drawn of which figure. Needs matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matplotlib.figure import Figure

from wattquery.paper.pictures.computing import Computed
from wattquery.paper.pictures.days import days
from wattquery.paper.pictures.listing import PaperFigure
from wattquery.paper.pictures.multiples import multiples
from wattquery.paper.pictures.violins import violins
from wattquery.plot.sizes import styled

__all__ = ["DRAWN_BY", "drawn"]

DRAWN_BY: Mapping[str, Callable[[PaperFigure, Computed], Figure]] = {
    "models": violins,
    "levers": violins,
    "inputs": violins,
    "power": violins,
    "presets": violins,
    "days": days,
    "multiples": multiples,
}
"""The function of each kind of figure."""


def drawn(figure: PaperFigure, found: Computed) -> Figure:
    """Return the picture of a figure, of its own size and in colour whatever is set for pictures of results.

    Parameters
    ----------
    figure
        Which it is.
    found
        All that was computed.
    """
    with styled():
        return DRAWN_BY[figure.kind](figure, found)
