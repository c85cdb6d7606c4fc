"""What containers of pandas and xarray have: their labels and their values.

Both are looked up, not imported: an object of theirs can only be there if they are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = [
    "coordinate_of",
    "dimensions_of",
    "is_labelled",
    "is_listlike",
    "is_of",
    "labels_of",
    "labels_unless_numbered",
    "numbering_of",
    "values_of",
]


def is_labelled(value: object) -> bool:
    """Return whether a value is a container of pandas or xarray."""
    return is_of(value, "pandas", "Series", "Index", "DataFrame") or is_of(value, "xarray", "DataArray")


def is_listlike(value: object) -> bool:
    """Return whether a value has several values in an order: a list, tuple, range, array or Series, for example."""
    if isinstance(value, (list, tuple, range, np.ndarray)) or is_labelled(value):
        return True
    return is_of(value, "pandas", "api.extensions.ExtensionArray")


def is_of(value: object, module: str, *names: str) -> bool:
    """Return whether a value is of a class of a library that may not have been imported."""
    if type(value).__module__ == "builtins":
        return False  # most values are numbers, text and lists, and every argument comes by here several times
    library = sys.modules.get(module)
    return library is not None and any(isinstance(value, kind) for kind in _kinds(library, names))


def dimensions_of(value: object) -> int:
    """Return the number of dimensions; 1 for what does not say."""
    return int(getattr(value, "ndim", 1))


def values_of(value: Any) -> list[Any]:
    """Return the elements as builtins where NumPy has them."""
    if is_of(value, "xarray", "DataArray"):
        value = np.atleast_1d(value.values)
    elif is_labelled(value) or is_of(value, "pandas", "api.extensions.ExtensionArray"):
        return list(value)  # with pd.NA as it is; as an array it would be NaN or text
    return list(value.tolist()) if isinstance(value, np.ndarray) and value.dtype.kind != "M" else list(value)


def labels_of(value: Any) -> list[Any] | None:
    """Return the labels of a Series or DataArray of one dimension, ``None`` where it has none."""
    if is_of(value, "xarray", "DataArray"):
        return coordinate_of(value, value.dims[0]) if value.ndim else None
    if is_of(value, "pandas", "Series"):
        return labels_unless_numbered(value.index)
    return None  # an Index holds values, not labels of them


def numbering_of(value: Any) -> list[Any] | None:
    """Return the numbers that pandas gave the values of a Series, ``None`` for anything else."""
    return list(value.index.tolist()) if is_of(value, "pandas", "Series") else None


def coordinate_of(array: Any, dim: object) -> list[Any] | None:
    """Return the labels of a dimension of a DataArray, ``None`` where it has none."""
    if dim not in array.coords:
        return None
    labels = array[dim].values
    return list(labels) if labels.dtype.kind == "M" else list(labels.tolist())  # the latter would make dates numbers


def labels_unless_numbered(index: Any) -> list[Any] | None:
    """Return the labels of a pandas index, ``None`` if it only numbers its rows from 0."""
    labels = list(index.tolist())
    return None if is_of(index, "pandas", "RangeIndex") and labels == list(range(len(labels))) else labels


def _kinds(library: object, names: Iterable[str]) -> Iterable[type]:
    for name in names:
        kind: Any = library
        for part in name.split("."):
            kind = getattr(kind, part, None)
        if isinstance(kind, type):
            yield kind
