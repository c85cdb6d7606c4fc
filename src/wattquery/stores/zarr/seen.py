"""Whether a process sees the store that was laid out, and none at the same place of another machine."""

from __future__ import annotations

import contextlib
from typing import Any

from wattquery.engine.dask import this_worker
from wattquery.errors import InputError
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.manifest import COPY, MANIFEST, read_json

__all__ = ["check_seen"]

_SEEN: set[tuple[str, str]] = set()
"""Stores that this process has seen: their places, and which they are."""


def check_seen(where: Location, identity: str) -> None:
    """Refuse to write where the store is another one, or none; looked at once in each process.

    Parameters
    ----------
    where
        The store.
    identity
        What its manifest says that it is.

    Raises
    ------
    InputError
        If it is another one, or none.
    """
    if (where.path, identity) in _SEEN:
        return
    try:
        found = _said(where, MANIFEST) or _said(where, COPY)
        if found is None:
            why = "nothing is there"
        else:
            why = "" if isinstance(found, dict) and found.get("id", "") == identity else "another one is there"
    except FileNotFoundError:
        why = "nothing is there"
    except Exception as error:  # whatever the library of an object store raises: its words may name what is secret
        why = type(error).__name__
    if why:
        raise InputError(
            f"{this_worker()} does not see the store {where.shown!r} ({why}): name a folder that all workers share, or "
            "an address such as 's3://bucket/study.zarr' that each of them may write to."
        )
    _SEEN.add((where.path, identity))


def _said(where: Location, key: str) -> Any:
    """Return what one of the two files of a manifest says; None where it is not there, or damaged."""
    with contextlib.suppress(ValueError):
        return read_json(where.open(read_only=True), key)
    return None
