"""Lists, arrays and labelled containers that users pass: read by label where they have labels, by position elsewhere.

Arguments that take several values come through here, so that all of them treat a container alike. pandas and xarray are
looked up, not imported: an object of theirs can only be there if they are.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.specs.scalars import finite, shown

__all__ = ["as_mapping", "check_unmasked", "is_labelled", "is_listlike", "items", "numbers", "one_per_label", "square"]

_UNNAMED = re.compile(r"dim_\d+")
"""What xarray calls a dimension that was not given a name."""

MOST_OF_A_RANGE = 10**7
"""Elements of a range, which is a few words however many it has."""


def check_unmasked(value: object, name: str) -> None:
    """Refuse a masked array: what lies under a mask is not a value, and NumPy passes it on without a word.

    Raises
    ------
    InputTypeError
        If it is one.
    """
    if value is np.ma.masked:
        raise InputTypeError(f"{name} must be a number that is known, got np.ma.masked, which is no value. Fill it in.")
    if isinstance(value, np.ma.MaskedArray):
        raise InputTypeError(
            f"{name} must be an array of which every value counts, got a masked array. Pass array.compressed() to "
            "leave out what is masked, or array.filled(...) to fill it in."
        )


def is_labelled(value: object) -> bool:
    """Return whether a value is a container of pandas or xarray."""
    return _is(value, "pandas", "Series", "Index", "DataFrame") or _is(value, "xarray", "DataArray")


def is_listlike(value: object) -> bool:
    """Return whether a value has several values in an order: a list, tuple, range, array or Series, for example."""
    if isinstance(value, (list, tuple, range, np.ndarray)) or is_labelled(value):
        return True
    return _is(value, "pandas", "api.extensions.ExtensionArray")


def as_mapping(value: object, name: str, known: Sequence[Any] = ()) -> object:
    """Return a Series or DataArray as a dict by its labels, or as a list where it has none; anything else as it is.

    A Series that is numbered 0, 1, 2, ... as pandas numbers what has no labels, has none, unless these numbers are the
    labels that are ``known`` to be wanted.

    Raises
    ------
    InputError
        If a label comes twice.
    InputTypeError
        If it has two dimensions or more, or is a masked array.
    """
    check_unmasked(value, name)
    if _is(value, "pandas", "api.extensions.ExtensionArray"):
        return _values(value)
    if not is_labelled(value):
        return value
    _check_flat(value, name)
    labels, values = _labels(value), _values(value)
    if labels is None and set(known) == set(range(len(values))):
        labels = _numbering(value)
    if _dimensions(value) == 0:
        return values[0]
    if labels is None:
        return values
    by_label = dict(zip(labels, values, strict=True))
    if len(by_label) < len(labels):
        _check_once(labels, name)
    return by_label


def items(value: object, name: str) -> list[Any]:
    """Return the elements of a list-like value, for which labels say nothing: samples, levels, names.

    Raises
    ------
    InputTypeError
        If it is no list, tuple, range, 1-D array, Series, Index or DataArray, or is a masked array.
    """
    check_unmasked(value, name)
    if not is_listlike(value):
        raise InputTypeError(
            f"{name} must be a list, a tuple, a 1-D array or a pandas Series, got {shown(value)}. Convert it with "
            "list(...)."
        )
    _check_flat(value, name)
    if isinstance(value, range) and len(value) > MOST_OF_A_RANGE:
        raise InputError(
            f"{name} = {value!r} has more than {MOST_OF_A_RANGE:,} elements, which nobody could use. Pass fewer."
        )
    return _values(value)


def numbers(value: object, name: str) -> tuple[float, ...]:
    """Return the elements of a list-like value as finite floats.

    Raises
    ------
    InputTypeError, InputError
        If it is not list-like, or an element is not a finite number.
    """
    check_unmasked(value, name)
    array = value.to_numpy() if is_labelled(value) and hasattr(value, "to_numpy") else value
    if isinstance(array, np.ndarray) and array.ndim == 1 and array.dtype.kind in "iuf" and np.isfinite(array).all():
        # One by one would take seconds for a million.
        return tuple((array.astype(np.float64) + 0.0).tolist())
    elements = items(value, name)
    if any(is_listlike(element) for element in elements):
        raise InputTypeError(
            f"{name} must be a list, a tuple, a 1-D array or a pandas Series of numbers, got {shown(value)}, which "
            "holds lists. Pass one of the lists, or join them."
        )
    return tuple(finite(element, f"{name}[{i}]") for i, element in enumerate(elements))


def one_per_label(value: object, name: str, labels: Sequence[Any], what: str = "value", among: str = "") -> list[Any]:
    """Return one element for each of the labels, in their order.

    A mapping, Series or DataArray is read by its labels, which must be these in any order; what has no labels is read
    by position.

    Parameters
    ----------
    value
        What a user passed.
    name
        The argument's name.
    labels
        The labels, in the order in which elements are returned.
    what
        What an element is, for messages.
    among
        The dimension that a DataArray must have, if it is known.

    Raises
    ------
    InputTypeError, InputError
        If it is no container of this kind, a label is unknown, missing or there twice, or the number of elements is
        another one.
    """
    dim = (
        str(getattr(value, "dims", (among,))[0]) if _is(value, "xarray", "DataArray") and _dimensions(value) else among
    )
    if among and dim != among and not _UNNAMED.fullmatch(dim):
        raise InputError(
            f"{name} must have the dimension {among!r}, got {dim!r}. Rename it: array.rename({dim}={among!r})."
        )
    value = as_mapping(value, name, labels)
    if isinstance(value, Mapping):
        _check_keys(value, name, labels, what)
        return [value[label] for label in labels]
    elements = items(value, name)
    if len(elements) != len(labels):
        raise InputError(
            f"{name} must have one {what} for each of the {_count(len(labels), 'label')} {listed(labels)}, got "
            f"{_count(len(elements), what)}. Write a dict by label: {name}={{{labels[0]!r}: ...}}."
        )
    return elements


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
        _check_once(axis, f"{name} ({which})")
        _check_keys(dict.fromkeys(axis), f"{name} ({which})", labels, "entry", known)
    order = [[axis.index(label) for label in labels] for axis in axes if axis is not None]
    return np.asarray(matrix[np.ix_(*order)])


def _check_once(labels: list[Any], name: str) -> None:
    for i, label in enumerate(labels):
        if label in labels[:i]:
            raise InputError(
                f"{name} must have each label once, got the label {shown(label)} twice. Rename or remove one."
            )


def _check_keys(
    keys: Mapping[Any, object], name: str, labels: Sequence[Any], what: str, known: Sequence[Any] = ()
) -> None:
    for key in keys:
        if key not in labels and key not in known:
            raise InputError(
                f"{name} must name labels among {listed(labels)}, got {shown(key)}. Correct or remove "
                f"it.{did_you_mean(key, labels)}"
            )
    missing = [label for label in labels if label not in keys]
    if missing:
        raise InputError(f"{name} must have one {what} for each label, got none for {listed(missing)}. Add it.")


def _check_flat(value: object, name: str) -> None:
    dimensions = _dimensions(value)
    if dimensions > 1 or (dimensions == 0 and not _is(value, "xarray", "DataArray")):
        raise InputTypeError(
            f"{name} must have one dimension, as a 1-D array has, got a {type(value).__name__} of {dimensions} "
            "dimensions. Select one row, or pass it flat."
        )


def _dimensions(value: object) -> int:
    return int(getattr(value, "ndim", 1))


def _values(value: Any) -> list[Any]:
    """Return the elements as builtins where NumPy has them."""
    if _is(value, "xarray", "DataArray"):
        value = np.atleast_1d(value.values)
    elif is_labelled(value) or _is(value, "pandas", "api.extensions.ExtensionArray"):
        return list(value)  # with pd.NA as it is; as an array it would be NaN or text
    return list(value.tolist()) if isinstance(value, np.ndarray) and value.dtype.kind != "M" else list(value)


def _labels(value: Any) -> list[Any] | None:
    """Return the labels of a Series or DataArray of one dimension, ``None`` where it has none."""
    if _is(value, "xarray", "DataArray"):
        return _coordinate(value, value.dims[0]) if value.ndim else None
    if _is(value, "pandas", "Series"):
        return _unnumbered(value.index)
    return None  # an Index holds values, not labels of them


def _numbering(value: Any) -> list[Any] | None:
    """Return the numbers that pandas gave the values of a Series, ``None`` for anything else."""
    return list(value.index.tolist()) if _is(value, "pandas", "Series") else None


def _axis_labels(value: Any) -> tuple[list[Any] | None, list[Any] | None]:
    """Return the labels of the rows and columns of a matrix."""
    if _is(value, "pandas", "DataFrame"):
        return _unnumbered(value.index), _unnumbered(value.columns)
    if _is(value, "xarray", "DataArray") and value.ndim == 2:
        return _coordinate(value, value.dims[0]), _coordinate(value, value.dims[1])
    return None, None


def _coordinate(array: Any, dim: object) -> list[Any] | None:
    if dim not in array.coords:
        return None
    labels = array[dim].values
    return list(labels) if labels.dtype.kind == "M" else list(labels.tolist())  # the latter would make dates numbers


def _unnumbered(index: Any) -> list[Any] | None:
    """Return the labels of a pandas index, ``None`` if it only numbers its rows from 0."""
    labels = list(index.tolist())
    return None if _is(index, "pandas", "RangeIndex") and labels == list(range(len(labels))) else labels


def _is(value: object, module: str, *names: str) -> bool:
    """Return whether a value is of a class of a library that may not have been imported."""
    library = sys.modules.get(module)
    return library is not None and any(isinstance(value, kind) for kind in _kinds(library, names))


def _kinds(library: object, names: Iterable[str]) -> Iterable[type]:
    for name in names:
        kind: Any = library
        for part in name.split("."):
            kind = getattr(kind, part, None)
        if isinstance(kind, type):
            yield kind


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"
