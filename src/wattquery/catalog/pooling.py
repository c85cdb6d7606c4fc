"""Axes of a catalog whose labels are taken together where they are not named."""

from __future__ import annotations

from collections.abc import Iterable

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.quantities import CATALOG_AXES

__all__ = ["pooled_axes"]


def pooled_axes(pooled: Iterable[str]) -> tuple[str, ...]:
    """Return the axes as a tuple, each of them one that can be pooled.

    Raises
    ------
    InputError
        If one is not ``"hardware"``, ``"serving"`` or ``"precision"``, or a lone name was given.

    Examples
    --------
    >>> from wattquery.catalog.pooling import pooled_axes
    >>> pooled_axes(["hardware"])
    ('hardware',)
    """
    allowed = CATALOG_AXES[1:]
    if isinstance(pooled, str):
        raise InputTypeError(
            f"pooled must be a list of {listed(allowed)}, got the lone name {pooled!r}. Pass pooled=[{pooled!r}]."
        )
    if not isinstance(pooled, Iterable):
        raise InputTypeError(
            f"pooled must be a list of {listed(allowed)}, got an object of type {type(pooled).__name__}. Leave it out, "
            "or pass a list."
        )
    axes = tuple(pooled)
    for axis in axes:
        if not isinstance(axis, str) or axis not in allowed:
            raise InputError(
                f"pooled must be axes among {listed(allowed)}, got {axis!r}.{did_you_mean(axis, allowed)} Leave it out "
                "or correct it."
            )
    return axes
