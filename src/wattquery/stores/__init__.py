"""Where finished blocks go, and how a grid is divided into boxes that are finished one by one.

==========  ============================================================================
``memory``  the statistics of all cells, or their sums, as arrays: `put` takes a block
``boxes``   a grid divided into boxes of cells
``zarr``    a store on disk or elsewhere, of which each box is written by whoever solved it
``offered`` what users ask of a store: its status, and its values
==========  ============================================================================
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wattquery.stores.offered import Status, open, status  # noqa: A004 - as xarray and zarr call it

__all__ = ["Status", "open", "status"]


def __getattr__(name: str) -> Any:
    # What blocks go through is imported without what reads stores.
    if name in __all__:
        return getattr(importlib.import_module("wattquery.stores.offered"), name)
    raise AttributeError(f"module 'wattquery.stores' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
