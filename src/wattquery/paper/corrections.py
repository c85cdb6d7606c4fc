"""Changes applied: the paper's table and preset with some of the findings corrected. One of these tables ships."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Iterable, Sequence

from wattquery import catalog as catalogs
from wattquery.catalog import Catalog, Preset
from wattquery.catalog.reader import parse_rows
from wattquery.catalog.shipped import data
from wattquery.paper.findings import Change, corrections

__all__ = ["CORRECTED", "PUBLISHED", "changed_catalog", "changed_preset", "corrected_table"]

PUBLISHED = "v2-code"
CORRECTED = "corrected"
"""The preset that is audited, and the one that has every correction."""

_COPIED = ("Input Length", "Output Length", "Tokens per Second (TPS)")
_NOTES = "Notes"


def changed_preset(changes: Iterable[Change]) -> Preset:
    """Return the paper's preset with the entries that some changes replace; its catalog keeps its name.

    Examples
    --------
    >>> from wattquery.paper.findings import corrections
    >>> dict(changed_preset(corrections()).node_power_by_model)
    {}
    """
    entries = {name: value for change in changes for name, value in change.preset.items()}
    return dataclasses.replace(catalogs.preset(PUBLISHED), **entries)


def changed_catalog(changes: Sequence[Change]) -> Catalog:
    """Return the paper's catalog with some changes, under the same name, so that node powers are the preset's.

    Examples
    --------
    >>> from wattquery.paper.findings import corrections
    >>> len(changed_catalog(corrections()).rows)
    23
    """
    published = catalogs.load(catalogs.preset(PUBLISHED).catalog)
    rows = parse_rows(changed_table(changes), f"{published.name}.csv")
    form = next((change.throughput_model for change in changes if change.throughput_model), published.throughput_model)
    return dataclasses.replace(published, rows=rows, content_hash="", throughput_model=form)


def corrected_table() -> bytes:
    """Return the content of ``oviedo2026-corrected.csv``: the paper's table with all corrections."""
    return changed_table(corrections())


def changed_table(changes: Iterable[Change]) -> bytes:
    """Return the paper's table as CSV with some changes; what was rewritten in a row stands in its notes, by finding.

    Raises
    ------
    LookupError
        If a cell does not have the content that a change expects of it.
    """
    header, *body = csv.reader(io.StringIO(data("oviedo2026.csv").decode()))
    rows = {line: dict(zip(header, cells, strict=True)) for line, cells in enumerate(body, start=2)}
    added: list[dict[str, str]] = []
    notes: dict[int, list[str]] = {}
    dropped: set[int] = set()
    for change in changes:
        for edit in change.cells:
            for line in edit.lines:
                if rows[line][edit.column] != edit.before:
                    raise LookupError(f"line {line} has {edit.column} {rows[line][edit.column]}, not {edit.before}")
                rows[line][edit.column] = edit.after
                if edit.column != "Comments":
                    notes.setdefault(line, []).append(f"Published {edit.column}: {edit.before} ({change.name}).")
        dropped |= set(change.drop)
        for addition in change.add:
            for lengths in addition.rows:
                cells = (f"{value:g}" if value.is_integer() else repr(value) for value in lengths)
                added.append(rows[addition.like] | dict(zip(_COPIED, cells, strict=True)))
    for line, texts in notes.items():
        rows[line][_NOTES] = " ".join(texts)
    text = io.StringIO()
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows([*(row for line, row in rows.items() if line not in dropped), *added])
    return text.getvalue().encode()
