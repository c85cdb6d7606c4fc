"""What is said of a precision that cannot be had: where, why, and what to do."""

from __future__ import annotations

import math

from wattquery.methods.quasi_monte_carlo import MOST_DRAWS
from wattquery.methods.to_precision import MOST_BLIND_DRAWS, MOST_PLAIN_DRAWS, OutOfReach
from wattquery.specs.grid import Grid
from wattquery.sweeps.magnitudes import cell_labels
from wattquery.sweeps.settings import Settings

__all__ = ["out_of_reach"]


def out_of_reach(limit: OutOfReach, settings: Settings, grid: Grid) -> str:
    """Return the message.

    Parameters
    ----------
    limit
        The quantile that is known least, and what it would take.
    settings, grid
        How what was to be computed.
    """
    cannot = f"relative_stderr = {settings.relative_stderr:g} cannot be reached"
    if math.isinf(limit.needed):
        return (
            f"{cannot}: {_quantile(limit, settings, grid)} lies on a single value (such as one whole token with all "
            f"other factors fixed), which the energy lattice resolves to {limit.reached:.2g}, however many draws are "
            f"made. Pass relative_stderr={math.ceil(limit.reached * 1e5) / 1e5:g} or more, or use method='exact'."
        )
    most, other = MOST_PLAIN_DRAWS, "'quasi_monte_carlo' or 'exact'"
    if settings.method == "quasi_monte_carlo":
        most, other = MOST_DRAWS, "'exact'"
    elif math.isinf(limit.reached):
        most, other = MOST_BLIND_DRAWS, "'exact'"
    return (
        f"{cannot}: {_shortage(limit, settings, grid)}, where method={settings.method!r} makes at most {most:,}. "
        f"Pass a larger relative_stderr, or use method={other}."
    )


def _shortage(limit: OutOfReach, settings: Settings, grid: Grid) -> str:
    """Return how far draws go, and how many it would take."""
    quantile = _quantile(limit, settings, grid)
    if math.isfinite(limit.reached):
        return (
            f"{quantile} has {limit.reached:.2g} after {limit.draws:,} draws, and it would take about "
            f"{limit.needed:.2g} of them"
        )
    has = (
        f"too few draws beyond it after {limit.draws:,} to tell its error" if limit.draws else "hardly a draw beyond it"
    )
    return f"{quantile} has {has}, and it would take {limit.needed:.2g} of them or more"


def _quantile(limit: OutOfReach, settings: Settings, grid: Grid) -> str:
    """Return which quantile it is, of which cell."""
    where = cell_labels(grid, limit.cell)
    level = settings.levels[limit.level]
    # A level that no draw reaches may differ from 1 in its last digits only.
    shown = repr(level) if math.isinf(limit.reached) else f"{level:g}"
    return f"the quantile {shown}{f' at {where}' if where else ''}"
