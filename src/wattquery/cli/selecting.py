"""One cell of a result, selected by ``--select AXIS=LABEL``, and messages that name the options to write."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wattquery.errors import InputError, did_you_mean, listed

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["as_options", "check_label", "select_options", "selected", "selection"]

_SELECTION = re.compile(r"ds\.sel\((.*)\)(?=\.)")
_ARGUMENT = re.compile(r"(\w+)=('[^']*'|\"[^\"]*\"|[^,]+)")


def selection(entries: Iterable[str]) -> dict[str, str]:
    """Return the label of each axis from texts like ``model=DeepSeek-R1``.

    Raises
    ------
    InputError
        If a text has no ``=``, or an axis stands there twice.
    """
    labels: dict[str, str] = {}
    for entry in entries:
        axis, equals, label = entry.partition("=")
        if not (equals and axis.strip() and label.strip()):
            raise InputError(
                f"--select must be AXIS=LABEL, got {entry!r}. Write for example --select model=DeepSeek-R1."
            )
        if axis.strip() in labels:
            raise InputError(f"--select names {axis.strip()!r} more than once. Give one label of each axis.")
        labels[axis.strip()] = label.strip()
    return labels


def check_label(axis: str, label: str, labels: Sequence[Any]) -> int:
    """Return the place of the label that a text stands for.

    Raises
    ------
    InputError
        If the axis has no such label.
    """
    for place, candidate in enumerate(labels):
        if str(candidate) == label or (isinstance(candidate, float) and _same(candidate, label)):
            return place
    texts = [str(candidate) for candidate in labels]
    raise InputError(
        f"--select {axis}={label}: {axis!r} has no such label. It has {listed(texts)}.{did_you_mean(label, texts)}"
    )


def _same(number: float, text: str) -> bool:
    try:
        return float(text) == number
    except ValueError:
        return False


def selected(dataset: xr.Dataset, labels: Mapping[str, str]) -> xr.Dataset:
    """Return the cells of a dataset that have these labels.

    Raises
    ------
    InputError
        If it has no such axis, or no such label on it.
    """
    axes = [str(dim) for dim in dataset.dims if dim in dataset.coords]
    for axis, label in labels.items():
        if axis not in axes:
            raise InputError(
                f"--select {axis}={label}: the result has no axis {axis!r}. It has {listed(axes)}."
                f"{did_you_mean(axis, axes)}"
            )
    return dataset.isel(
        {axis: check_label(axis, label, dataset[axis].values.tolist()) for axis, label in labels.items()}
    )


def select_options(labels: Mapping[str, Any]) -> str:
    """Return the options that select these labels, as a shell takes them."""
    return " ".join(f"--select {shlex.quote(f'{axis}={label}')}" for axis, label in labels.items())


def as_options(message: str) -> str:
    """Return a message with the selection and the arguments that it names in Python as options of the command line."""

    def options(call: re.Match[str]) -> str:
        return select_options({axis: label.strip("'\"") for axis, label in _ARGUMENT.findall(call[1])})

    message = re.sub(r"pass facet='(\w+)'", r"add --facet \1", message)
    return _SELECTION.sub(options, re.sub(r"over='(\w+)' with", r"--over \1 with", message))
