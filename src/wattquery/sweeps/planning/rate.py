"""Some of a grid solved on this machine, on as many threads as all of it would be: how long a cell takes, and a box.

Pieces grow until one of them takes long enough to be timed. Where its draws are fewer than those asked for, two numbers
of draws tell what a draw takes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import xarray as xr

from wattquery.engine.threads import Threads
from wattquery.methods.replicates import REPLICATES
from wattquery.stores.boxes import Box, chunk_shape
from wattquery.sweeps.blockwise.work import SweepOfBox
from wattquery.sweeps.planning.pieces import piece_at
from wattquery.sweeps.planning.sizes import shelf
from wattquery.sweeps.run import Run
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

__all__ = ["Measured", "measured"]

ENOUGH = 0.3
"""Seconds of a piece that can be timed: what every piece costs, whatever its size, is then a small part of it."""

TELLING = 2.0
"""How many times as long a piece takes with so many draws that what a draw takes can be told."""

REPETITIONS = 2
"""How often every thread solves a piece, each time elsewhere in the grid."""

FEWEST_CELLS = 16
FEWEST_DRAWS = {"exact": 0, "monte_carlo": 4096, "quasi_monte_carlo": REPLICATES * 2**6}
"""With which pieces begin."""


@dataclass(frozen=True)
class Measured:
    """The times of pieces, and their results.

    Attributes
    ----------
    solving
        Of each piece, seconds for each of its cells that has data, with all draws that were asked for.
    writing
        Of each piece, seconds in which it was written; none where nothing is.
    shares
        Of each piece, the share of its cells that has data [1].
    seconds
        How long all of it took.
    pieces
        Their results.
    """

    solving: tuple[float, ...]
    writing: tuple[float, ...]
    shares: tuple[float, ...]
    seconds: float
    pieces: tuple[xr.Dataset, ...]


@dataclass(frozen=True, eq=False)
class _Timed:
    """Solves a piece with few and with more draws, and writes it to memory if wanted, by the clock."""

    study: Study
    settings: Settings
    draws: int
    writes: bool

    def __call__(self, piece: Box) -> tuple[float, float, xr.Dataset]:
        """Return seconds of solving it with all draws, seconds of writing it, and its result."""
        seconds, ds = self.solved(piece, self.draws)
        if self.draws < self.settings.draws:
            fewer = FEWEST_DRAWS[self.settings.method]
            less, _ = self.solved(piece, fewer)
            # More draws that took no longer were timed badly: then all of the time is that of draws.
            of_a_draw = max(seconds - less, 0.0) / (self.draws - fewer) if self.draws > fewer else 0.0
            of_a_draw = of_a_draw or seconds / self.draws
            seconds += of_a_draw * (self.settings.draws - self.draws)
        return seconds, self._written(ds) if self.writes else 0.0, ds

    def solved(self, piece: Box, draws: int) -> tuple[float, xr.Dataset]:
        """Return how long it takes with so many draws, and what comes out."""
        work = SweepOfBox(self.study, replace(self.settings, draws=draws, relative_stderr=None))
        start = time.perf_counter()
        ds = work.solve(piece)
        return time.perf_counter() - start, ds

    def _written(self, ds: xr.Dataset) -> float:
        arrays, _ = shelf(ds)
        start = time.perf_counter()
        for name, array in arrays.items():
            array[...] = ds[name].values
        return time.perf_counter() - start


def measured(
    study: Study, settings: Settings, run: Run | None, chunks: Sequence[int], *, workers: int, writes: bool
) -> Measured:
    """Return how long pieces of a grid take.

    Parameters
    ----------
    study, settings
        What would be computed, and how, with the draws of each cell.
    run
        The study lowered, or None.
    chunks
        The shape of boxes, which pieces have as well as far as they are as large.
    workers
        Threads that solve pieces at once, as they would solve the whole.
    writes
        Whether pieces are written too, to memory, with the codecs of a store.
    """
    began = time.perf_counter()
    cells, draws = _size(study, settings, run, chunks)
    work = _Timed(study, settings, draws, writes)
    count = REPETITIONS * workers
    shape = chunk_shape(chunks, cells)
    places = [piece_at(study, run, shape, (number + 0.5) / count) for number in range(count)]
    found = list(Threads(workers).map(work, places))
    shares = [float(ds["supported"].mean()) for _, (_, _, ds) in found]
    return Measured(
        solving=tuple(
            seconds / (piece.size * (share or 1.0))
            for (piece, (seconds, _, _)), share in zip(found, shares, strict=True)
        ),
        writing=tuple(seconds for _, (_, seconds, _) in found),
        shares=tuple(shares),
        seconds=time.perf_counter() - began,
        pieces=tuple(ds for _, (_, _, ds) in found),
    )


def _size(study: Study, settings: Settings, run: Run | None, chunks: Sequence[int]) -> tuple[int, int]:
    """Return cells and draws with which a piece takes long enough; on the way there, all kernels are compiled.

    Cells come first: those of a box share much of their work, and a cell of a smaller piece takes longer.
    """
    whole, cells = math.prod(chunks), min(FEWEST_CELLS, math.prod(chunks))
    fewest = draws = min(FEWEST_DRAWS[settings.method], settings.draws)
    timed = _Timed(study, settings, draws, writes=False)

    def seconds() -> float:
        return timed.solved(piece_at(study, run, chunk_shape(chunks, cells), 0.5), draws)[0]

    seconds()
    taken = seconds()
    while cells < whole and taken < ENOUGH:
        cells = min(4 * cells, whole)
        taken = seconds()
    least = taken
    while draws < settings.draws and (draws == fewest or taken < TELLING * least):
        draws = min(4 * draws, settings.draws)
        taken = seconds()
    return cells, draws
