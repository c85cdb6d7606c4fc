"""Tables of rates by lengths to their cells, each with what its row, its column and the text above say.

For `tensorrt_llm`, whose docstring shows the three layouts. Nothing here knows units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from wattquery.readers.tables import csv_rows, number_of

__all__ = ["Cell", "cells_of"]

_LENGTHS = re.compile(r"\s*(\d{1,7})\s*[/,]\s*(\d{1,7})\s*")
_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)
_PRECISION = re.compile(r"\(((?:NV|MX)?FP\d{1,2}|BF16|INT[48])\)", re.IGNORECASE)
_LAST_PRECISION = re.compile(r"[\s_-]*\b((?:NV|MX)?FP\d{1,2}|BF16|INT[48])$", re.IGNORECASE)
_COUNTED = re.compile(r"(\d{1,4})\s*GPUs?", re.IGNORECASE)
_OF_HEADING = re.compile(r"(?P<hardware>.{1,60}?)\s+GPUs?\s*\((?P<precision>[^()]{2,10})\)", re.IGNORECASE)
_HEADING = re.compile(r"#{1,6}\s+(.{1,200}?)[\s:#]*")
_RULE = re.compile(r"\s*:?-*:?\s*")


@dataclass(frozen=True)
class Cell:
    """A rate of a table, with all that is said of it, as text."""

    line: int
    rate: str
    model: str = ""
    hardware: str = ""
    precision: str = ""
    parallel: str = ""
    accelerators: int | None = None
    input_tokens: str = ""
    output_tokens: str = ""
    concurrency: str = ""
    unit: str = ""


@dataclass(frozen=True)
class _Table:
    """The rows of a table, each with its line, and the heading and the line of text above it."""

    rows: Sequence[tuple[int, list[str]]]
    heading: str = ""
    above: str = ""


def cells_of(text: str, shown: str) -> Iterator[Cell]:
    """Yield the cells of all tables of rates of a text, Markdown or CSV."""
    is_markdown = any(line.lstrip().startswith("|") for line in text.splitlines()[:100_000])
    for table in _markdown(text) if is_markdown else [_Table(list(csv_rows(text, shown)))]:
        yield from _cells(table)


def _markdown(text: str) -> Iterator[_Table]:
    """Yield the tables of a Markdown text."""
    heading = above = ""
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate([*text.splitlines(), ""], 1):
        stripped = line.strip()
        if stripped.startswith("|"):
            cells = [cell.strip().replace("**", "") for cell in stripped.strip("|").split("|")]
            if not all(_RULE.fullmatch(cell) for cell in cells):
                rows.append((number, cells))
            continue
        if rows:
            yield _Table(rows, heading, above)
            rows, above = [], ""
        if found := _HEADING.fullmatch(stripped):
            heading, above = found[1], ""
        elif stripped and len(stripped) <= 80 and not stripped.startswith(("*", "`", "unit", "-", "<")):
            above = stripped


def _cells(table: _Table) -> Iterator[Cell]:
    if not table.rows:
        return
    header = table.rows[0][1]
    folded = [cell.casefold() for cell in header]
    if re.search(r"\bisl\b.*\bosl\b", folded[0]):
        yield from _by_column(table)
    elif "gpu" in folded[:2] and any("tp size" in cell.casefold() for _, row in table.rows[1:3] for cell in row[:2]):
        yield from _by_size(table)
    elif any("throughput" in cell for cell in folded) and any("input" in cell or "isl" in cell for cell in folded):
        yield from _by_row(table)


def _by_column(table: _Table) -> Iterator[Cell]:
    """Yield the cells of a table with a column for each accelerator and its parallelism."""
    model, _, named = table.heading.partition(" - ")
    columns: list[Cell] = []
    for written in table.rows[0][1][1:]:
        hardware, *rest = _BREAK.split(written)
        precision = _PRECISION.search(written)
        counted = _COUNTED.fullmatch(hardware.strip())
        columns.append(
            Cell(
                line=0,
                rate="",
                model=model,
                hardware=(named or table.above) if counted else _PRECISION.sub("", hardware).strip(),
                accelerators=int(counted[1]) if counted else None,
                parallel=" ".join(rest),
                precision=precision[1] if precision else "",
            )
        )
    for line, row in table.rows[1:]:
        lengths = _LENGTHS.fullmatch(row[0])
        if lengths is None:
            continue
        for said, rate in zip(columns, row[1:], strict=False):
            yield replace(said, line=line, rate=rate, input_tokens=lengths[1], output_tokens=lengths[2])


def _by_size(table: _Table) -> Iterator[Cell]:
    """Yield the cells of a table with a line of accelerators and a line of parallel sizes."""
    precision = _LAST_PRECISION.search(table.heading)
    model = _LAST_PRECISION.sub("", table.heading)
    hardware, last = [], ""
    for cell in table.rows[0][1]:
        last = cell if cell and cell.casefold() != "gpu" else last
        hardware.append(last)
    sizes: list[str] = []
    for line, row in table.rows[1:]:
        if any("tp size" in cell.casefold() for cell in row[:2]):
            sizes = row
        lengths = _LENGTHS.fullmatch(row[0])
        if lengths is None:
            continue
        for i, rate in enumerate(row[2:], 2):
            if i < min(len(sizes), len(hardware)) and number_of(sizes[i]):
                yield Cell(
                    line,
                    rate,
                    model=model,
                    hardware=hardware[i],
                    precision=precision[1] if precision else "",
                    parallel=f"TP{sizes[i]}",
                    input_tokens=lengths[1],
                    output_tokens=lengths[2],
                )


_ROW_COLUMNS = {
    "model": r"model.*",
    "hardware": r"gpu|hardware|accelerator|gpu (?:name|type)",
    "precision": r"precision|quantization|quant|dtype",
    "tp": r"tp(?: ?size)?(?: ?\(\d\))?|tensor parallel.*",
    "pp": r"pp(?: ?size)?|pipeline parallel.*",
    "input_tokens": r"input (?:length|tokens).*|isl.*",
    "output_tokens": r"output (?:length|tokens).*|osl.*",
    "concurrency": r"concurrency",
    "rate": r".*throughput.*",
}


def _by_row(table: _Table) -> Iterator[Cell]:
    """Yield the cells of a table with a row for each rate."""
    header = table.rows[0][1]
    places = {
        name: next((i for i, cell in enumerate(header) if re.fullmatch(pattern, cell.strip(), re.IGNORECASE)), None)
        for name, pattern in _ROW_COLUMNS.items()
    }
    above = _OF_HEADING.fullmatch(table.heading)
    for line, row in table.rows[1:]:
        said = {name: row[i] if i is not None and i < len(row) else "" for name, i in places.items()}
        if not said["rate"]:
            continue
        yield Cell(
            line,
            said["rate"],
            model=said["model"],
            hardware=said["hardware"] or (above["hardware"] if above else ""),
            precision=said["precision"] or (above["precision"] if above else ""),
            parallel=" ".join(f"{name.upper()}{said[name]}" for name in ("tp", "pp") if said[name]),
            input_tokens=said["input_tokens"],
            output_tokens=said["output_tokens"],
            concurrency=said["concurrency"],
            unit=header[places["rate"] or 0],
        )
