"""Where a row is from: source, date, confidence, licence and flags, for a row of any table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from wattquery.catalog.records import records, words
from wattquery.catalog.row import ROW, BenchmarkRow
from wattquery.catalog.row_selection import BENCHMARKS, row_id
from wattquery.catalog.shipped import DEFAULT, described, load, names
from wattquery.errors import InputError, InputTypeError, quoted
from wattquery.inputs.arguments import refuses_unknown
from wattquery.pages.cards import Carded, Part

__all__ = ["RowSource", "source"]

_WITH_ROWS = ("performance", "energy", "power_floor")
"""Tables whose rows have an identity."""

_BY_LABEL = {"architectures": "model", "accelerators": "hardware"}
"""Tables whose rows are known by a label."""


@dataclass(frozen=True)
class RowSource(Carded):
    """Where a row of a table is from.

    Attributes
    ----------
    row
        What the row is called.
    table
        The table that it stands in: of the catalog ``default``, or ``"benchmarks"`` of another.
    source
        Who measured or published it.
    url
        Where; empty where that is not known.
    reference
        Where in the source, such as a file or the number of a result.
    date
        When, as far as it is known.
    confidence
        How far the row is to be trusted, in a word of its table.
    licence
        Under which licence the source may be passed on, ``"quoted figure"`` for single figures; empty where none is
        known.
    attribution
        What the licence wants to be said.
    flags
        What is to be said against the row.
    derived
        Columns that were computed and not measured.
    notes
        What is to be known of the row besides.
    """

    row: str
    table: str
    source: str
    url: str = ""
    reference: str = ""
    date: str = ""
    confidence: str = ""
    licence: str = ""
    attribution: str = ""
    flags: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    notes: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {name: list(one) if isinstance(one, tuple) else one for name, one in asdict(self).items()}

    def __str__(self) -> str:
        return "\n".join(f"{name:<11}  {text}" for name, text in self._facts().items())

    def _card(self) -> tuple[str, list[Part]]:
        return "Source of a row", [self._facts()]

    def _facts(self) -> dict[str, str]:
        facts = {name: ", ".join(one) if isinstance(one, tuple) else one for name, one in asdict(self).items()}
        return {name: text for name, text in facts.items() if text}


@refuses_unknown
def source(row: Any) -> RowSource:
    """Return where a row is from.

    Parameters
    ----------
    row
        What the row is called, such as ``"T00001"`` or ``"oviedo2026:5"``; or the row itself: a `BenchmarkRow`, a row
        of a DataFrame of `wattquery.catalog.rows`, an `Architecture` or an `Accelerator`.

    Raises
    ------
    InputError, InputTypeError
        If there is no such row, or it does not say what it is called.

    Examples
    --------
    >>> from wattquery import catalog
    >>> catalog.source("oviedo2026:5").confidence
    'High'
    >>> row = catalog.rows(model="Llama 3.1 405B").iloc[0]
    >>> catalog.source(row).licence != ""
    True
    """
    if isinstance(row, BenchmarkRow):
        return _of_benchmark(row)
    if isinstance(row, str):
        return _of_name(row.strip())
    entries = _entries(row)
    name = entries.get("row_id", "")
    if isinstance(name, str) and name:
        return _of_name(name)
    for table, column in _BY_LABEL.items():
        if "source_id" in entries and entries.get(column) and (table == "architectures") == ("architecture" in entries):
            return _of_record(str(entries[column]), table, {key: str(one) for key, one in entries.items()})
    raise InputTypeError(
        f"row must be the name of a row, or a row with its 'row_id', got {quoted(row)}. Pass for example 'T00001', or "
        "wq.catalog.rows(...).iloc[0]."
    )


def _entries(row: Any) -> Mapping[str, Any]:
    """Return what a row says of itself by column: of a Series, a mapping or an object with attributes."""
    if hasattr(row, "to_dict") and not hasattr(row, "columns"):
        row = row.to_dict()
    if isinstance(row, Mapping):
        return row
    return {name: getattr(row, name) for name in getattr(row, "__dataclass_fields__", ())}


def _of_name(name: str) -> RowSource:
    catalog, colon, line = name.partition(":")
    if colon and catalog in names():
        found = next((one for one in load(catalog).rows if str(one.line) == line), None)
        if found is not None:
            return _of_benchmark(found)
    for table in _WITH_ROWS:
        for record in records(table):
            if record["row_id"].casefold() == name.casefold():
                return _of_record(record["row_id"], table, record)
    raise InputError(
        f"row={quoted(name)} is in no table of the catalog {DEFAULT!r}; the rows of {', '.join(_WITH_ROWS)} have names "
        "such as 'T00001', those of another shipped catalog such as 'oviedo2026:5'. Take one from the column row_id of "
        "wq.catalog.rows(...)."
    )


def _of_benchmark(row: BenchmarkRow) -> RowSource:
    """Return where a benchmark row is from: a row of a shipped catalog, or of a user's own table."""
    name = dict(row.others).get(ROW, "")
    if name and row in load(DEFAULT).rows:
        return _of_name(name)
    for catalog in names():
        if catalog != DEFAULT and row in load(catalog).rows:
            entry = described()[catalog]
            return RowSource(
                row_id(row, catalog),
                BENCHMARKS,
                f"{row.source}, in {entry['source']}",
                entry["url"],
                confidence=row.confidence,
                licence=entry.get("licence", ""),
                notes=row.notes,
            )
    name = name or f"row {row.line}"
    return RowSource(name, BENCHMARKS, row.source, confidence=row.confidence, notes=row.notes)


def _of_record(name: str, table: str, record: Mapping[str, str]) -> RowSource:
    found = next((one for one in records("sources") if one["source_id"] == record["source_id"]), None)
    if found is None:
        raise InputError(
            f"Row {name!r} of table {table!r} names the source {record['source_id']!r}, which is "
            "not in the table of sources. Build the catalog again."
        )
    return RowSource(
        name,
        table,
        found["source"],
        found.get("url", ""),
        record.get("reference", ""),
        record.get("date", ""),
        record.get("confidence", ""),
        found.get("licence", ""),
        found.get("attribution", ""),
        words(record.get("flags", "")),
        words(record.get("derived", "")),
        record.get("notes", ""),
    )
