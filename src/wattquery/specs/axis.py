"""Axes of a grid: whatever is a list or a dict becomes one, anything else stays a scalar coordinate."""

from __future__ import annotations

import numbers
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from wattquery.errors import InputError, InputTypeError, listed
from wattquery.inputs.all_labels import ALL, AllLabels
from wattquery.inputs.names import alike, clean_label, clean_name
from wattquery.specs.axis_sizes import SPEC_KEYS, check_count
from wattquery.specs.boundary import Boundary
from wattquery.specs.containers import as_mapping
from wattquery.specs.scalars import finite, is_number, shortest, shown
from wattquery.specs.workload import Workload

__all__ = [
    "ALL",
    "AllLabels",
    "Axis",
    "Label",
    "parse_axis",
]

Label = str | int | float
T = TypeVar("T")


LARGEST_WHOLE = 2**62
"""Magnitude of labels that stay whole numbers: those of the result are int64."""


@dataclass(frozen=True)
class Axis(Generic[T]):
    """One axis of a grid, or a scalar coordinate.

    Attributes
    ----------
    name
        What the axis is called.
    labels
        One per value, all different: all text, all whole numbers or all floats.
    values
        What they stand for.
    is_dimension
        Whether the axis is a dimension of the result; a scalar coordinate is not.
    """

    name: str
    labels: tuple[Label, ...]
    values: tuple[T, ...]
    is_dimension: bool

    @property
    def size(self) -> int:
        """Number of values."""
        return len(self.values)


def parse_axis(name: str, value: object, convert: Callable[[object], T]) -> Axis[T]:
    """Return the axis that an argument of a sweep stands for.

    Parameters
    ----------
    name : str
        The argument's name.
    value : object
        A list, tuple, range or 1-D array is an axis, labelled by its elements; a mapping is an axis, labelled
        by its keys, unless it describes one distribution, power rule, lever or boundary; a pandas Series or a DataArray
        is an axis like a mapping if it has labels, and like a list if it has none; anything else is a scalar.
    convert : callable
        Makes one value from what the user wrote for it. Its exceptions pass through.

    Raises
    ------
    InputError
        If the axis is empty, a label occurs twice, or the keys of a mapping are not all text or all numbers.
    InputTypeError
        If the value is an array of two or more dimensions, is masked, or has no order of its own (a set, a generator).

    Examples
    --------
    >>> from wattquery.specs import as_distribution
    >>> axis = parse_axis("pue", [1.1, {"distribution": "LogNormal", "p5": 1.05, "p95": 1.6}],
    ...                   lambda value: as_distribution(value, "pue"))
    >>> axis.labels
    ('1.1', 'LogNormal(p5=1.05, p95=1.6)')
    >>> parse_axis("input_tokens", 500, float)
    Axis(name='input_tokens', labels=(500,), values=(500.0,), is_dimension=False)
    """
    check_count(name, value)
    value = as_mapping(value, name)
    if isinstance(value, np.ndarray):
        value = _unpacked(name, value)

    def converted(written: object) -> T:
        return convert(clean_label(written, name))

    if isinstance(value, Mapping):
        if SPEC_KEYS.isdisjoint(value):
            _check_not_empty(name, value)
            values = tuple(map(converted, value.values()))
            return Axis(name, _unique(name, _key_labels(name, list(value))), values, is_dimension=True)
    elif isinstance(value, (list, tuple, range)):
        _check_not_empty(name, value)
        values = tuple(map(converted, value))
        return Axis(name, _unique(name, _labels(value, values)), values, is_dimension=True)
    elif isinstance(value, Iterable) and not isinstance(value, str):
        raise InputTypeError(
            f"{name} must be a list, a tuple, a 1-D array, a dict or one value, got {shown(value)} "
            f"({type(value).__name__}), which has no order or is of an unknown kind. Pass a list: {name}=list(...)."
        )
    values = (converted(value),)
    return Axis(name, _labels([value], values), values, is_dimension=False)


def _unpacked(axis: str, array: np.ndarray) -> object:
    """Return a 0-D array as its element and a 1-D array as a list, both of builtins."""
    if array.ndim > 1:
        raise InputTypeError(
            f"{axis} must be a 1-D array, one axis of the grid, got an array of shape {array.shape}. Pass it flat: "
            f"{axis}=array.ravel()."
        )
    return array.tolist()


def _check_not_empty(name: str, value: Sequence[object] | Mapping[object, object]) -> None:
    if len(value) == 0:
        raise InputError(
            f"{name} must have at least one value, or the grid has no cells, got {value!r}, which is empty. Add one, "
            f"or leave {name} out."
        )


def _labels(written: Sequence[object], values: Sequence[object]) -> tuple[Label, ...]:
    return _number_labels(written) or tuple(map(_text_label, written, values))


def _number_labels(written: Sequence[object]) -> tuple[Label, ...]:
    """Return labels that are numbers of one type, or none at all if any is not a number."""
    only_numbers = [number for number in written if is_number(number)]
    if len(only_numbers) < len(written):
        return ()
    whole = all(isinstance(number, numbers.Integral) for number in only_numbers)
    if whole and max(abs(int(number)) for number in only_numbers) <= LARGEST_WHOLE:
        return tuple(map(int, only_numbers))
    return tuple(finite(number, "label") for number in only_numbers)


def _text_label(written: object, value: object) -> str:
    is_file = getattr(value, "is_described", False)
    if isinstance(written, str) and not isinstance(value, (Boundary, Workload)) and not is_file:
        return clean_name(written, "label")
    # The parts of a boundary may be written with spaces between, and a workload in any case; they are found without.
    # Of a model or an accelerator that a file describes, the text is a path.
    label = getattr(value, "label", None)
    if label is not None:
        return str(label)
    return shortest(value) if is_number(value) else str(value)


def _key_labels(axis: str, keys: list[object]) -> tuple[Label, ...]:
    if all(isinstance(key, str) for key in keys):
        return tuple(clean_name(str(key), f"{axis}: label") for key in keys)
    if all(is_number(key) for key in keys):
        for key in keys:
            finite(key, f"{axis}: label")  # a NaN is equal to no label, itself included
        return _number_labels(keys)
    raise InputError(
        f"The keys of {axis} become the labels of the axis and must be all text or all numbers, got {listed(keys)}. "
        "Write them all in quotes."
    )


def _unique(name: str, labels: tuple[Label, ...]) -> tuple[Label, ...]:
    twice = [label for label, count in Counter(labels).items() if count > 1]
    if twice:
        raise InputError(
            f"The labels of {name} must be all different, got {listed(twice)} more than once. Drop the duplicates, or "
            f"name each value with a dict: {name}={{'first': ..., 'second': ...}}."
        )
    look = alike([label for label in labels if isinstance(label, str)]) if isinstance(labels[0], str) else []
    if look:
        raise InputError(
            f"{name} has the labels {' and '.join(map(ascii, look[0]))}, which look the same and are different "
            "characters. Labels that can be told apart are needed. Rename one of them."
        )
    return labels
