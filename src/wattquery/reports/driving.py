"""What moves an answer most: the axes of a grid, or the random factors of one query."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wattquery.claims.energies import in_digits
from wattquery.claims.questions import Condition
from wattquery.quantities import QUANTITIES
from wattquery.reports.cells import Cells, digits
from wattquery.reports.content import Picture, Table
from wattquery.reports.pictures import picture

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["axis_conditions", "conditions_table", "factor_conditions", "tornado_picture"]


def axis_conditions(cells: Cells) -> list[Condition]:
    """Return what each axis of a grid does to the median, the largest factor first.

    The medians of the cells with a label are averaged as logarithms, over all cells that have a number.
    """
    found = []
    for dim in cells.dims:
        logs: dict[int, list[float]] = {}
        for place in cells.sorted:
            logs.setdefault(place[dim], []).append(math.log(cells.median(place)))
        means = {i: sum(values) / len(values) for i, values in logs.items()}
        if len(means) < 2:
            continue
        most, least = max(means, key=means.__getitem__), min(means, key=means.__getitem__)
        factor = math.exp(means[most] - means[least])
        labels = [cells.labels({dim: i})[0] for i in (most, least)]
        mean = "" if len(cells.dims) == 1 else ", averaged over the other axes"
        words = f"the {dim.replace('_', ' ')}: {labels[0]} takes {in_digits(factor)} times what {labels[1]} does{mean}"
        found.append(Condition(dim, factor, words))
    return sorted(found, key=lambda one: -one.factor)


def factor_conditions(tornado: xr.Dataset) -> list[Condition]:
    """Return what each random factor of one query does to its median, the largest factor first."""
    found = []
    ends = [str(one).upper() for one in tornado["end"].values.tolist()]
    for name, medians in zip(tornado["factor"].values.tolist(), tornado["median"].values.tolist(), strict=True):
        low, high = medians
        factor = max(medians) / min(medians)
        words = (
            f"{_name(str(name))}: from its {ends[0]} to its {ends[1]} the median goes from {in_digits(low)} to "
            f"{in_digits(high)} Wh"
        )
        found.append(Condition(str(name), factor, words))
    return sorted(found, key=lambda one: -one.factor)


def conditions_table(conditions: list[Condition], caption: str) -> Table:
    """Return conditions as a table, the largest factor first."""
    rows = tuple((_name(one.name), digits(one.factor), one.text) for one in conditions)
    return Table(caption, ("what", "factor", "in words"), rows, frozenset({0, 2}))


def tornado_picture(tornado: xr.Dataset) -> Picture:
    """Return the picture of a tornado, with its numbers in words."""

    def draw() -> Any:
        from wattquery import plot

        return plot.tornado(tornado)

    words = "; ".join(one.text for one in factor_conditions(tornado))
    caption = "How far the median moves when one factor moves from its P5 to its P95, all others random"
    return picture(draw, caption, f"{caption}. {words}.")


def _name(dim: str) -> str:
    head, _, part = dim.partition(":")
    long_name = QUANTITIES[head].long_name if head in QUANTITIES and not part else ""
    return long_name.partition(":")[0] or dim.replace("_", " ").replace(":", ": ")
