"""Load and power in every hour, by Little's law: requests of an hour are shared by all instances that serve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattquery.capacity.asked import Asked
from wattquery.capacity.candidates import Array
from wattquery.capacity.curves import Curves
from wattquery.capacity.sizing import Sizing

__all__ = ["Hours", "at_load", "hours_of", "loads_at"]


@dataclass(frozen=True, eq=False)
class Hours:
    """By candidate.

    Attributes
    ----------
    peak_load
        In the hour of highest demand [1].
    power_mean, power_peak
        Of all nodes with the reserve, over the day and in that hour [W].
    sigma
        Standard deviation of ln E of the day that the load model leaves open [1].
    """

    peak_load: Array
    power_mean: Array
    power_peak: Array
    sigma: Array


def hours_of(curves: Curves, sizing: Sizing, asked: Asked) -> Hours:
    """Return what candidates do over a day.

    Nodes of the reserve, and accelerators that no instance has room on, draw what idle ones do.
    """
    each = asked.demand.hourly / sizing.instances[:, None]
    idle = curves.idle_watts
    waiting = asked.reserve * curves.per_node + sizing.serving * sizing.left_over
    watts, sigma, peaks = np.empty(each.shape), np.empty(each.shape), np.empty(len(curves))
    logs = np.log(curves.loads)
    for row, rates in enumerate(each):
        known = np.concatenate([[0.0], curves.rate[row]])
        watts[row] = np.interp(rates, known, np.concatenate([[idle[row]], curves.watts[row]]))
        loads = loads_at(curves, row, rates)
        sigma[row] = np.interp(np.log(np.maximum(loads, curves.loads[0])), logs, curves.sigma[row])
        peaks[row] = loads.max()
    power = sizing.instances[:, None] * watts + (waiting * curves.waiting)[:, None]
    return Hours(
        peak_load=peaks,
        power_mean=power.mean(axis=1),
        power_peak=power[:, np.argmax(asked.demand.hourly)],
        # What is not known of one hour is not known of the others: standard deviations add up.
        sigma=np.asarray((sigma * power).sum(axis=1) / power.sum(axis=1)),
    )


def loads_at(curves: Curves, row: int, rates: Array) -> Array:
    """Return the lowest loads at which an instance of a candidate serves so many requests in an hour [1]."""
    rising = np.concatenate([[True], np.diff(curves.rate[row]) > 0.0])
    known, loads = curves.rate[row][rising], curves.loads[rising]
    with np.errstate(divide="ignore"):
        found = np.exp(np.interp(np.log(rates), np.log(known), np.log(loads)))
    # Below one running sequence both are proportional.
    return np.asarray(np.where(rates < known[0], loads[0] * rates / known[0], found))


def at_load(curves: Curves, values: Array, loads: Array) -> Array:
    """Return values of each candidate, (candidates, loads), at a load of its own, on a line of logarithms of loads."""
    logs, at = np.log(curves.loads), np.log(np.maximum(loads, curves.loads[0]))
    return np.array([np.interp(one, logs, row) for one, row in zip(at, values, strict=True)])
