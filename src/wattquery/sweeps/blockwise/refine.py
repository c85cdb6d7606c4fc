"""More draws for a store that keeps histograms: what is there is counted with the draws that are missing.

The counts of a box are one chunk, which is written whole or not at all, and before all else of the box. All else
follows from them. So wherever the work ends, the draws that are in the store stay there, and none is counted twice: how
many a cell has is the sum of its counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.methods.refined import refined
from wattquery.stores.boxes import Box
from wattquery.sweeps.blockwise.work import SweepOfBox, study_of_box
from wattquery.sweeps.dataset import to_dataset
from wattquery.sweeps.run import prepare
from wattquery.sweeps.settings import Settings

__all__ = ["RefinedSweepOfBox", "check_draws", "refines"]


def refines(settings: Settings) -> bool:
    """Return whether a store of these settings can be given more draws."""
    return settings.method == "monte_carlo" and settings.keep_histogram


def check_draws(then: Mapping[str, Any], settings: Settings, shown: str) -> None:
    """Refuse a number of draws that a store cannot have.

    Parameters
    ----------
    then
        What the store was asked for.
    settings
        How the call is to compute.
    shown
        The store in messages.

    Raises
    ------
    InputError
        If it has more already, or others and cannot be given more.
    """
    known, asked = int(then["draws"]), settings.draws
    if settings.method == "exact" or asked == known:
        return
    if asked < known:
        raise InputError(
            f"{shown!r} has {known:,} draws of each cell, and a store does not lose any, got draws={asked:_}: pass "
            f"draws={known:_}, or choose another name."
        )
    if not refines(settings):
        raise InputError(
            f"{shown!r} has {known:,} draws of each cell and can be given no more, got draws={asked:_}: only "
            "method='monte_carlo' with keep_histogram=True adds draws to those that are there; pass "
            f"draws={known:_}, or choose another name."
        )


@dataclass(frozen=True, eq=False)
class RefinedSweepOfBox(SweepOfBox):
    """A sweep of a box of which some draws may be known."""

    def refine(self, box: Box, counts: NDArray[np.int64]) -> xr.Dataset:
        """Return the sweep of a box, of which only the draws are made that are missing.

        Parameters
        ----------
        box
            The box.
        counts
            The known draws per bin of each cell, on the window of the store.
        """
        assert self.window is not None
        run = prepare(study_of_box(self.study, box.ranges), replace(self.settings, threads=1), ask_memory=False)
        rows = counts.reshape(box.size, -1)
        found = refined(run.plan, self.settings.levels, self.settings.draws, rows, self.window.first)
        return self.window.of(to_dataset(run.checked(found)))
