"""What users ask of a store: how far it is, and what it holds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wattquery.stores.zarr.location import location
from wattquery.stores.zarr.status import Status, status_of

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Status", "open", "status"]


def status(
    store: str | os.PathLike[str], *, verify: bool = False, storage_options: Mapping[str, Any] | None = None
) -> Status:
    """Return what of a store is done, and what made it; nothing is computed or written.

    Parameters
    ----------
    store
        The folder, or the address, that was passed as ``store``.
    verify
        Whether every chunk of a finished box is read and held against its checksum, which takes as long as reading
        the store does.
    storage_options
        What fsspec is told beside an address.

    Returns
    -------
    Status
        Cells and boxes done, by what they were made, size, and who works on it; ``print`` shows it.

    Raises
    ------
    InputError
        If no store is there.

    Examples
    --------
    >>> import tempfile
    >>> import wattquery as wq
    >>> store = tempfile.mkdtemp() + "/study.zarr"
    >>> ds = wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], method="exact", store=store)
    >>> found = wq.stores.status(store)
    >>> found.cells_done, found.cells, found.is_finished
    (2, 2, True)
    """
    return status_of(location(store, storage_options), verify)


def open(  # noqa: A001 - as xarray and zarr call it
    store: str | os.PathLike[str], *, storage_options: Mapping[str, Any] | None = None
) -> xr.Dataset:
    """Return what a store holds, finished or not: values are read when they are asked for.

    Labels stand in the order of the store. ``done`` says which cells have all that was asked of them; what was never
    written is NaN. Nobody's code is run, whoever wrote the store.

    Parameters
    ----------
    store
        The folder, or the address, that was passed as ``store``.
    storage_options
        What fsspec is told beside an address.

    Raises
    ------
    InputError
        If no store is there, or it holds what no store of this package does.
    """
    from wattquery.stores.zarr.opened import opened
    from wattquery.stores.zarr.refusals import told

    where = location(store, storage_options)
    with told(where, reading=True):
        return opened(where.open(read_only=True), where.shown)
