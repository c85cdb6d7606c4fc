"""A store laid out for a study: anew, as it is, or grown around what it holds. And how large its boxes are."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.stores.boxes import boxes, chunk_shape
from wattquery.stores.zarr.grow import grow, named_as_stored
from wattquery.stores.zarr.layout import is_laid_out
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.manifest import FORMAT, READY, heal_manifest, read_manifest, write_manifest
from wattquery.stores.zarr.schema import DONE, Schema
from wattquery.sweeps.blockwise.asked import asked
from wattquery.sweeps.blockwise.kept import BYTES_OF_A_BIN, cell_with_data, window_of
from wattquery.sweeps.blockwise.template import fewest_draws, first_cell, is_large, schema_of, whole_run
from wattquery.sweeps.blockwise.window import KEPT, Window, on_window
from wattquery.sweeps.blockwise.work import SweepOfBox
from wattquery.sweeps.provenance import package_version
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["MOST_CELLS", "checked_chunks", "identity_of", "laid_out", "most_cells", "schema_in"]

MOST_CELLS = 16_384
"""Cells of a box at most, which are solved exactly in some tenths of a second."""

DRAWS_OF_A_BOX = 400_000_000
"""Draws of a box, which take about a second: what is lost by a crash, and what a scheduler's task is worth."""

MANY_BOXES = 64
"""Boxes that keep all threads of a machine at work: grids that have more of them have larger ones."""

LARGER = 4
"""How many times larger boxes become at most. Each costs some hundredths of a second beside its cells: it is lowered on
its own, and written in about ten files."""

BYTES_OF_A_BOX = 64_000_000
"""Of the histograms of a box, in memory."""

LARGEST_BOX = 1_000_000
"""Cells of a box in a store that somebody else may have written."""


