"""Pictures of results: each takes a Dataset and returns the matplotlib Axes it drew on.

`claims` takes none, and `validation` a comparison.

===================  =====================================================================================
``violin``           distributions by the labels of one axis, from histograms
``ridgeline``        the same as a row of ridges
``ecdf``             cumulative distributions
``heatmap``          a statistic over two axes of a grid
``anova``            shares of the variance by axis and interaction
``tornado``          how far the median moves with each factor
``sobol``            first-order and total indices with their intervals
``spider``           the median along the quantiles of each factor
``nested``           quantiles over queries, with credible intervals of what all queries share
``worth_measuring``  intervals before and after each measurement
``convergence``      sampling error against draws, with the expected slope
``reduction``        the combined factor of levers, with the published range
``waterfall``        what each lever takes off
``claims``           public claims of Wh per query, against the bands of the model
``fleet``            energy of fleets per day, stacked by component or class
``capacity``         what each candidate of a plan of capacity takes, with the frontier
``trajectory``       energy of a fleet per day over time, with bands
``load_curves``      energy, interactivity and power over the load
``tradeoff``         energy against interactivity, with the frontier
``validation``       predictions of the load model over what was measured, with intervals
``save``             an Axes to a PNG, SVG or PDF file, whole or not at all
``styled``           draws at the size of a column, a page or a slide, coloured, grey or dark
===================  =====================================================================================

=================  ====================================================================================
``distributions``  ``violin``, ``ridgeline``, ``ecdf``
``grids``          ``heatmap``, ``anova``
``bars``           ``tornado``, ``sobol``
``factor_lines``   ``spider``
``two_levels``     ``nested``
``draws``          ``convergence``
``measurements``   ``worth_measuring``
``levers``         ``reduction``, ``waterfall``
``fleets``         ``fleet``
``capacities``     ``capacity``
``trajectories``   ``trajectory``
``estimates``      ``claims``
``loads``          ``load_curves``
``tradeoffs``      ``tradeoff``
``validations``    ``validation``, and the picture of the cross-validation
``compared_rows``  what `validation` draws: rows of predicted and measured numbers
``load_headline``  the paper's headline under load, as a picture
``files``          ``save``
``sizes``          ``styled``: how large a picture is
``choices``        the names of sizes and styles
``selection``      what a picture needs of a Dataset
``facets``         a panel for each label of an axis
``density``        curves of a histogram for the eye
``cells``          a table as coloured cells
``deployments``    what pictures of sweeps under a load draw lines of
``lines``          several lines in one picture: styles, bands
``numbers``        numbers as texts: those that differ do not look the same
``style``          what all pictures share: labels, colours, and the way to the next four
``figures``        figures sized for their labels, and the colours
``log_axes``       logarithmic axes, with ticks that have room
``headings``       titles with what was held fixed, and legends
``recolouring``    a finished picture in another style
=================  ====================================================================================

A new picture is a function in one of these files, or in a new one, and its rows in this one.

Needs matplotlib: ``pip install 'wattquery[plot]'``. Colours are ordered by lightness and come with hatching, line
styles or markers, so that every picture can be read in grey. Axes are logarithmic where energies are.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wattquery.errors import InputError

if TYPE_CHECKING:
    from wattquery.plot.bars import sobol, tornado
    from wattquery.plot.capacities import capacity
    from wattquery.plot.distributions import ecdf, ridgeline, violin
    from wattquery.plot.draws import convergence
    from wattquery.plot.estimates import claims
    from wattquery.plot.factor_lines import spider
    from wattquery.plot.files import save
    from wattquery.plot.fleets import fleet
    from wattquery.plot.grids import anova, heatmap
    from wattquery.plot.levers import reduction, waterfall
    from wattquery.plot.loads import load_curves
    from wattquery.plot.measurements import worth_measuring
    from wattquery.plot.sizes import styled
    from wattquery.plot.tradeoffs import tradeoff
    from wattquery.plot.trajectories import trajectory
    from wattquery.plot.two_levels import nested
    from wattquery.plot.validations import validation


@dataclass(frozen=True)
class Kind:
    """A picture of a Dataset.

    Attributes
    ----------
    home
        The module of its function, which has the kind's name.
    arguments
        Those that the function has beside the dataset and the Axes; what each means is in `ARGUMENTS`.
    analysis
        The function of `wattquery.sensitivity` whose result it draws, if that is what it draws.
    """

    home: str
    arguments: tuple[str, ...] = ()
    analysis: str = ""


KINDS = {
    "trajectory": Kind("trajectories", ("over", "facet")),
    "violin": Kind("distributions", ("over", "facet")),
    "ridgeline": Kind("distributions", ("over", "facet")),
    "ecdf": Kind("distributions", ("over", "facet")),
    "heatmap": Kind("grids", ("variable", "quantile", "x", "y", "facet")),
    "anova": Kind("grids", analysis="anova"),
    "spider": Kind("factor_lines", ("facet",), analysis="spider"),
    "nested": Kind("two_levels", ("over", "facet"), analysis="nested"),
    "sobol": Kind("bars", ("facet",), analysis="sobol"),
    "tornado": Kind("bars", ("facet",), analysis="tornado"),
    "worth_measuring": Kind("measurements", analysis="worth_measuring"),
    "convergence": Kind("draws", analysis="convergence"),
    "reduction": Kind("levers", analysis="reduction"),
    "waterfall": Kind("levers", ("quantity", "facet"), analysis="shapley"),
    "fleet": Kind("fleets", ("by", "over", "facet")),
    "capacity": Kind("capacities", ("against",)),
    "load_curves": Kind("loads", ("variable", "over", "facet")),
    "tradeoff": Kind("tradeoffs", ("over", "facet")),
}
"""The pictures of a Dataset by name: the one table of them, from which the command line takes its kinds and options."""

ARGUMENTS = {
    "over": ("AXIS", "the axis to compare along."),
    "variable": ("NAME", "what is shown; energy by default, for load_curves energy, interactivity and power."),
    "facet": ("AXIS", "the axis whose labels have a panel each, on common scales."),
    "quantile": ("Q", "the level; 0.5 by default."),
    "x": ("AXIS", "the axis that goes across."),
    "y": ("AXIS", "the axis that goes down."),
    "by": ("NAME", "component or query_class."),
    "against": ("NAME", "nodes or interactivity."),
    "quantity": ("NAME", "saved or log_reduction."),
}
"""What the arguments of pictures are called and what they mean; ``Q`` is a number."""

_HOMES = {"claims": "estimates", "save": "files", "styled": "sizes", "validation": "validations"} | {
    name: kind.home for name, kind in KINDS.items()
}

__all__ = [
    "anova",
    "capacity",
    "claims",
    "convergence",
    "ecdf",
    "fleet",
    "heatmap",
    "load_curves",
    "nested",
    "reduction",
    "ridgeline",
    "save",
    "sobol",
    "spider",
    "styled",
    "tornado",
    "tradeoff",
    "trajectory",
    "validation",
    "violin",
    "waterfall",
    "worth_measuring",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'wattquery.plot' has no attribute {name!r}")
    if importlib.util.find_spec("matplotlib") is None:
        raise InputError("Plots need matplotlib, which is not installed. Run pip install 'wattquery[plot]'.")
    value = getattr(importlib.import_module(f"wattquery.plot.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
