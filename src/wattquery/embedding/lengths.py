"""Lengths of queries as they come: numbers, arrays and labelled arrays; those that no query has are refused."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, InputTypeError
from wattquery.quantities import QUANTITIES
from wattquery.specs.containers import check_unmasked
from wattquery.specs.scalars import shown

__all__ = ["LENGTHS", "LONGEST", "SHORTEST", "check_lengths", "over_lengths", "plain_number"]

Array = NDArray[np.float64]
Compute = Callable[[Array, Array, Array], Array]

LENGTHS = ("input_tokens", "output_tokens", "cached_tokens")
"""In the order in which functions take them."""

SHORTEST, LONGEST = 1.0, QUANTITIES["input_tokens"].highest
"""Between which inputs and outputs lie [tokens]."""


def plain_number(name: str, value: Any) -> float:
    """Return one length as a float, whatever real number it is.

    Raises
    ------
    InputTypeError
        If it is no number.
    """
    if isinstance(value, (bool, np.bool_, str, bytes, list, tuple)) or np.ndim(value) != 0:
        raise _no_number(name, value)
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise _no_number(name, value) from None


def check_lengths(inputs: Array, outputs: Array, cached: Array, *, has_cache: bool) -> None:
    """Refuse lengths that no query has: arrays of one size, of which the first bad query is told.

    Raises
    ------
    InputError
        If a length is below a token or beyond its physical range, or cached tokens are not from 0 to the input.
    """
    for name, values in (("input_tokens", inputs), ("output_tokens", outputs)):
        bad = np.flatnonzero(~((values >= SHORTEST) & (values <= LONGEST)))
        if bad.size:
            place = int(bad[0])
            raise InputError(
                f"{name} must be from {SHORTEST:g} to {LONGEST:,.0f} tokens, got {_told(values, place)}: a "
                "query has a token of each at least, so leave out those that failed."
            )
    bad = np.flatnonzero(~((cached >= 0.0) & (cached <= (inputs if has_cache else 0.0))))
    if bad.size:
        place = int(bad[0])
        got = _told(cached, place)
        if not has_cache:
            raise InputError(
                f"cached_tokens must be 0 without a load, as only the load model knows a cache, got {got}: "
                "leave them out, or pass load= to prepare."
            )
        raise InputError(
            f"cached_tokens must be from 0 to input_tokens, which count them too, got {got} with {inputs[place]:g} "
            "input tokens: add the cached ones to the input if your log counts them apart."
        )


def _told(values: Array, place: int) -> str:
    """Return a value, with its place where there are several."""
    return f"{values[place]:g}" + (f" of query {place:,}" if values.size > 1 else "")


def over_lengths(compute: Compute, values: Sequence[Any], attributes: dict[str, str]) -> Any:
    """Return what is computed of lengths in the form of the input, broadcast with each other.

    Parameters
    ----------
    compute
        Takes three flat arrays of float64 of one size, and returns one.
    values
        Three numbers, arrays, pandas Series of one index, or xarray objects, which go by their labels.
    attributes
        What a labelled array is told: its unit and more.

    Raises
    ------
    InputError, InputTypeError
        If something is no number, shapes do not broadcast, or Series have different indexes.
    """
    labelled = sys.modules.get("xarray")
    if labelled is not None and any(isinstance(one, (labelled.DataArray, labelled.Variable)) for one in values):
        try:
            found = labelled.apply_ufunc(lambda *arrays: _over_arrays(compute, arrays), *values, keep_attrs=False)
        except InputError:
            raise
        except ValueError as error:
            raise InputError(
                f"Labelled lengths must have the same labels along dimensions that they share: {error}"
            ) from None
        found.attrs.update(attributes)
        return found
    tables = sys.modules.get("pandas")
    if tables is not None and any(isinstance(one, tables.Series) for one in values):
        series = [one for one in values if isinstance(one, tables.Series)]
        if any(not one.index.equals(series[0].index) for one in series):
            raise InputError(
                "Lengths that are pandas Series must have the same index, and these have different ones: take them "
                "from one DataFrame, or pass their values."
            )
        found = _over_arrays(compute, [one.to_numpy() if isinstance(one, tables.Series) else one for one in values])
        if found.shape != series[0].shape:
            raise InputError(
                f"Beside a pandas Series lengths must be Series or numbers, got an array that makes {found.shape} of "
                f"{series[0].shape}: pass the values of the Series."
            )
        return tables.Series(found, index=series[0].index, name=attributes["name"])
    found = _over_arrays(compute, values)
    return found.item() if found.ndim == 0 else found


def _over_arrays(compute: Compute, values: Sequence[Any]) -> NDArray[Any]:
    given = [_array(name, one) for name, one in zip(LENGTHS, values, strict=True)]
    try:
        arrays = np.broadcast_arrays(*given)
    except ValueError:
        shapes = ", ".join(str(one.shape) for one in given)
        raise InputError(
            f"Lengths must have shapes that broadcast with each other, got {shapes}: pass one number for all, or "
            "as many of each."
        ) from None
    flat = [np.ascontiguousarray(one).reshape(-1) for one in arrays]
    return compute(*flat).reshape(arrays[0].shape)


def _array(name: str, value: Any) -> Array:
    check_unmasked(value, name)
    try:
        made = np.asarray(value)
    except (TypeError, ValueError):  # lists of different lengths
        raise _no_number(name, value) from None
    if made.dtype.kind not in "iuf":
        raise _no_number(name, value)
    return made.astype(np.float64)


def _no_number(name: str, value: Any) -> InputTypeError:
    return InputTypeError(
        f"{name} must be a number of tokens or an array of them, got {shown(value)}: pass numbers, such as 300."
    )
