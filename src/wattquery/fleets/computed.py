"""The one way from the arguments of `fleet` and `trajectory` to a result: in memory, or in a store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import xarray as xr

from wattquery.fleets.analysis import Analysis
from wattquery.fleets.arguments import requested
from wattquery.fleets.structural_choices import TrimmedShares
from wattquery.sweeps.blockwise.elsewhere import elsewhere

__all__ = ["computed"]


def computed(analysis: Analysis, name: str, passed: Mapping[str, Any]) -> xr.Dataset:
    """Return a result.

    Parameters
    ----------
    analysis
        What to compute.
    name
        The function that was called.
    passed
        All of its arguments by name, those that it does not have under ``"unknown"``: its ``locals()``.

    Raises
    ------
    InputError
        If anything is not allowed.
    """
    request = analysis.request(requested(name, passed), passed)
    kept = elsewhere(passed["store"], passed["storage_options"], passed["client"], passed["threads"])
    if kept is None:
        return analysis.solve(request, TrimmedShares())
    from wattquery.fleets.into_store import stored_fleet

    return stored_fleet(name, analysis, request, kept)
