"""Whole instances and nodes for the hour of highest demand, with a reserve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattquery.capacity.candidates import Array
from wattquery.capacity.curves import Curves

__all__ = ["Sizing", "sized"]

ROUNDING = 1e-9
"""By this much of an instance a demand may exceed what whole instances serve."""


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

    No instance is spread over a part of a node: one that is larger than a node has whole ones, and on a node are as
    many others as have room.

    Parameters
    ----------
    curves
        The candidates.
    peak
        The demand [1/h].
    rate
        What an instance of each may serve at most [1/h].
    """
    needed = np.maximum(np.ceil(peak / rate - ROUNDING), 1.0)
    on_a_node = np.maximum(curves.per_node // curves.size, 1)
    nodes_each = np.ceil(curves.size / curves.per_node)
    serving = np.ceil(needed / on_a_node) * nodes_each
    held = np.where(nodes_each > 1.0, curves.size / nodes_each, on_a_node * curves.size)
    return Sizing(serving, serving / nodes_each * on_a_node, np.asarray(curves.per_node - held, dtype=np.float64))
