"""Whole instances and nodes for the hour of highest demand, with a reserve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattquery.capacity.candidates import Array
from wattquery.capacity.curves import Curves
from wattquery.sweeps.whole_nodes import instances_per_node, whole_nodes

__all__ = ["Sizing", "sized"]


@dataclass(frozen=True, eq=False)
class Sizing:
    """By candidate.

    Attributes
    ----------
    serving
        Nodes whose instances serve [1].
    instances
        All that these have room for, and which serve [1].
    left_over
        Accelerators of a node that no instance has room on [1].
    """

    serving: Array
    instances: Array
    left_over: Array


def sized(curves: Curves, peak: float, rate: Array) -> Sizing:
    """Return the nodes that serve a demand.

    Parameters
    ----------
    curves
        The candidates.
    peak
        The demand [1/h].
    rate
        What an instance of each may serve at most [1/h].
    """
    per_node = instances_per_node(curves.size, curves.per_node)
    serving = whole_nodes(peak / rate / per_node, per_node)
    return Sizing(serving, np.asarray(serving * per_node), np.asarray(curves.per_node - per_node * curves.size))
