"""The benchmark rows behind a result, by where they are from, with addresses and licences."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wattquery.catalog import BenchmarkRow, Catalog, load, source
from wattquery.claims.sources import Source, method_source
from wattquery.errors import InputError
from wattquery.quantities import CATALOG_AXES
from wattquery.reports.content import Reference

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["MOST", "method_reference", "of_sources", "origins"]

MOST = 25
"""Sources of rows that a page lists."""


def method_reference() -> Reference:
    """Return the paper whose method the model is."""
    return of_sources([method_source()])[0]


def of_sources(sources: Sequence[Source]) -> list[Reference]:
    """Return sources of claims as references."""
    marks = ["second hand" if one.second_hand else "" for one in sources]
    return [
        Reference(f"{one.role}: {one.text}", one.url, "; ".join(filter(None, (mark, one.note))), one.bibtex())
        for one, mark in zip(sources, marks, strict=True)
    ]


def origins(ds: xr.Dataset, catalog: Catalog | None) -> tuple[Reference, ...]:
    """Return the sources of the rows behind a sweep, the method first.

    Parameters
    ----------
    ds
        The result.
    catalog
        Where its throughputs come from; None to look for a shipped one by the name that the result has.
    """
    rows = list(_rows(ds, catalog or _by_name(str(ds.attrs.get("catalog", "")))))
    by_source: dict[str, list[BenchmarkRow]] = {}
    for row in dict.fromkeys(rows):
        by_source.setdefault(row.source, []).append(row)
    found = [_reference(one) for one in itertools.islice(by_source.values(), MOST)]
    left = len(by_source) - len(found)
    more = [Reference(f"{left} more sources of rows: wq.catalog.rows lists them, and wq.catalog.source says each")]
    return (method_reference(), *found, *(more if left else []))


def _by_name(name: str) -> Catalog | None:
    try:
        return load(name)
    except InputError:  # a table of the user's own, which the result of a file does not hold
        return None


def _rows(ds: xr.Dataset, catalog: Catalog | None) -> Iterator[BenchmarkRow]:
    if catalog is None:
        return
    labels = {axis: _labels(ds, axis) for axis in CATALOG_AXES}
    if ds.attrs.get("throughput_model") == "load":
        # The load model was fitted to all rows; those of the same model and accelerator speak of this.
        wanted = labels["model"], labels["hardware"]
        yield from (row for row in catalog.rows if row.model in wanted[0] and row.hardware in wanted[1])
        return
    asked: dict[str, list[str | None]] = {
        axis: [*labels[axis]] if axis in ds.dims else [None] for axis in CATALOG_AXES[1:]
    }
    for model in labels["model"]:
        for others in itertools.product(*asked.values()):
            yield from _of_deployment(ds, catalog, model, dict(zip(asked, others, strict=True)))


def _of_deployment(
    ds: xr.Dataset, catalog: Catalog, model: str, asked: dict[str, str | None]
) -> Sequence[BenchmarkRow]:
    """Return the rows of a deployment; none where the labels of a result do not tell it."""
    try:
        found = catalog.deployment(model, **asked) or catalog.deployment(model, precision=_scalar(ds, "precision"))
    except InputError:
        return ()
    return () if found is None else found.rows


def _labels(ds: xr.Dataset, axis: str) -> list[str]:
    if axis == "model" and "blend_members" in ds.attrs:
        return str(ds.attrs["blend_members"]).split(" | ")
    if axis not in ds.coords:
        return []
    return list(dict.fromkeys(str(one) for one in ds[axis].values.ravel().tolist()))


def _scalar(ds: xr.Dataset, axis: str) -> str | None:
    return str(ds[axis].item()) if axis in ds.coords and not ds[axis].ndim else None


def _reference(rows: Sequence[BenchmarkRow]) -> Reference:
    said = source(rows[0])
    count = "1 benchmark row" if len(rows) == 1 else f"{len(rows)} benchmark rows"
    notes = [count, said.row if len(rows) == 1 else f"{said.row} and others"]
    notes += [f"confidence {said.confidence}" if said.confidence else "", said.licence]
    return Reference(said.source or "a row without a source", said.url, ", ".join(filter(None, notes)))
