"""Folds of several kinds, shared by several processes, as one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.throughput.load import Observations
from wattquery.validation.folds import FEWEST_ROWS, Fold, folds
from wattquery.validation.left_out import CALIBRATED, left_out
from wattquery.validation.load_model import Configuration, Fit

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Told", "cross_validate"]

Told = Callable[[int, int, Fold], None]
"""Is told how many folds are done, of how many, and the last of them."""


@dataclass(frozen=True, eq=False)
class _Work:
    """What all folds share; sent to each process once."""

    rows: Observations
    configurations: NDArray[np.object_] | None
    fit: Fit
    start: Any
    points: tuple[int, ...]

    def table(self, fold: Fold) -> pd.DataFrame:
        return left_out(
            self.rows, fold, self.fit, start=self.start, configurations=self.configurations, points=self.points
        )


def cross_validate(
    rows: Observations,
    by: str | Sequence[str],
    fit: Fit,
    *,
    start: Any = None,
    configuration: Configuration | None = None,
    points: Sequence[int] = (),
    fewest: int = FEWEST_ROWS,
    processes: int = 1,
    told: Told | None = None,
) -> pd.DataFrame:
    """Return what fits without each fold say of its rows.

    Parameters
    ----------
    rows
        Operating points. What was measured of the rows that are left out is hidden from the model.
    by
        One or several of `wattquery.validation.KINDS`.
    fit
        Fits a model to rows; called as ``fit(rows, start=start)``. In several processes it must be a function of a
        module that they can import.
    start
        A model whose parameters are where each fit begins, such as that of all rows. It saves time and must change
        nothing: a fit that ends elsewhere from another start has not converged.
    configuration
        Gives the keys of configurations, for folds of them and for ``points``.
    points
        For each number here the predictions of folds by architecture are made once more, calibrated by so many
        measured points of each configuration, which are not predicted themselves.
    fewest
        Rows of a label that has a fold of its own [1].
    processes
        Processes that share the folds [1]; with 1, all is done in this one.
    told
        Called after each fold, in this process.

    Returns
    -------
    pandas.DataFrame
        A row for each measured number of each fold: ``by``, ``fold``, ``points`` (how many measured points calibrated,
        0 for none), then the columns of `long_table`. The order does not depend on ``processes``.

    Raises
    ------
    InputError
        If a kind of folds is not known, the keys of configurations are needed and cannot be had, there are no rows, or
        ``processes`` is not 1 or more.
    """
    import pandas as pd

    kinds = (by,) if isinstance(by, str) else tuple(by)
    keys = _keys(rows, kinds, configuration, points)
    tasks = [fold for kind in kinds for fold in folds(rows, kind, configurations=keys, fewest=fewest)]
    if not tasks:
        raise InputError(
            f"Cross-validation by {' and '.join(kinds) or 'nothing'} of {len(rows)} rows has no folds. It needs rows "
            "of two labels, or architectures with several configurations; pass more rows or another kind of folds."
        )
    if processes < 1:
        raise InputError(f"processes must be at least 1, got {processes}. Leave it out to do all in this process.")
    work = _Work(rows, keys, fit, start, tuple(points))
    tables: dict[int, pd.DataFrame] = {}
    for number, table in _done(work, tasks, processes):
        tables[number] = table
        if told is not None:
            told(len(tables), len(tasks), tasks[number])
    return pd.concat([tables[number] for number in range(len(tasks))], ignore_index=True)


def _keys(
    rows: Observations, kinds: Sequence[str], configuration: Configuration | None, points: Sequence[int]
) -> NDArray[np.object_] | None:
    if configuration is not None:
        return configuration(rows)
    if points and CALIBRATED in kinds:
        raise InputError(
            f"points={tuple(points)} calibrate rows of the same configuration, and configuration was not given. Pass a "
            "function that returns the keys of configurations, or no points."
        )
    return None


def _done(work: _Work, tasks: Sequence[Fold], processes: int) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield tables as they are finished, with the numbers of their folds."""
    if processes == 1:
        for number, fold in enumerate(tasks):
            yield number, work.table(fold)
        return
    # Started anew: a fork would take along locks of threads that it does not have.
    context = get_context("spawn")
    largest_first = sorted(range(len(tasks)), key=lambda number: -len(tasks[number].rows))
    with ProcessPoolExecutor(processes, context, initializer=_receive, initargs=(work,)) as pool:
        waiting = {pool.submit(_table, tasks[number]): number for number in largest_first}
        while waiting:
            finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for one in finished:
                yield waiting.pop(one), one.result()


_received: list[_Work] = []


def _receive(work: _Work) -> None:
    _received[:] = [work]


def _table(fold: Fold) -> pd.DataFrame:
    return _received[0].table(fold)
