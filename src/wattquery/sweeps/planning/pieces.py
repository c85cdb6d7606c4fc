"""Which cells of a grid stand for all of it: pieces with data, spread evenly, of the shape that boxes have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wattquery.stores.boxes import Box
from wattquery.sweeps.run import Run
from wattquery.sweeps.study import Study

__all__ = ["piece_at", "share_with_data"]


def share_with_data(run: Run | None) -> float | None:
    """Return the share of all cells that have data, where that is known beforehand; the others take no time [1]."""
    return None if run is None else float(np.mean(run.plan.supported))


def piece_at(study: Study, run: Run | None, chunks: Sequence[int], where: float) -> Box:
    """Return the piece of a grid that lies so far along it.

    Parameters
    ----------
    study
        The grid.
    run
        The same lowered, which knows where data is; or None.
    chunks
        Length of the piece along each dimension.
    where
        How far, from 0 to 1: among the cells with data, where they are known.
    """
    sizes = study.grid.shape
    leading = _leading(run, where)
    places = leading + tuple(min(int(where * size), size - 1) for size in sizes[len(leading) :])
    of_dimensions = [place for place, axis in zip(places, study.grid.axes, strict=True) if axis.is_dimension]
    shape = [axis.size for axis in study.grid.dimensions]
    starts = tuple(place - place % chunk for place, chunk in zip(of_dimensions, chunks, strict=True))
    stops = tuple(min(start + chunk, size) for start, chunk, size in zip(starts, chunks, shape, strict=True))
    return Box(0, starts, stops, 0.0)


def _leading(run: Run | None, where: float) -> tuple[int, ...]:
    """Return the places on the leading axes, which decide whether there is data."""
    if run is None:
        return ()
    supported: NDArray[np.bool_] = run.plan.supported
    known = np.flatnonzero(supported)
    if not known.size:
        return ()
    number = known[min(int(where * known.size), known.size - 1)]
    return tuple(int(place) for place in np.unravel_index(number, supported.shape))
