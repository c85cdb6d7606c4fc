"""Boxes solved by workers elsewhere, whose statistics are put together in memory: the result is that of one process."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.engine.display import expect
from wattquery.engine.executor import Executor, ShareDone
from wattquery.errors import InputError
from wattquery.interrupts import heard_once
from wattquery.methods.statistics import Statistics
from wattquery.stores.boxes import Box, boxes, chunk_shape
from wattquery.stores.memory import StatisticsInMemory
from wattquery.sweeps.blockwise.laid_out import most_cells
from wattquery.sweeps.blockwise.work import study_of_box
from wattquery.sweeps.dataset import to_dataset
from wattquery.sweeps.run import Computed, compute, prepare
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

__all__ = ["StatisticsOfBox", "gathered_sweep"]

BOXES_PER_WORKER = 4
"""Boxes that each worker has at least, where there are so many cells: all are at work until shortly before the end."""


@dataclass(frozen=True, eq=False)
class StatisticsOfBox:
    """The work on a box that ends with its statistics: all else of a result is known without the workers.

    Attributes
    ----------
    study
        The whole.
    settings
        How to compute.
    """

    study: Study
    settings: Settings

    def __call__(self, box: Box) -> Statistics:
        """Return the statistics of a box, whose cells have the numbers that they have in the whole."""
        settings = replace(self.settings, threads=1, progress=None)
        found = compute(study_of_box(self.study, box.ranges), settings).statistics
        return found.numbered(_cells(box, tuple(axis.size for axis in self.study.grid.dimensions)))


def gathered_sweep(study: Study, settings: Settings, executor: Executor) -> xr.Dataset:
    """Return the sweep of a study, whose boxes an executor solves.

    Raises
    ------
    InputError
        If the result does not fit in memory, or an error is to be reached, which all cells decide on together.
    """
    if settings.relative_stderr is not None:
        raise InputError(
            f"relative_stderr must be left out with client, got {settings.relative_stderr!r}: all cells together "
            "decide on the draws, and workers know some of them each; pass draws."
        )
    run = prepare(study, settings)
    shape = tuple(axis.size for axis in study.grid.dimensions)
    wanted = math.ceil(study.grid.size / (BOXES_PER_WORKER * executor.workers))
    chunks = chunk_shape(shape, min(most_cells(settings, study.grid.size), wanted))
    store = StatisticsInMemory(study.grid.size, settings.levels, settings.keep_histogram)
    expect(settings.progress, cells=run.plan.cells.size, draws=run.plan.cells.size * run.draws)
    done = ShareDone(settings.progress)
    with heard_once(), closing(executor.map(StatisticsOfBox(study, settings), boxes(shape, chunks))) as results:
        for box, part in results:
            store.put(part)
            done.add(box.share)
    done.finish()
    store.statistics.draws = run.draws
    return to_dataset(Computed(run, store.statistics))


def _cells(box: Box, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the numbers of the cells of a box among those of the grid."""
    if not shape:
        return np.zeros(1, dtype=np.int64)
    return np.ravel_multi_index(np.ix_(*box.ranges), shape).ravel().astype(np.int64)
