"""What a sweep takes of memory beside Python and its libraries, from what pieces of it took."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from wattquery.sweeps.planning.boxed import Boxed
from wattquery.sweeps.planning.sizes import bins_of

__all__ = ["memory_of"]

OF_RUN = {"exact": 4_000_000, "monte_carlo": 7_000_000, "quasi_monte_carlo": 11_000_000}
"""By method what the work takes beside its results on one thread: tiles of counts, points of a lattice."""

OF_STORE = 4_000_000
"""What the library of stores takes, and metadata."""

COPIES = 2.1
"""How many times the arrays of a result are there at most: as statistics by cell, and labelled."""

COPIES_OF_KEPT = 1.85
"""The same of kept histograms, each of which has the bins of its own cell before it is put beside the others."""

COPIES_IN_BOX = {"exact": 6.0, "monte_carlo": 4.0, "quasi_monte_carlo": 4.0}
"""How many times the arrays of a box are there while it is solved, put together, compressed and written."""

AT_ONCE = {"exact": 0.25, "monte_carlo": 1.0, "quasi_monte_carlo": 0.5}
"""Which share of the other threads has as much in memory at the same time. Boxes that take long are solved for most of
it, and those that begin together are rarely written together."""

KEPT_BINS = frozenset({"bin", "node"})


def memory_of(pieces: Sequence[xr.Dataset], method: str, boxes: Boxed, *, in_parts: bool, workers: int) -> int:
    """Return what a sweep takes at most [bytes].

    Parameters
    ----------
    pieces
        Some of its grid, solved.
    method
        How it is computed.
    boxes
        How the grid is divided.
    in_parts
        Whether boxes are all that is in memory: a store has the rest, or nobody.
    workers
        Threads that solve boxes here at a time.
    """
    plain, kept = _bytes_of_a_cell(pieces, bins_of(pieces))
    if not in_parts:
        return round(OF_RUN[method] * _threads(workers) + boxes.cells * (COPIES * plain + COPIES_OF_KEPT * kept))
    wide = kept if boxes.window is None else _bytes_of_a_cell(pieces, boxes.window.bins)[1]
    # Solved, labelled, on the bins of the store, and compressed.
    others = workers - 1.0 if method == "monte_carlo" else min(workers, max(1.0, boxes.count / 2)) - 1.0
    cells = min((1.0 + AT_ONCE[method] * others) * boxes.cells, boxes.total)
    each = COPIES_IN_BOX[method] * plain + COPIES_OF_KEPT * kept + 2.0 * wide
    return round(OF_RUN[method] * _threads(workers) + OF_STORE + cells * each)


def _threads(workers: int) -> float:
    """Return how many times what one thread takes several do: some of it is shared."""
    return (1 + workers) / 2


def _bytes_of_a_cell(pieces: Sequence[xr.Dataset], bins: int) -> tuple[float, float]:
    """Return the bytes of a cell of a result, and of its histogram where that has so many bins."""
    plain, kept = [], []
    for piece in pieces:
        of_bins = [one.nbytes for one in piece.data_vars.values() if not KEPT_BINS.isdisjoint(map(str, one.dims))]
        cells, own = piece["supported"].size, piece.sizes.get("bin", 0)
        plain.append((sum(one.nbytes for one in piece.data_vars.values()) - sum(of_bins)) / cells)
        kept.append(sum(of_bins) / cells * bins / own if own else 0.0)
    return float(np.mean(plain)), float(np.mean(kept))
