"""Keys of the dicts that specifications are written to and read from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.specs.scalars import shown

__all__ = ["checked_entries"]


def checked_entries(
    entries: object, owner: str, required: Iterable[str], optional: Iterable[str] = ()
) -> dict[str, Any]:
    """Return a copy of a mapping that has all required keys and no unknown one.

    Raises
    ------
    InputTypeError
        If it is not a mapping.
    InputError
        If a key is missing or unknown.
    """
    required = tuple(required)
    allowed = (*required, *optional)
    if not isinstance(entries, Mapping):
        raise InputTypeError(
            f"{owner} must be a dict with the keys {listed(allowed)}, got {shown(entries)}. Write one."
        )
    for key in entries:
        if key not in allowed:
            raise InputError(
                f"{owner} has no key {shown(key)}; its keys are {listed(allowed)}. Rename or remove "
                f"it.{did_you_mean(key, allowed)}"
            )
    for key in required:
        if key not in entries:
            raise InputError(
                f"{owner} must have the keys {listed(required)}, got {shown(dict(entries))} without {key!r}. Add "
                f"{key!r}."
            )
    return dict(entries)