def most_cells(settings: Settings, cells: int, window: Window | None = None) -> int:
    """Return how many cells a box has at most: work of some seconds on one thread, and memory of some megabytes.

    Parameters
    ----------
    settings
        How to compute.
    cells
        Number of cells of the grid.
    window
        The bins of histograms that are kept.
    """
    most = MOST_CELLS
    if settings.method != "exact":
        most = max(1, min(most, DRAWS_OF_A_BOX // max(settings.draws, 1)))
    most = max(most, min(LARGER * most, cells // MANY_BOXES))
    if window is not None:
        most = min(most, BYTES_OF_A_BOX // (BYTES_OF_A_BIN[settings.method] * window.bins))
    return max(1, most)


def laid_out(study: Study, settings: Settings, where: Location) -> tuple[Schema, Window | None]:
    """Return what a store holds once it is laid out for a study, and the bins of its histograms.

    Parameters
    ----------
    study, settings
        What to compute, and how; in the order of the store, where there is one.
    where
        The store.

    Raises
    ------
    InputError
        If it does not say how large its boxes are.
    """
    store = where.open()
    manifest = read_manifest(store, where.shown)
    wanted = asked(study, settings)
    if manifest is None:
        return _begun(study, settings, store, wanted)
    chunks = checked_chunks(manifest["chunks"], _shape(study), where.shown)
    is_as_asked = manifest["asked"] == wanted and manifest["state"] == READY
    before = _window_in(store) if settings.keep_histogram else None
    window = before
    if settings.keep_histogram and not (is_as_asked and before):
        found = window_of(study, settings, boxes(_shape(study), chunks))
        window = before if found is None else found.with_other(before)
    schema = _schema(study, settings, chunks, window, bool(manifest.get("large", is_large(study))))
    named = named_as_stored(store, schema)
    if is_as_asked and is_laid_out(store, named):
        heal_manifest(store, manifest)
        return named, window
    write_manifest(store, {**manifest, "state": "being laid out anew"})
    more_draws = wanted["draws"] > manifest["asked"]["draws"]
    grown = grow(store, schema, _Widened(before, window), {DONE} if more_draws else ())
    write_manifest(store, {**manifest, "asked": wanted, "state": READY, "made by": _made_by(manifest)})
    return grown, window


def schema_in(study: Study, settings: Settings, where: Location, manifest: Mapping[str, Any]) -> Schema | None:
    """Return what a store holds that was laid out for just this; None where it cannot be told from what is there.

    Parameters
    ----------
    study, settings
        What was computed, and how; in the order of the store.
    where, manifest
        The store, and what it says it was asked for.
    """
    store = where.open(read_only=True)
    chunks = checked_chunks(manifest["chunks"], _shape(study), where.shown)
    window = _window_in(store) if settings.keep_histogram else None
    if settings.keep_histogram and window is None:
        return None
    large = bool(manifest.get("large", is_large(study)))
    return named_as_stored(store, _schema(study, settings, chunks, window, large))


def identity_of(where: Location) -> str:
    """Return what tells a store from all others, wherever they lie."""
    return str((read_manifest(where.open(), where.shown) or {}).get("id", ""))


def _begun(study: Study, settings: Settings, store: Store, wanted: Mapping[str, Any]) -> tuple[Schema, Window | None]:
    """Lay out a store where nothing is yet."""
    shape, window = _shape(study), None
    if settings.keep_histogram:
        window = window_of(study, settings, boxes(shape, chunk_shape(shape, most_cells(settings, study.grid.size))))
        window = Window(0, 1) if window is None else window
    chunks = chunk_shape(shape, most_cells(settings, study.grid.size, window))
    large = is_large(study)
    schema = _schema(study, settings, chunks, window, large)
    manifest = {
        "format": FORMAT,
        "id": uuid4().hex,
        "asked": wanted,
        "chunks": list(chunks),
        "large": large,
        "made by": _made_by({}),
    }
    # Said before and after, so that what was left half way is known for it.
    write_manifest(store, {**manifest, "state": "laid out in part"})
    grown = grow(store, schema, _Widened(None, window))
    write_manifest(store, {**manifest, "state": READY})
    return grown, window


def _schema(study: Study, settings: Settings, chunks: tuple[int, ...], window: Window | None, large: bool) -> Schema:
    few = fewest_draws(settings)
    cell = cell_with_data(study, few, boxes(_shape(study), chunks)) if settings.keep_histogram else None
    look = SweepOfBox(study, few, window).solve(cell or first_cell(study))
    draws = 0 if settings.method == "exact" else settings.draws
    return schema_of(study, look, whole_run(study, settings, large), chunks, draws)


def _shape(study: Study) -> tuple[int, ...]:
    return tuple(axis.size for axis in study.grid.dimensions)


def checked_chunks(chunks: object, shape: Sequence[int], shown: str) -> tuple[int, ...]:
    """Return the lengths of the boxes of a store, which somebody else may have written."""
    if (
        not isinstance(chunks, list)
        or len(chunks) != len(shape)
        or not all(type(size) is int and size >= 1 for size in chunks)
        or math.prod(chunks) > LARGEST_BOX
    ):
        raise InputError(
            f"{shown!r} does not say how large its boxes are, or was changed since; choose another name for the store."
        )
    return tuple(chunks)


def _made_by(manifest: Mapping[str, Any]) -> list[str]:
    """Return the versions of this package that have laid out a store."""
    versions = manifest.get("made by", [])
    known = [str(one) for one in versions] if isinstance(versions, list) else []
    return [*known, *({package_version()} - set(known))]


def _window_in(store: Store) -> Window | None:
    """Return the bins that the histograms of a store have, as its readers find them."""
    from wattquery.stores.zarr.guarded import guarded_group

    # What cannot be read is found again.
    with contextlib.suppress(Exception):
        labels: Any = guarded_group(store, "")["bin"]
        bins = np.asarray(labels[:])
        if bins.size and np.array_equal(bins, np.arange(bins[0], bins[0] + bins.size)):
            return Window(int(bins[0]), int(bins[-1]) + 1)
    return None


@dataclass(frozen=True)
class _Widened:
    """Moves histograms from one window to another."""

    before: Window | None
    window: Window | None

    def __call__(self, name: str, values: NDArray[Any]) -> NDArray[Any]:
        """Return values of an array on the new window."""
        if name not in KEPT or self.before is None or self.window is None:
            return values
        (first, _), (to_first, size) = self.before.place_of(name), self.window.place_of(name)
        return on_window(name, values, first, to_first, size)
