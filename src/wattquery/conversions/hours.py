"""What an intensity by the hour is on average: weighted by when energy is used, or all hours alike."""

from __future__ import annotations

import numpy as np
import xarray as xr

from wattquery.errors import InputError
from wattquery.scenarios.load_profile import HOURS, LoadProfile

__all__ = ["POOL", "POWER", "averaged", "checked_profile", "hour_weights", "pool_weights"]

POWER = "power_by_hour"
"""What a fleet says of the course of its power over a day [MW]."""

POOL = "pool"


def checked_profile(result: xr.Dataset, load_profile: object, by_hour: bool) -> LoadProfile | None:
    """Return the load profile by which hours are weighted, where one was passed.

    Raises
    ------
    InputError
        If it has no use, or one is needed and was not passed.
    """
    if by_hour and POWER not in result and POOL in result.dims:
        raise InputError(
            "An intensity by the hour is weighted by the power of each hour, which this fleet of pools has with "
            "by_hour=True: idle nodes pay at night too. Compute it so."
        )
    if load_profile is not None:
        if not by_hour:
            raise InputError(
                "load_profile weighs intensities by the hour, and none was passed by the hour. Leave it out."
            )
        if POWER in result:
            raise InputError("load_profile is in the result already, which has its power by the hour. Leave it out.")
        return LoadProfile.parse(load_profile)
    peak = result.get("power_peak")
    if by_hour and POWER not in result and peak is not None and bool(np.isfinite(peak).any()):
        raise InputError(
            "An intensity by the hour is weighted by the load of each hour, which this result has no more: pass the "
            "load_profile of the fleet here too."
        )
    return None


def hour_weights(result: xr.Dataset, profile: LoadProfile | None) -> tuple[xr.DataArray, str]:
    """Return which share of a day's energy each hour has [1], and where that is from, in words."""
    if POWER in result:
        power = result[POWER]
        return _shares(power.sum([dim for dim in power.dims if dim == POOL])), "hours weighted by the power of each"
    if profile is not None:
        largest = max(profile.hourly)
        relative = np.array([number / largest for number in profile.hourly])
        words = "hours weighted by load_profile, as if energy followed the queries"
        return xr.DataArray(relative / relative.sum(), dims="hour"), words
    return xr.DataArray(
        np.full(HOURS, 1.0 / HOURS), dims="hour"
    ), "plain mean of the hours, for no load profile is known"


def pool_weights(result: xr.Dataset) -> xr.DataArray | None:
    """Return the same of each pool, whose energy has a course of its own; None of a result without."""
    return _shares(result[POWER]) if POWER in result and POOL in result[POWER].dims else None


def _shares(power: xr.DataArray) -> xr.DataArray:
    return (power / power.sum("hour")).drop_vars("hour", errors="ignore")


def averaged(values: xr.DataArray, weights: xr.DataArray) -> xr.DataArray:
    """Return the mean of an intensity over the hours."""
    return (values * weights).sum("hour", skipna=False)
