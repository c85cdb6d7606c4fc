"""Analyses of a grid into a store: like a sweep, box by box, but of what any analysis has to say of a cell."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import xarray as xr

from wattquery.engine.display import expect
from wattquery.engine.executor import Executor, Progress
from wattquery.errors import InputError
from wattquery.stopping import when_interrupted
from wattquery.stores.boxes import chunk_shape
from wattquery.stores.zarr.claim import claimed
from wattquery.stores.zarr.dates import as_days
from wattquery.stores.zarr.layout import is_laid_out, lay_out
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.manifest import FORMAT, READY, heal_manifest, read_manifest, write_manifest
from wattquery.stores.zarr.opened import opened
from wattquery.stores.zarr.refusals import kept, told
from wattquery.stores.zarr.schema import ArraySchema, Schema
from wattquery.sweeps.blockwise.differences import check_alike
from wattquery.sweeps.blockwise.finished import holds_all, is_complete, manifest_of, mend_manifest, tell_finished
from wattquery.sweeps.blockwise.laid_out import checked_chunks, identity_of
from wattquery.sweeps.blockwise.template import kind_of
from wattquery.sweeps.blockwise.to_store import fill
from wattquery.sweeps.blockwise.work import WorkOfBox
from wattquery.sweeps.blockwise.written import Written
from wattquery.sweeps.provenance import package_version

__all__ = ["Promise", "analysis_to_store"]

GATHERED = "gathered"
"""The entry of a manifest that says whether a store has the attributes that follow from the values of all its boxes."""


@dataclass(frozen=True, eq=False)
class Promise:
    """What the result of an analysis will look like, before any of it is solved.

    Attributes
    ----------
    dims
        The dimensions that are divided into boxes, in order.
    whole
        All coordinates and attributes of the result, and those of its variables that are known beforehand.
    look
        Its first cell, solved with the fewest draws.
    most
        Cells of a box at most.
    later
        Names of the attributes that follow from the values of all cells.
    gather
        Returns these, of what a finished store of a schema holds; None where there are none.
    """

    dims: tuple[str, ...]
    whole: xr.Dataset
    look: xr.Dataset
    most: int
    later: tuple[str, ...] = ()
    gather: Callable[[xr.Dataset, Schema], Mapping[str, Any]] | None = None

    @property
    def schema(self) -> Schema:
        """What a store of it holds."""
        sizes = {name: self.whole.sizes[name] for name in self.dims}
        others = {str(name): size for name, size in self.look.sizes.items() if name not in sizes}
        arrays = [self._array(str(name), one) for name, one in self.look.variables.items()]
        chunks = chunk_shape(tuple(sizes.values()), self.most)
        return Schema(sizes, chunks, others, tuple(arrays), dict(self.whole.attrs))

    def _array(self, name: str, found: xr.Variable) -> ArraySchema:
        is_coordinate = name in self.look.coords
        if not is_coordinate and name not in self.whole.data_vars:
            return ArraySchema(name, tuple(map(str, found.dims)), kind_of(found.dtype), dict(found.attrs))
        own = as_days(self.whole[name].variable)
        kind = kind_of(own.dtype)
        return ArraySchema(name, tuple(map(str, own.dims)), kind, dict(own.attrs), is_coordinate, own.values)


def analysis_to_store(
    work: WorkOfBox,
    promise: Promise,
    asked: Mapping[str, Any],
    where: Location,
    executor: Executor,
    progress: Progress | None,
) -> xr.Dataset:
    """Return an analysis, read from a store in which every box is written as it is finished.

    Parameters
    ----------
    work
        Solves a box.
    promise
        What the result will look like.
    asked
        What was asked for, see `wattquery.sweeps.blockwise.asked.asked`.
    where
        The store. One of the same analysis is continued.
    executor, progress
        Solves the boxes, and what receives the share done.

    Raises
    ------
    InputError
        If the store is of something else.
    """
    expect(progress, cells=math.prod(promise.schema.shape))
    with when_interrupted(lambda: kept(where)), told(where):
        if not _is_finished(where, promise, asked):
            with claimed(where):
                schema = _laid_out(where, promise, asked)
                fill(Written(work, where, schema, identity_of(where)), executor, progress)
                _gather(where, promise, schema)
        else:
            tell_finished(progress, promise.schema)
    return opened(where.open(read_only=True), where.shown)


def _is_finished(where: Location, promise: Promise, asked: Mapping[str, Any]) -> bool:
    """Return whether a store has all that is asked for: whoever may not write there can read it then."""
    manifest = manifest_of(where)
    if manifest is None or (promise.gather is not None and manifest.get(GATHERED) is not True):
        return False
    schema = _as_gathered(where, promise, manifest)
    if not is_complete(where.open(read_only=True), manifest, asked, schema.shape):
        return False
    chunks = checked_chunks(manifest["chunks"], schema.shape, where.shown)
    if not holds_all(where.open(read_only=True), replace(schema, chunks=chunks)):
        return False
    mend_manifest(where, manifest)
    return True


def _as_gathered(where: Location, promise: Promise, manifest: Mapping[str, Any]) -> Schema:
    """Return what a store holds, with the attributes that it was given when all its boxes were there."""
    from wattquery.stores.zarr.guarded import guarded_group

    schema, attributes = promise.schema, dict(promise.schema.attributes)
    if manifest.get(GATHERED) is True:
        # What cannot be read is laid out again, and gathered once more.
        with contextlib.suppress(Exception):
            found = guarded_group(where.open(read_only=True), where.shown).attrs.asdict()
            attributes |= {name: found[name] for name in promise.later if isinstance(found[name], str)}
    return replace(schema, attributes=attributes)


def _gather(where: Location, promise: Promise, schema: Schema) -> None:
    """Write the attributes that follow from the values of all boxes."""
    store = where.open()
    manifest = read_manifest(store, where.shown)
    if promise.gather is None or manifest is None or manifest.get(GATHERED) is True:
        return
    attributes = {**schema.attributes, **promise.gather(opened(where.open(read_only=True), where.shown), schema)}
    lay_out(store, replace(schema, attributes=attributes))
    write_manifest(store, {**manifest, GATHERED: True})


def _laid_out(where: Location, promise: Promise, asked: Mapping[str, Any]) -> Schema:
    """Lay a store out, or go on with one that was, whose boxes keep their lengths; return what it holds."""
    store = where.open()
    manifest = read_manifest(store, where.shown)
    schema = promise.schema if manifest is None else _as_gathered(where, promise, manifest)
    if manifest is None:
        # Said before and after, so that what was left half way is known for it.
        manifest = {"format": FORMAT, "id": uuid4().hex, "state": "laid out in part", "made by": [package_version()]}
        manifest |= {"asked": dict(asked), "chunks": list(schema.chunks)}
        write_manifest(store, manifest)
    elif manifest["asked"] != asked:
        check_alike(manifest["asked"], asked, where.shown, takes_more=False)
        raise InputError(
            f"{where.shown!r} is of another study, or was changed since; choose another name for the store."
        )
    schema = replace(schema, chunks=checked_chunks(manifest["chunks"], schema.shape, where.shown))
    if manifest["state"] != READY or not is_laid_out(store, schema):
        lay_out(store, replace(schema, attributes=promise.schema.attributes))
        write_manifest(store, {**manifest, "state": READY, **({GATHERED: False} if promise.gather else {})})
    else:
        heal_manifest(store, manifest)
    return schema
