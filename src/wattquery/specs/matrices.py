"""Square matrices that users pass, read by the labels of their rows and columns where they have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, listed
from wattquery.specs.containers import check_keys, check_once, check_unmasked
from wattquery.specs.labelled import coordinate_of, is_of, labels_unless_numbered
from wattquery.specs.scalars import shown

__all__ = ["square"]


def square(value: object, name: str, labels: Sequence[Any], known: Sequence[Any] = ()) -> NDArray[np.float64]:
    """Return a square matrix with one row and one column per label, in their order.

    A DataFrame, or a DataArray with coordinates, is read by the labels of its rows and columns; what has none by
    position. It may have further rows and columns for labels that are ``known``.

    Raises
    ------
    InputTypeError, InputError
        If it is no matrix of numbers, or its labels are not these.
    """
    check_unmasked(value, name)
    if isinstance(value, (str, bytes, range, Mapping, set, frozenset)) or value is None:
        raise InputTypeError(f"{name} must be a square matrix of numbers, got {shown(value)}. Pass a list of rows.")
    axes = _axis_labels(value)
    try:
        entries = np.array(value, dtype=object)
        if any(isinstance(entry, (str, bytes)) for entry in entries.ravel()):
            raise TypeError
        matrix = entries.astype(np.float64)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise InputTypeError(
            f"{name} must be a square matrix of numbers, got {shown(value)}. Write for example [[1, 0.5], [0.5, 1]]."
        ) from error
    size = len(labels)
    if all(axis is None for axis in axes):
        if matrix.shape != (size, size):
            raise InputError(
                f"{name} must be a {size} x {size} matrix for the labels {listed(labels)}, got the shape "
                f"{matrix.shape}. Give it a row and a column for each."
            )
        return matrix
    for axis, which in zip(axes, ("rows", "columns"), strict=True):
        if axis is None:
            raise InputError(
                f"{name} must have the same labels for rows and columns, or none at all, got labels on one side only. "
                "Label both."
            )
        check_once(axis, f"{name} ({which})")
        check_keys(dict.fromkeys(axis), f"{name} ({which})", labels, "entry", known)
    order = [[axis.index(label) for label in labels] for axis in axes if axis is not None]
    return np.asarray(matrix[np.ix_(*order)])


def _axis_labels(value: Any) -> tuple[list[Any] | None, list[Any] | None]:
    """Return the labels of the rows and columns of a matrix."""
    if is_of(value, "pandas", "DataFrame"):
        return labels_unless_numbered(value.index), labels_unless_numbered(value.columns)
    if is_of(value, "xarray", "DataArray") and value.ndim == 2:
        return coordinate_of(value, value.dims[0]), coordinate_of(value, value.dims[1])
    return None, None
