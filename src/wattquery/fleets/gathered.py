"""What notes say of the values of a whole, found in a store box by box."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import xarray as xr

from wattquery.fleets.arguments import chosen_presets
from wattquery.fleets.box import SCENARIO
from wattquery.fleets.extremes import VALUES, Extremes, extremes
from wattquery.fleets.whole import Whole
from wattquery.scenarios.shares import SUFFIX
from wattquery.stores.boxes import boxes
from wattquery.stores.zarr.schema import Schema

__all__ = ["extremes_of"]

Place = Mapping[str, int]


def extremes_of(ds: xr.Dataset, schema: Schema, whole: Whole) -> list[Extremes]:
    """Return the extremes of each of the looks at a whole.

    Parameters
    ----------
    ds
        A store of it, all of whose boxes are there.
    schema
        What it holds.
    whole
        What was computed.
    """
    places = list(_places(whole))
    values = ds.drop_vars(list(ds.coords))
    values = values[[name for name in VALUES if name in values]]
    found: list[Extremes] = [Extremes() for _ in places]
    for box in boxes(schema.shape, schema.chunks):
        ranges = dict(zip(schema.grid, box.ranges, strict=True))
        block = values.isel({name: slice(one.start, one.stop) for name, one in ranges.items()}).load()
        for number, place in enumerate(places):
            if all(at in ranges[name] for name, at in place.items() if name in ranges):
                here = {name: at - ranges[name].start if name in ranges else at for name, at in place.items()}
                part = block.isel(here, missing_dims="ignore")
                arrays = {str(name): part[name].values for name in part.data_vars}
                found[number] = found[number].with_other(extremes(arrays))
    return found


def _places(whole: Whole) -> Iterator[Place]:
    """Yield where the looks at a whole are in its result: places along those dimensions of which each has one label."""
    for number, scenario in enumerate(whole.request.scenarios):
        axes = scenario.share_axes if scenario.is_under_load else {}
        presets, is_axis = chosen_presets(scenario)
        for shares in itertools.product(*(range(len(labels)) for labels in axes.values())):
            for preset in range(len(presets)):
                yield {
                    **({SCENARIO: number} if whole.request.is_axis else {}),
                    **{name + SUFFIX: at for name, at in zip(axes, shares, strict=True)},
                    **({"preset": preset} if is_axis else {}),
                }
