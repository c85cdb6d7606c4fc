"""Any number of rows to few nodes that have the same means: a weighted k-d partition."""

from __future__ import annotations

import heapq

import numpy as np

from wattquery.specs.joint_lengths.rows import Rows

__all__ = ["compressed"]


def compressed(rows: Rows, nodes: int) -> Rows:
    """Return at most so many nodes, each with the mean lengths and the weight of its rows."""
    log = np.log(np.maximum(np.stack(rows.lengths), 1.0))
    w = rows.weights
    count = 0

    def entry(index):  # type: ignore[no-untyped-def]
        nonlocal count
        count += 1
        x, m = log[:, index], w[index]
        mass = m.sum()
        mean = (x * m).sum(axis=1) / mass
        spread = ((x - mean[:, None]) ** 2 * m).sum(axis=1) / mass
        axis = int(np.argmax(spread))
        return (-mass * spread[axis], count, index, axis, mean[axis])

    heap = [entry(np.arange(len(w)))]
    while len(heap) < nodes and heap[0][0] < 0.0:
        _, _, index, axis, middle = heapq.heappop(heap)
        low = log[axis, index] <= middle
        heapq.heappush(heap, entry(index[low]))
        heapq.heappush(heap, entry(index[~low]))
    groups = [one[2] for one in heap]
    masses = np.array([w[g].sum() for g in groups])
    means = [np.array([(c[g] * w[g]).sum() / m for g, m in zip(groups, masses, strict=True)]) for c in rows.lengths]
    return Rows(means[0], means[1], np.minimum(means[2], means[1]), masses)
