"""Where the arrays of a fleet go: from points of the axes and rows of shares to the dimensions of the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.fleets.evaluation import Evaluation
from wattquery.quantities import OF_RESULT
from wattquery.scenarios.scenario import Scenario
from wattquery.scenarios.shares import SUFFIX
from wattquery.specs.axis import Axis
from wattquery.sweeps.labelled import labelled

__all__ = ["Layout", "layout", "share_coordinate", "share_coordinates", "share_variable"]


@dataclass(frozen=True)
class Layout:
    """The dimensions that all totals of a result have.

    Attributes
    ----------
    dims, shape
        Their names and lengths, those of shares first.
    own
        The first axis of an array that is its own: before it are points, rows of shares, and what else is in ``dims``.
    """

    dims: tuple[str, ...]
    shape: tuple[int, ...]
    own: int

    def variable(self, name: str, values: NDArray[np.float64], own_dims: Sequence[str] = ()) -> xr.Variable:
        """Return an array by point, row of shares, and so on, as the variable of a result."""
        boundary = {"boundary": OF_RESULT} if name.startswith("variance_") else {}
        spread = np.moveaxis(values, 1, 0).reshape((*self.shape, *values.shape[self.own :]))
        return labelled(name, (*self.dims, *own_dims), spread, **boundary)


def layout(evaluation: Evaluation, axes: Sequence[Axis[Any]] = (), **more: int) -> Layout:
    """Return the layout of the totals of a scenario.

    Parameters
    ----------
    evaluation
        The scenario.
    axes
        Further axes, of which an array has each whether it is a dimension or not.
    **more
        Further dimensions and their lengths.
    """
    dimensions = [*evaluation.axes, *(axis for axis in axes if axis.is_dimension)]
    dims = (*evaluation.share_dims, *(axis.name for axis in dimensions), *more)
    shape = (*evaluation.share_shape, *(axis.size for axis in dimensions), *more.values())
    return Layout(dims, shape, 2 + len(axes) + len(more))


def share_variable(evaluation: Evaluation) -> xr.Variable:
    """Return the share of each class."""
    shape = (*evaluation.share_shape, len(evaluation.grids))
    return labelled("share", (*evaluation.share_dims, "query_class"), evaluation.shares.reshape(shape))


def share_coordinates(scenario: Scenario) -> dict[str, xr.Variable]:
    """Return the labels of each axis of shares."""
    return {name + SUFFIX: share_coordinate(name, labels) for name, labels in scenario.share_axes.items()}


def share_coordinate(name: str, labels: Sequence[float]) -> xr.Variable:
    """Return the labels of the axis of the share of a class."""
    return xr.Variable((name + SUFFIX,), np.array(labels), {"long_name": f"share of class {name}", "units": "1"})
