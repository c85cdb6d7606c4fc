"""The last check of a result: an energy that no query has is never printed, wherever it came from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from wattquery.errors import InputError
from wattquery.specs.grid import Grid

__all__ = ["LARGEST_ENERGY", "SMALLEST_ENERGY", "cell_labels", "check_energies"]

SMALLEST_ENERGY, LARGEST_ENERGY = 1e-30, 1e12
"""Energies of a query between which results must lie [Wh]: far less than one bit takes to be erased at room temperature
(1e-24), and a terawatt-hour. Beyond them, an argument or a row is in another unit or not identified."""


def check_energies(energies: ArrayLike, where: Callable[[int], str]) -> None:
    """Refuse energies that are not finite, or of a magnitude that no query has.

    Parameters
    ----------
    energies
        Quantiles and means of cells that have data [Wh], one row per cell.
    where
        Says in words which cell a row is; empty where there is one only.

    Raises
    ------
    InputError
        For the first such cell.

    Examples
    --------
    >>> check_energies([[0.1, 0.4], [0.2, 1.6e206]], lambda row: f"model={'AB'[row]!r}")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    wattquery.errors.InputError: The energy of a query at model='B' would be 1.6e+206 Wh. It must be between 1e-30...
    """
    values = np.asarray(energies, dtype=np.float64)
    wrong = ~((values >= SMALLEST_ENERGY) & (values <= LARGEST_ENERGY))
    if not wrong.any():
        return
    row, column = (int(place[0]) for place in np.nonzero(wrong))
    at = where(row)
    raise InputError(
        f"The energy of a query{f' at {at}' if at else ''} would be {values[row, column]:.3g} Wh. It must be between "
        f"{SMALLEST_ENERGY:g} and {LARGEST_ENERGY:g} Wh. Check the units of the factors, the lengths and the "
        "throughputs of the catalog's rows."
    )


def cell_labels(grid: Grid, cell: int) -> str:
    """Return the labels of a cell on all axes that have several."""
    place = np.unravel_index(cell, grid.shape)
    return ", ".join(
        f"{axis.name}={axis.labels[int(i)]!r}" for axis, i in zip(grid.axes, place, strict=True) if axis.size > 1
    )
