"""What is known of rows without their own group: every group left out in turn, from one solution with all of them.

With P the inverse of the covariance of all residuals y of an architecture, I those of a group and c the covariance of
an effect with all of them,

    mean = c P y - (c P)_I P_II^-1 (P y)_I        what its variance loses = c P c' - (c P)_I P_II^-1 (P c')_I

so that no group needs a solution of its own: the covariance with the group's own residuals drops out. Weights of wild
rows are those of all rows, and so are the covariances of the levels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.residuals.blocks import block_of, cross_covariance, kernels_between
from wattquery.throughput.load.residuals.places import Places, telling
from wattquery.throughput.load.residuals.posterior import Effects
from wattquery.throughput.load.residuals.wild import settled_weights

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
    inverse = np.linalg.inv(block.covariance(levels, settled_weights(block, levels)))
    solved = inverse @ measured.values
    kernels = kernels_between(places, places)
    for group in set(groups):
        rows = np.flatnonzero(groups == group)
        inside = np.isin(measured.rows, rows)
        if inside.all():
            continue
        cross = cross_covariance(levels[:-1], kernels[:, rows], measured)
        pulled = (cross.reshape(-1, len(measured)) @ inverse).reshape(cross.shape)
        back = np.linalg.inv(inverse[np.ix_(inside, inside)])
        means[rows] = cross @ solved - pulled[:, :, inside] @ (back @ solved[inside])
        less[rows] = pulled @ cross.transpose(0, 2, 1)
        less[rows] -= pulled[:, :, inside] @ back @ pulled[:, :, inside].transpose(0, 2, 1)
    return means, less
