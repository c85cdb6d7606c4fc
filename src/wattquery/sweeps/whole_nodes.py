"""How instances stand on nodes: as many as have room on one, or several nodes for one instance; and nodes are whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["ROUND_OFF", "instances_per_node", "whole_nodes"]

Array = NDArray[np.float64]

ROUND_OFF = 1e-9
"""By how much a number of nodes may exceed a whole one."""


def instances_per_node(accelerators: ArrayLike, of_node: ArrayLike) -> Array:
    """Return how many instances have room on a node, below 1 where one takes several nodes [1].

    No instance is spread over a part of a node.

    Parameters
    ----------
    accelerators, of_node
        Accelerators of an instance, and of a node [1].

    Examples
    --------
    >>> instances_per_node([3, 8, 12], 8).tolist()
    [2.0, 1.0, 0.5]
    """
    fitting = np.floor_divide(of_node, accelerators)
    return np.where(fitting >= 1.0, fitting, 1.0 / np.ceil(np.divide(accelerators, of_node)))


def whole_nodes(needed: Array, per_node: Array | float) -> Array:
    """Return whole nodes: those of whole instances where one takes several, and some wherever there is demand [1].

    Parameters
    ----------
    needed
        Nodes that the demand fills, no whole number [1].
    per_node
        Of `instances_per_node` [1].

    Examples
    --------
    >>> whole_nodes(np.array([0.0, 0.001, 2.1]), 1.0).tolist(), whole_nodes(np.array([2.1]), 0.5).tolist()
    ([0.0, 1.0, 3.0], [4.0])
    """
    together = np.maximum(1.0 / per_node, 1.0)
    return np.asarray(np.maximum(np.ceil(needed / together - ROUND_OFF), needed > 0.0) * together)
