"""The best load over a day: where more load costs more in the highest hour, it may still cost less in all hours.

Fewer nodes run at higher loads at night as well, where a query takes less for it. So where nothing binds, loads up to
the one that a target or the memory allows are compared by the energy of the whole day, in whole nodes.
"""

from __future__ import annotations

import numpy as np

from wattquery.capacity.asked import Asked
from wattquery.capacity.curves import Curves
from wattquery.capacity.hours import hours_of, loads_at
from wattquery.capacity.search import ROUNDING, Best, best_loads
from wattquery.capacity.sizing import sized

__all__ = ["best_over_a_day"]

STEPS = 17
"""Loads that are compared, from the best of the highest hour to the highest that meets all targets."""


def best_over_a_day(curves: Curves, asked: Asked) -> Best:
    """Return the best loads, in the highest hour, of candidates that meet all targets at some load."""
    best = best_loads(curves, asked.limits, asked.minimize)
    rows = np.flatnonzero(best.binds == "nothing")
    if not rows.size:
        return best
    some = curves.taken(rows)
    most = best_loads(some, asked.limits, "nodes")
    rates = np.geomspace(best.rate[rows], most.rate, STEPS)
    power = [hours_of(some, sized(some, asked.demand.peak, one), asked).power_mean for one in rates]
    highest = power[-1] <= (1.0 + ROUNDING) * np.min(power, axis=0)  # or the same nodes as there
    chosen = np.where(highest, STEPS - 1, np.argmin(power, axis=0))
    rate, load, binds = best.rate.copy(), best.load.copy(), best.binds.copy()
    rate[rows] = rates[chosen, np.arange(rows.size)]
    load[rows] = [loads_at(some, row, rate[[at]])[0] for row, at in enumerate(rows)]
    binds[rows] = np.where(highest, most.binds, "nothing")
    return Best(rate, load, binds)
