"""Whether a store has all that a call asks for: then it is read, by those too who may not write there."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wattquery.engine.display import expect
from wattquery.engine.executor import Progress, ShareDone
from wattquery.stores.boxes import boxes
from wattquery.stores.zarr.chunks import is_done
from wattquery.stores.zarr.claim import claimed
from wattquery.stores.zarr.layout import is_laid_out
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.manifest import READY, heal_manifest, is_said_twice, read_manifest
from wattquery.stores.zarr.schema import DONE, Schema
from wattquery.stores.zarr.verify import is_whole

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["holds_all", "is_complete", "manifest_of", "mend_manifest", "tell_finished"]


def manifest_of(where: Location) -> dict[str, Any] | None:
    """Return what a store says it was asked for; None where nothing is there, which stays so."""
    if not where.is_remote and not where.folder.is_dir():
        return None
    return read_manifest(where.open(read_only=True), where.shown)


def is_complete(store: Store, manifest: Mapping[str, Any], wanted: Mapping[str, Any], shape: tuple[int, ...]) -> bool:
    """Return whether a store is of what is asked for, and says of each cell that it is done.

    It is quick where a cell is missing, and looks at no checksums: see `holds_all`.

    Parameters
    ----------
    store
        The store.
    manifest
        What it says it was asked for.
    wanted
        What is asked for, see `wattquery.sweeps.blockwise.asked.asked`.
    shape
        How many labels each dimension of the grid has.
    """
    from wattquery.stores.zarr.guarded import guarded_group

    if manifest["asked"] != wanted or manifest["state"] != READY:
        return False
    try:
        group = guarded_group(store, "")
        done: Any = group[DONE]
        return bool(done.shape == shape) and all(is_done(group, box) for box in boxes(shape, done.chunks))
    except Exception:  # whatever the library says of what is damaged, which is made again
        return False


def holds_all(store: Store, schema: Schema) -> bool:
    """Return whether a store is laid out as it should be, and all its chunks are what was written."""
    return is_laid_out(store, schema) and all(
        is_whole(store, schema, box) for box in boxes(schema.shape, schema.chunks)
    )


def mend_manifest(where: Location, manifest: Mapping[str, Any]) -> None:
    """Write the other file of a manifest again where it is lost, if whoever reads the store may write there."""
    if is_said_twice(where.open(read_only=True), manifest):
        return
    # Whatever forbids it: one of the two does for reading, and another at work writes it.
    with contextlib.suppress(Exception), claimed(where):
        heal_manifest(where.open(), manifest)


def tell_finished(progress: Progress | None, schema: Schema) -> None:
    """Tell who asks how far a call is that nothing was left to do."""
    expect(progress, cells=math.prod(schema.shape))
    done = ShareDone(progress)
    done.pass_over(1.0)
    done.finish()
