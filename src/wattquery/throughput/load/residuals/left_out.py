"""What is known of rows without their own group: every group left out in turn, from one solution with all of them.

With P the inverse of the covariance of all residuals of an architecture, that of the residuals R outside a group I is

    K_RR^-1 = P_RR - P_RI P_II^-1 P_IR

so that no group needs a solution of its own. Weights of wild rows are those of all rows, and so are the covariances of
the levels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.residuals.blocks import block_of, cross_covariance, kernels_between
from wattquery.throughput.load.residuals.places import Places, telling
from wattquery.throughput.load.residuals.posterior import Effects, settled_weights

__all__ = ["left_out"]

Array = NDArray[np.float64]


def left_out(levels: Array, places: Places, residuals: Array, groups: NDArray[np.object_]) -> Effects:
    """Return the effects of every row, given the rows of its architecture that are not of its group.

    Parameters
    ----------
    levels
        Covariances of the outputs at each level, the row's own last.
    places, residuals
        The rows, and measured minus predicted of the logarithms of `QUANTITIES`, NaN where nothing was measured.
    groups
        A label per row, such as its configuration. Rows of several architectures with one label are left out together,
        which is the same as apart.
    """
    mean = np.zeros((len(places), 3))
    covariance = np.tile(levels.sum(axis=0), (len(places), 1, 1))
    for name in set(places.architecture):
        mine = np.flatnonzero(places.architecture == name)
        means, less = _of_architecture(levels, places.take(mine), residuals[mine], groups[mine])
        mean[mine] = means
        covariance[mine] -= less
    return Effects(mean, covariance, places.decode_share)


def _of_architecture(
    levels: Array, places: Places, residuals: Array, groups: NDArray[np.object_]
) -> tuple[Array, Array]:
    """Means of the outputs, and what their covariances lose."""
    means, less = np.zeros((len(places), 3)), np.zeros((len(places), 3, 3))
    measured = telling(places, residuals)
    if not len(measured):
        return means, less
    block = block_of(places, measured)
    inverse = np.linalg.inv(block.covariance(levels, settled_weights(block, levels, len(places))))
    solved = inverse @ measured.values
    kernels = kernels_between(places, places)
    for group in set(groups):
        rows = np.flatnonzero(groups == group)
        inside = np.isin(measured.rows, rows)
        if inside.all():
            continue
        out, rest = np.flatnonzero(inside), np.flatnonzero(~inside)
        carry = np.linalg.solve(inverse[np.ix_(out, out)], inverse[np.ix_(out, rest)])
        cross = cross_covariance(levels[:-1], kernels[:, rows], measured)[:, :, rest]
        means[rows] = cross @ (solved[rest] - carry.T @ solved[out])
        flat = cross.reshape(-1, len(rest))
        gained = flat @ inverse[np.ix_(rest, rest)] - (flat @ carry.T) @ inverse[np.ix_(out, rest)]
        less[rows] = np.einsum("ran,rbn->rab", gained.reshape(cross.shape), cross)
    return means, less
