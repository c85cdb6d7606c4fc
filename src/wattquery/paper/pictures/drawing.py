"""Which picture is drawn of which figure. Needs matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matplotlib.figure import Figure

from wattquery.paper.pictures.computing import Computed
from wattquery.paper.pictures.days import days
from wattquery.paper.pictures.listing import PaperFigure
from wattquery.paper.pictures.multiples import multiples
from wattquery.paper.pictures.violins import violins

__all__ = ["DRAWN_BY"]

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
