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
    """Return the message for a precision that cannot be had: where, why, and what to do."""
    unreached = f"relative_stderr = {settings.relative_stderr:g} cannot be reached: {_quantile(limit, settings, grid)}"
    if math.isinf(limit.needed):
        return (
            f"{unreached} lies on a single value (such as one whole token with all other factors fixed), which the "
            f"energy lattice resolves to {limit.reached:.2g}, however many draws are made. "
            f"Pass relative_stderr={math.ceil(limit.reached * 1e5) / 1e5:g}, or use method='exact'."
        )
    most, other = MOST_PLAIN_DRAWS, "'quasi_monte_carlo' or 'exact'"
    if math.isinf(limit.reached):
        most, other = MOST_BLIND_DRAWS, "'exact'"
    if settings.method == "quasi_monte_carlo":
        most, other = MOST_DRAWS, "'exact'"
    return (
        f"{unreached} {_lack(limit)}; method={settings.method!r} makes at most {most:,}. "
        f"Pass a larger relative_stderr, or use method={other}."
    )


def _quantile(limit: OutOfReach, settings: Settings, grid: Grid) -> str:
    """Return which quantile it is, and in which cell."""
    where = cell_labels(grid, limit.cell)
    level = settings.levels[limit.level]
    # Where a tail is at stake, rounding the level would round it to 0 or 1.
    text = repr(level) if math.isinf(limit.reached) and not math.isinf(limit.needed) else f"{level:g}"
    return f"the quantile {text}{f' at {where}' if where else ''}"


def _lack(limit: OutOfReach) -> str:
    """Return what is known of the quantile, and how many draws it would take."""
    if not math.isinf(limit.reached):
        return f"has {limit.reached:.2g} after {limit.draws:,} draws and would take about {limit.needed:.2g} of them"
    known = (
        f"too few draws beyond it after {limit.draws:,} to tell its error" if limit.draws else "hardly a draw beyond it"
    )
    return f"has {known} and would take {limit.needed:.2g} of them or more"
