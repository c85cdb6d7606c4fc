"""The catalogs that ship with the package, and the one way from what a user names to a catalog."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from wattquery.catalog.reader import parse_rows, read_csv
from wattquery.catalog.records import LABEL_COLUMNS, TABLES, labels_with_aliases, records, table_bytes
from wattquery.catalog.table import Catalog
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed, quoted
from wattquery.inputs.arguments import refuses_unknown

__all__ = ["DEFAULT", "data", "described", "has_tables", "load", "names"]

DEFAULT = "default"
"""The catalog that has tables beside its benchmark rows."""


def data(file: str) -> bytes:
    """Return the content of a file of the shipped data.

    Examples
    --------
    >>> from wattquery.catalog.shipped import data
    >>> data("oviedo2026.csv")[:5]
    b'Model'
    """
    return files(__package__).joinpath("data", file).read_bytes()


def names() -> tuple[str, ...]:
    """Return the names of the shipped catalogs.

    Examples
    --------
    >>> from wattquery import catalog
    >>> catalog.names()
    ('oviedo2026', 'oviedo2026-corrected', 'default')
    """
    return tuple(described())


@refuses_unknown
def load(catalog: str | os.PathLike[str] | Catalog) -> Catalog:
    """Return a catalog: a shipped one by its name, a file by its path, a catalog as it is.

    Parameters
    ----------
    catalog
        One of `names`, the path of a file (read with `read_csv` and its defaults), or a `Catalog`.

    Raises
    ------
    InputError
        If it is no shipped name and no path to a usable CSV file.

    Examples
    --------
    >>> from wattquery import catalog
    >>> shipped = catalog.load("oviedo2026")
    >>> len(shipped.rows), shipped.default_precision
    (25, 'FP8')
    """
    if isinstance(catalog, Catalog):
        return catalog
    if not isinstance(catalog, (str, os.PathLike)):
        raise InputTypeError(
            f"catalog={quoted(catalog)} is neither a name, a path nor a Catalog. Shipped are {listed(names())}. "
            "Pass one of these, or the path of a .csv file."
        )
    if isinstance(catalog, str) and catalog.strip() in described():
        return _shipped(catalog.strip())
    if str(catalog).casefold().endswith(".csv") or _is_there(catalog):
        return read_csv(catalog)
    raise InputError(
        f"catalog={quoted(str(catalog))} is neither a shipped name nor the path of a file, such as one in .csv. "
        f"Shipped are {listed(names())}.{did_you_mean(catalog, names())} "
        "Pass one of these, or the path of a .csv file."
    )


def _is_there(path: str | os.PathLike[str]) -> bool:
    try:
        return Path(path).exists() and str(path) != ""
    except (OSError, ValueError):
        return False


def has_tables(catalog: Catalog) -> bool:
    """Return whether a catalog is the shipped one that has tables beside its benchmark rows."""
    return catalog.name == DEFAULT and catalog.content_hash == _shipped(DEFAULT).content_hash


@cache
def described() -> Mapping[str, Mapping[str, Any]]:
    """Return what `catalogs.toml` says of each shipped catalog, by name."""
    return tomllib.loads(data("catalogs.toml").decode())


@cache
def _shipped(name: str) -> Catalog:
    entry = described()[name]
    rows = parse_rows(data(entry["file"]), entry["file"])
    origin = f"{entry['source']}, {entry['url']}" if entry.get("url") else entry["source"]
    form = entry.get("throughput_model", "auto")
    catalog = Catalog(
        name,
        rows,
        tuple(entry["pooled"]),
        entry.get("default_precision"),
        origin=origin,
        throughput_model=form,
        reviewed=True,
    )
    if name != DEFAULT:
        return catalog
    return replace(
        catalog,
        content_hash=_hash_of_files(data(entry["file"])),
        known={axis: labels_with_aliases(axis) for axis in LABEL_COLUMNS},
        power_notes=_power_notes(),
    )


def _hash_of_files(benchmarks: bytes) -> str:
    """Return 16 hexadecimal digits that change with any byte of the benchmark rows or of a table."""
    digest = hashlib.sha256(benchmarks)
    for table in TABLES:
        digest.update(f"\n{table}\n".encode() + table_bytes(table))
    return digest.hexdigest()[:16]


def _power_notes() -> dict[str, str]:
    """Return what to say of node powers that are no ratings, by hardware."""
    notes = {}
    for record in records("accelerators"):
        if record["node_power_basis"] == "derived" and record["node_power_kw"]:
            count, watts = float(record["accelerators_per_node"]), float(record["tdp_w"])
            factor = 1e3 * float(record["node_power_kw"]) / (count * watts)
            notes[record["hardware"]] = (
                f"node power of {record['hardware']}: {float(record['node_power_kw']):g} kW is derived, as no rating "
                f"was found: {factor:.3g} x {count:g} accelerators x {watts:g} W TDP"
            )
    return notes
