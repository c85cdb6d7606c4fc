"""Lists, arrays and labelled containers that users pass: read by label where they have labels, by position elsewhere.

Arguments that take several values come through here, so that all of them treat a container alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.specs.labelled import dimensions_of, is_labelled, is_listlike, is_of, labels_of, numbering_of, values_of
from wattquery.specs.scalars import finite, shown

__all__ = [
    "as_mapping",
    "check_keys",
    "check_once",
    "check_unmasked",
    "is_labelled",
    "is_listlike",
    "items",
    "numbers",
    "one_per_label",
]

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
    if is_of(value, "pandas", "api.extensions.ExtensionArray"):
        return values_of(value)
    if not is_labelled(value):
        return value
    _check_flat(value, name)
    labels, values = labels_of(value), values_of(value)
    if labels is None and set(known) == set(range(len(values))):
        labels = numbering_of(value)
    if dimensions_of(value) == 0:
        return values[0]
    if labels is None:
        return values
    by_label = dict(zip(labels, values, strict=True))
    if len(by_label) < len(labels):
        check_once(labels, name)
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
    return values_of(value)


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
        str(getattr(value, "dims", (among,))[0])
        if is_of(value, "xarray", "DataArray") and dimensions_of(value)
        else among
    )
    if among and dim != among and not _UNNAMED.fullmatch(dim):
        raise InputError(
            f"{name} must have the dimension {among!r}, got {dim!r}. Rename it: array.rename({dim}={among!r})."
        )
    value = as_mapping(value, name, labels)
    if isinstance(value, Mapping):
        check_keys(value, name, labels, what)
        return [value[label] for label in labels]
    elements = items(value, name)
    if len(elements) != len(labels):
        raise InputError(
            f"{name} must have one {what} for each of the {_count(len(labels), 'label')} {listed(labels)}, got "
            f"{_count(len(elements), what)}. Write a dict by label: {name}={{{labels[0]!r}: ...}}."
        )
    return elements


def check_once(labels: list[Any], name: str) -> None:
    """Refuse labels of which one stands twice."""
    for i, label in enumerate(labels):
        if label in labels[:i]:
            raise InputError(
                f"{name} must have each label once, got the label {shown(label)} twice. Rename or remove one."
            )


def check_keys(
    keys: Mapping[Any, object], name: str, labels: Sequence[Any], what: str, known: Sequence[Any] = ()
) -> None:
    """Refuse keys that are not the labels, but for those that are ``known``."""
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
    dimensions = dimensions_of(value)
    if dimensions > 1 or (dimensions == 0 and not is_of(value, "xarray", "DataArray")):
        raise InputTypeError(
            f"{name} must have one dimension, as a 1-D array has, got a {type(value).__name__} of {dimensions} "
            "dimensions. Select one row, or pass it flat."
        )


def _count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"
