"""How many draws a target error will take, as some cells of the grid tell it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import xarray as xr

from wattquery.stores.boxes import chunk_shape
from wattquery.sweeps.blockwise.work import SweepOfBox
from wattquery.sweeps.planning.pieces import piece_at
from wattquery.sweeps.run import Run
from wattquery.sweeps.settings import MOST_DRAWS, Settings
from wattquery.sweeps.study import Study

__all__ = ["PILOT_CELLS", "with_draws"]

PILOT_DRAWS = {"monte_carlo": 65_536, "quasi_monte_carlo": 8192}
"""Draws of the cells that tell how many a target error takes."""

PILOT_CELLS = 64


def with_draws(asked: Study, how: Settings, run: Run | None) -> tuple[Settings, list[str]]:
    """Return settings with the draws that a target error will take, as some cells tell it; all others as they are."""
    if how.relative_stderr is None:
        return how, []
    pilot = replace(how, draws=PILOT_DRAWS[how.method], relative_stderr=None, keep_histogram=False)
    shape = chunk_shape([axis.size for axis in asked.grid.dimensions], PILOT_CELLS)
    found = [SweepOfBox(asked, pilot).solve(piece_at(asked, run, shape, where)) for where in (0.25, 0.75)]
    reached = max(_largest_error(ds) for ds in found)
    if not math.isfinite(reached):
        return replace(pilot, keep_histogram=how.keep_histogram), ["how many draws relative_stderr takes is not known"]
    # Of quasi-random draws errors fall faster than this, and their number is a power of two.
    needed = max(1, math.ceil(pilot.draws * (reached / how.relative_stderr) ** 2))
    if how.method == "quasi_monte_carlo":
        needed = 2 ** math.ceil(math.log2(max(needed, 16)))
    note = f"draws are so many as relative_stderr takes in {2 * math.prod(shape)} of the cells"
    return replace(how, draws=min(needed, MOST_DRAWS), relative_stderr=None), [note]


def _largest_error(ds: xr.Dataset) -> float:
    """Return the largest relative standard error of a quantile of a cell that has data, 0 where none has."""
    ratios = (ds["energy_stderr"] / ds["energy"]).values
    ratios = ratios[~np.isnan(ratios)]
    return float(ratios.max()) if ratios.size else 0.0
