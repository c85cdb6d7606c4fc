"""Labelled forms of what fleets return."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.quantities import OF_RESULT, QUANTITIES
from wattquery.scenarios.scenario import Scenario
from wattquery.scenarios.shares import SUFFIX
from wattquery.sweeps.labelled import labelled as of_quantity

__all__ = ["QUANTITIES", "labelled", "share_coordinates"]

_OLD_NAMES = {"energy_per_day_by": "energy_per_day_by_class", "energy_stderr": "energy_per_day_stderr"}
"""Variables of a fleet that still have an older name than their quantity."""


def share_coordinates(scenario: Scenario) -> dict[str, xr.Variable]:
    """Return the labels of each axis of shares."""
    return {
        name + SUFFIX: xr.Variable(
            (name + SUFFIX,), np.array(labels), {"long_name": f"share of class {name}", "units": "1"}
        )
        for name, labels in scenario.share_axes.items()
    }


def labelled(name: str, dims: Sequence[str], values: NDArray[np.generic]) -> xr.Variable:
    """Return a variable with the unit and long name of its quantity, at the boundary that the fleet says."""
    boundary = {"boundary": OF_RESULT} if name.startswith("variance_") else {}
    return of_quantity(_OLD_NAMES.get(name, name), dims, values, **boundary)
