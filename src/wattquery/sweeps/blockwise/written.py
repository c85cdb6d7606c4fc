"""The work on a box that ends with it being written: what is missing is solved, and the rest read from the store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wattquery.stopping import unbroken
from wattquery.stores.boxes import Box
from wattquery.stores.zarr.chunks import done_of, read_box, write_box
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.schema import Schema
from wattquery.stores.zarr.seen import check_seen
from wattquery.stores.zarr.verify import is_whole
from wattquery.sweeps.blockwise.refine import RefinedSweepOfBox
from wattquery.sweeps.blockwise.work import WorkOfBox, values_of

if TYPE_CHECKING:
    import zarr

__all__ = ["Written", "group_of"]


@dataclass(frozen=True, eq=False)
class Written:
    """The work on a box: where to, and what is solved. It survives pickling.

    Attributes
    ----------
    work
        What is done with a box.
    where
        The store.
    schema
        What is in it.
    identity
        Which store it is: another one may lie at the same place of another machine.
    """

    work: WorkOfBox
    where: Location
    schema: Schema
    identity: str

    def __call__(self, box: Box) -> int:
        """Solve what is missing of a box, write all of it, and return its number."""
        check_seen(self.where, self.identity)
        group = group_of(self.where)
        names = [array.name for array in self.schema.by_boxes if self.schema.region_of(array, box) is not None]
        part = box
        # A chunk that is damaged says nothing of its cells: then all of them are solved.
        if is_whole(self.where.open(), self.schema, box):
            done = done_of(group, box)
            part = _around(box, ~done) if done.any() and not done.all() else box
        values = values_of(self._solved(group, part), names)
        if part is not box:
            values = self._laid_over(read_box(group, self.schema, box), values, box, part)
        with unbroken():  # an interrupt lets what is solved be written
            write_box(group, self.schema, box, values)
        return box.number

    @property
    def small(self) -> Written:
        """The same without what no box needs, such as all labels of the result: so it is sent to workers."""
        return replace(self, schema=replace(self.schema, arrays=self.schema.by_boxes, attributes={}))

    def _solved(self, group: zarr.Group, part: Box) -> Any:
        if isinstance(self.work, RefinedSweepOfBox) and self.work.window is not None:
            return self.work.refine(part, self._counts(group, part))
        return self.work.solve(part)

    def _counts(self, group: zarr.Group, part: Box) -> NDArray[np.int64]:
        """Return the draws per bin that are known of some cells; none where they cannot be read."""
        counts: Any = group["histogram"]
        try:
            return np.asarray(counts[tuple(map(slice, part.starts, part.stops))])
        except Exception:  # whatever the codecs raise
            return np.zeros((*part.shape, counts.shape[-1]), dtype=np.int64)

    def _laid_over(
        self, known: dict[str, NDArray[Any]], solved: dict[str, NDArray[Any]], box: Box, part: Box
    ) -> dict[str, NDArray[Any]]:
        """Return the values of a box, with those that were solved in the place of those that were there."""
        places = {
            name: slice(start - first, stop - first)
            for name, first, start, stop in zip(self.schema.grid, box.starts, part.starts, part.stops, strict=True)
        }
        for array in self.schema.by_boxes:
            if array.name in known:
                values = known[array.name].copy()
                values[tuple(places.get(name, slice(None)) for name in array.dims)] = solved[array.name]
                known[array.name] = values
        return known


def _around(box: Box, missing: NDArray[np.bool_]) -> Box:
    """Return the smallest box around the cells of a box that are missing."""
    found = [(int(places.min()), int(places.max()) + 1) for places in np.nonzero(missing)]
    starts = tuple(first + start for first, (start, _) in zip(box.starts, found, strict=True))
    stops = tuple(first + stop for first, (_, stop) in zip(box.starts, found, strict=True))
    return replace(box, starts=starts, stops=stops)


def group_of(where: Location) -> zarr.Group:
    """Return a store, open for writing; what is read of it is checked as that of anybody's."""
    from wattquery.stores.zarr.guarded import guarded_group

    return guarded_group(where.open(), where.shown, "r+")
