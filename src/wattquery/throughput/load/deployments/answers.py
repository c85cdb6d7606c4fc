"""How operating points answer to the numbers of their cells, where a load is a share of what fits or a number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.load.elasticities import ANSWERS, BATCH, MOVED, fill_elasticities
from wattquery.kernels.load.numbers import FULL_CACHE_BYTES
from wattquery.throughput.load.deployments.points import Points

__all__ = ["Answers", "answers_of"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

_CACHE = MOVED.index(FULL_CACHE_BYTES)


@dataclass(frozen=True, eq=False)
class Answers:
    """Elasticities by each of `MOVED`, (pairs, loads, numbers).

    Attributes
    ----------
    time
        Of the time per token of all sequences, the inverse of the throughput.
    power
        Of the power of a busy accelerator.
    per_token, first_token
        Of the time per token of one sequence, and of the time to its first one.
    """

    time: Array
    power: Array
    per_token: Array
    first_token: Array

    def covariance(self, moves: Array) -> Array:
        """Return the covariance of the logarithms of time, power and both latencies, (pairs, loads, 4, 4).

        Parameters
        ----------
        moves
            Covariance of the logarithms of the numbers, (pairs, numbers, numbers).
        """
        every = np.stack([self.time, self.power, self.per_token, self.first_token], axis=2)
        flat = every.reshape(len(every), -1, BATCH)
        found: Array = (flat @ moves).reshape(every.shape) @ every.transpose(0, 1, 3, 2)
        return found


def answers_of(points: Points, pairs: Integers) -> Answers:
    """Return how some pairs of instance and lengths answer, at all their loads.

    Where memory sets how many sequences fit, a load is a share of that: a cache of more bytes makes the batch smaller.
    """
    batch = running(points.batch[pairs])
    out = np.empty((*batch.shape, len(ANSWERS), BATCH + 1))
    fill_elasticities(
        np.ascontiguousarray(points.numbers.T),
        points.instance[pairs],
        np.ascontiguousarray(points.drivers[:, pairs].T),
        batch,
        out,
    )
    every = [out[:, :, number] for number in range(len(ANSWERS))]
    every[0][:, :, BATCH] -= 1.0
    follows = points.by_memory[pairs, None] & (batch > 1.0)
    for one in every:
        one[:, :, _CACHE] -= np.where(follows, one[:, :, BATCH], 0.0)
    return Answers(*(one[:, :, :BATCH] for one in every))


def running(batch: Array) -> Array:
    """Return how many sequences run while an instance is busy, 1 where there is no number [1]."""
    return np.where(batch > 1.0, batch, 1.0)
