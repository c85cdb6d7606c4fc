"""The one way from an array to a labelled variable: unit, long name and boundary come from its quantity."""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr
from numpy.typing import ArrayLike

from wattquery.quantities import QUANTITIES

__all__ = ["labelled"]


def labelled(name: str, dims: Sequence[str], values: ArrayLike, **attributes: str) -> xr.Variable:
    """Return a variable with the attributes of its quantity.

    Parameters
    ----------
    name
        The quantity, a name of `wattquery.quantities.QUANTITIES`.
    dims
        Its dimensions; empty for one value.
    values
        The values, one axis for each dimension.
    **attributes
        What takes the place of an attribute of the quantity, or stands beside them.

    Examples
    --------
    >>> labelled("energy_mean", ["model"], [0.4, 0.6], boundary="node").attrs
    {'long_name': 'mean energy per query', 'units': 'Wh', 'boundary': 'node'}
    """
    return xr.Variable(dims, values, {**QUANTITIES[name].attributes, **attributes})
