"""Stores that fail on purpose, and what a study of a few boxes comes to without a fault."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from zarr.abc.store import Store
from zarr.storage import WrapperStore

import wattquery as wq
from wattquery.stores.zarr.location import Location
from wattquery.sweeps.blockwise import laid_out, written

__all__ = ["ASKED", "KilledError", "boxes_solved", "failing", "finished_in", "same_values", "stored"]

ASKED: dict[str, Any] = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B", "Llama 3.1 70B"],
    "pue": [1.1, 1.2, 1.3],
    "method": "monte_carlo",
    "draws": 256,
    "catalog": "oviedo2026",
    "threads": 1,
}
"""Nine cells, in five boxes of two once `small_boxes` is there."""


class KilledError(BaseException):
    """What stands for the end of a process: nothing handles it."""


class Failing(WrapperStore[Store]):
    """A store of which one write fails, before or after it has taken place."""

    def __init__(self, store: Store, fails: Callable[[str], None]) -> None:
        super().__init__(store)
        self._fails = fails

    def _with_store(self, store: Store) -> Failing:
        return Failing(store, self._fails)

    async def set(self, key: str, value: Any) -> None:
        """Write a file, or fail."""
        self._fails(key)
        await super().set(key, value)


def failing(patch: pytest.MonkeyPatch, at: int, error: BaseException) -> list[str]:
    """Let the write of this number fail, and return the list of what was written until then."""
    opened, written = Location.open, []

    def fails(key: str) -> None:
        if len(written) >= at:
            raise error
        written.append(key)

    patch.setattr(Location, "open", lambda self, *, read_only=False: Failing(opened(self, read_only=read_only), fails))
    return written


def full() -> OSError:
    """Return what a full disk says."""
    return OSError(errno.ENOSPC, "No space left on device")


def boxes_solved(patch: pytest.MonkeyPatch) -> list[int]:
    """Return the list of boxes that are solved from now on."""
    solved: list[int] = []
    solve = written.Written.__call__

    def noted(self: written.Written, box: Any) -> int:
        solved.append(box.number)
        return solve(self, box)

    patch.setattr(written.Written, "__call__", noted)
    return solved


def stored(folder: Path, **more: Any) -> xr.Dataset:
    """Return the study from a store."""
    return wq.sweep(**{**ASKED, **more}, store=folder / "study.zarr")


def finished_in(folder: Path, cells: int) -> Path:
    """Finish the study in a folder, in boxes of so many cells, and return the folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(laid_out, "MOST_CELLS", cells)
        stored(folder)
    return folder


def same_values(found: xr.Dataset, expected: xr.Dataset) -> None:
    """Hold the values of a stored result against one in memory, to the last digit."""
    assert bool(found["done"].all())
    for name, one in expected.data_vars.items():
        ours = found[name].transpose(*one.dims)
        if one.dtype.kind == "f":
            np.testing.assert_array_equal(ours.values, one.values, err_msg=str(name))
        else:
            assert ours.values.astype(object).tolist() == one.values.astype(object).tolist(), name
