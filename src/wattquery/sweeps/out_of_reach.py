"""What is said of a precision that cannot be had: where, why, and what to do."""

from __future__ import annotations

import math

from wattquery.methods.quasi_monte_carlo import MOST_DRAWS
from wattquery.methods.to_precision import MOST_BLIND_DRAWS, MOST_PLAIN_DRAWS, OutOfReach
from wattquery.specs.grid import Grid
from wattquery.sweeps.magnitudes import cell_labels
from wattquery.sweeps.settings import Settings

__all__ = ["out_of_reach"]


def out_of_reach(limit: OutOfReach, how: Settings, grid: Grid) -> str:
    """Return the message for a precision that cannot be had: where, why, and what to do."""
    where = cell_labels(grid, limit.cell)
    quantile = f"the quantile {how.levels[limit.level]:g}{f' at {where}' if where else ''}"
    came = f"relative_stderr = {how.relative_stderr:g} cannot be reached"
    if math.isinf(limit.needed):
        return (
            f"{came}: {quantile} lies on a single value (such as one whole token with all other factors fixed), which "
            f"the energy lattice resolves to {limit.reached:.2g}, however many draws are made. Allowed is that or "
            f"more: pass relative_stderr={math.ceil(limit.reached * 1e5) / 1e5:g}, or use method='exact'."
        )
    if math.isinf(limit.reached):
        quantile = f"the quantile {how.levels[limit.level]!r}{f' at {where}' if where else ''}"
        has = f"{quantile} has too few draws beyond it after {limit.draws:,} to tell its error"
        takes = f"it would take {limit.needed:.2g} of them or more"
        if not limit.draws:
            has, takes = f"{quantile} has hardly a draw beyond it", f"it would take {limit.needed:.2g} of them or more"
    else:
        has = f"{quantile} has {limit.reached:.2g} after {limit.draws:,} draws"
        takes = f"it would take about {limit.needed:.2g} of them"
    most = MOST_BLIND_DRAWS if math.isinf(limit.reached) else MOST_PLAIN_DRAWS
    other = "'exact'" if math.isinf(limit.reached) else "'quasi_monte_carlo' or 'exact'"
    if how.method == "quasi_monte_carlo":
        most, other = MOST_DRAWS, "'exact'"
    return (
        f"{came}: {has}, and {takes}. Allowed are {most:,} with method={how.method!r}. "
        f"Pass a larger relative_stderr, or use method={other}."
    )
