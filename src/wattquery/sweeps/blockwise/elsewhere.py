"""Where an analysis goes that is not kept in memory, as its user wrote it. Nothing is imported for those that are."""

from __future__ import annotations

from typing import TypedDict

__all__ = ["Elsewhere", "elsewhere"]


class Elsewhere(TypedDict):
    """The arguments of an analysis that say where it goes, and who solves it."""

    store: object
    storage_options: object
    client: object
    threads: int | None


def elsewhere(store: object, storage_options: object, client: object, threads: int | None) -> Elsewhere | None:
    """Return where an analysis goes; None where it is kept in memory.

    Parameters
    ----------
    store, storage_options, client, threads
        As of `wattquery.sweep`.
    """
    if all(one is None for one in (store, storage_options, client)):
        return None
    return {"store": store, "storage_options": storage_options, "client": client, "threads": threads}
