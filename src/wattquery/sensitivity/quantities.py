"""Indices with the ends of their intervals as labelled variables, and what they are of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.sweeps.labelled import labelled

__all__ = ["SCALES", "with_interval"]

SCALES = ("energy", "log_energy")
"""What an index is of: E, or ln E."""


def with_interval(
    name: str, dims: Sequence[str], ends: Iterable[NDArray[np.generic]], level: float
) -> dict[str, xr.Variable]:
    """Return a variable and the ends of its interval, ``NAME_low`` and ``NAME_high``, in this order."""
    value, low, high = ends
    variables = {name: labelled(name, dims, value)}
    for end, text, values in (("low", "lower", low), ("high", "upper", high)):
        long_name = f"{text} end of the {level:.0%} interval of {name}"
        variables[f"{name}_{end}"] = labelled(name, dims, values, long_name=long_name)
    return variables
