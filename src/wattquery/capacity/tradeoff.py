"""What each speed costs at least: points of candidates and loads that nothing beats in interactivity and energy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.capacity.asked import Asked
from wattquery.capacity.candidates import FEWEST_STEPS, Array
from wattquery.capacity.curves import Curves
from wattquery.capacity.frontier import on_frontier
from wattquery.capacity.sizing import sized

__all__ = ["Tradeoff", "tradeoff"]


@dataclass(frozen=True, eq=False)
class Tradeoff:
    """Points by rising interactivity.

    Attributes
    ----------
    candidate
        Which of the candidates [1].
    load
        Its load [1].
    interactivity
        Median of one user [tokens/s].
    energy
        Mean energy of a query at this load [Wh].
    nodes
        For the hour of highest demand, with the reserve [1].
    """

    candidate: NDArray[np.int64]
    load: Array
    interactivity: Array
    energy: Array
    nodes: Array


def tradeoff(curves: Curves, asked: Asked) -> Tradeoff:
    """Return the points, of those that meet all targets but that of the time per output token.

    Parameters
    ----------
    curves
        All candidates.
    asked
        What they have to do.
    """
    sequences = np.flatnonzero(curves.fits)
    stride = max(int(np.diff(np.log2(curves.loads[-2:])).item() ** -1 // FEWEST_STEPS), 1)
    places = np.arange(curves.loads.size - 1, 1, -stride)[::-1]
    at = np.ix_(sequences, places)
    met = np.ones((sequences.size, places.size), dtype=np.bool_)
    for name, most in asked.limits.items():
        if name != "time_per_output_token":
            met &= curves.latencies[name][at] <= most
    speed = np.where(met, 1.0 / curves.medians["time_per_output_token"][at], np.nan).ravel()
    energy = np.where(met, curves.watts[at] / curves.rate[at], np.nan).ravel()
    found = np.flatnonzero(on_frontier(-speed, energy))
    found = found[np.argsort(speed[found])]
    candidate, place = sequences[found // places.size], places[found % places.size]
    chosen = curves.taken(candidate)
    nodes = sized(chosen, asked.demand.peak, curves.rate[candidate, place]).serving + asked.reserve
    return Tradeoff(candidate, curves.loads[place], speed[found], energy[found], nodes)
