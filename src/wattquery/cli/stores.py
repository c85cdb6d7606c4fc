"""``--store`` and ``--scheduler`` of commands whose result goes into a store box by box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wattquery.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["check_workers_write", "in_store", "kept_in"]


def check_workers_write(store: object, scheduler: str | None) -> None:
    """Refuse workers who would have nowhere to write.

    Raises
    ------
    InputError
        If there is a scheduler and no store.
    """
    if scheduler is not None and store is None:
        raise InputError(f"--scheduler {scheduler} needs --store PATH, which its workers write to: add one.")


def kept_in(store: str | None, scheduler: str | None) -> dict[str, Any]:
    """Return the argument ``store``, if there is one."""
    check_workers_write(store, scheduler)
    return {} if store is None else {"store": store}


def in_store(store: str, dataset: xr.Dataset) -> list[str]:
    """Return what is said of a result in a store, of which no table is made: it may be larger than memory."""
    axes = " x ".join(f"{size:,} {dim}" for dim, size in dataset["done"].sizes.items())
    return [f"{store}: {dataset.attrs['title']}, {axes or 'one'}"]
