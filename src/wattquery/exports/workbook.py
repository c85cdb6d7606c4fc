"""Tables to an Excel file (ECMA-376), with all digits of every number.

It is written here, and not by a library: those round to 16 digits, of which a double may need 17.
"""

from __future__ import annotations

import itertools
import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from wattquery.errors import InputError
from wattquery.exports.spreadsheet import inert_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["write_workbook"]

MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT, LONGEST_NAME = 1_048_576, 16_384, 32_767, 31
"""Of a sheet, its header included; of a cell, and of the name of a sheet."""

MOST_WHOLE = 2**53
"""Whole numbers beyond are text: a cell holds a double."""

_DAY_ZERO = np.datetime64("1899-12-30", "ns")
_DAY = np.timedelta64(1, "D")
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_BOLD, _DATE = 1, 2
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def write_workbook(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write a sheet for each table.

    Parameters
    ----------
    tables
        By the names of their sheets. NaN is an empty cell, and what is infinite the text ``inf``.
    path
        What is written.

    Raises
    ------
    InputError
        If a sheet cannot hold a table or a text.
    """
    for name, table in tables.items():
        _check_size(name, *table.shape)
    names = _sheet_names(tables)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        for member, text in _frame(names).items():
            _put(archive, member, [text])
        for number, table in enumerate(tables.values(), 1):
            _put(archive, f"xl/worksheets/sheet{number}.xml", _sheet(inert_table(table)))


def _put(archive: zipfile.ZipFile, member: str, parts: Sequence[str] | Iterator[str]) -> None:
    # The same table gives the same bytes: no time is written.
    entry = zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(entry, "w", force_zip64=True) as file:
        for part in parts:
            file.write(part.encode())


def _check_size(name: str, rows: int, columns: int) -> None:
    if rows + 1 > MOST_ROWS or columns > MOST_COLUMNS:
        raise InputError(
            f"A sheet of Excel has at most {MOST_ROWS - 1:,} rows below its header and {MOST_COLUMNS:,} columns, and "
            f"the table {name!r} has {rows:,} rows and {columns:,} columns: write it to a file that ends in .csv or "
            ".parquet."
        )


def _sheet_names(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return names that Excel allows, each once in any case."""
    names: list[str] = []
    for wanted in tables:
        plain = wanted.translate(_NOT_IN_NAMES)
        name, number = plain[:LONGEST_NAME], 1
        while name.casefold() in (one.casefold() for one in names):
            number += 1
            name = f"{plain[: LONGEST_NAME - 5]} {number}"
        names.append(name)
    return names


def _frame(names: Sequence[str]) -> dict[str, str]:
    """Return what an Excel file has beside its sheets, by member."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}"/>' for i, name in zip(numbers, names, strict=True)
    )
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in numbers
    )
    kinds = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{_SHEET_TYPE}"/>' for i in numbers)
    stem = "application/vnd.openxmlformats"
    kinds += f'<Override PartName="/xl/styles.xml" ContentType="{stem}-officedocument.spreadsheetml.styles+xml"/>'
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{stem}-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{stem}-officedocument.spreadsheetml.sheet.main+xml"/>'
        f"{kinds}</Types>",
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId{len(names) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }


def _sheet(frame: pd.DataFrame) -> Iterator[str]:
    """Yield the XML of a sheet: a bold header that stays in sight, and a row for each row."""
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
    )
    letters = [_letters(place) for place in range(frame.shape[1])]
    header = [_text(str(name), _BOLD) for name in frame.columns]
    columns = [_cells(frame.iloc[:, place]) for place in range(frame.shape[1])]
    for number, row in enumerate(itertools.chain([header], zip(*columns, strict=True)), 1):
        cells = "".join(f'<c r="{letter}{number}"{cell}' for letter, cell in zip(letters, row, strict=True) if cell)
        yield f'<row r="{number}">{cells}</row>'
    yield "</sheetData></worksheet>"


def _letters(place: int) -> str:
    """Return what Excel calls a column: A to Z, AA, AB, ..."""
    text = ""
    while place >= 0:
        place, letter = divmod(place, 26)
        text = chr(ord("A") + letter) + text
        place -= 1
    return text


def _cells(column: pd.Series[Any]) -> Iterator[str]:
    """Yield each cell without its beginning, which has its place; an empty cell is empty."""
    if column.dtype.kind == "M" and getattr(column.dtype, "tz", None) is None:
        days = (column.to_numpy().astype("datetime64[ns]") - _DAY_ZERO) / _DAY
        return (_number(day, _DATE) for day in days.tolist())
    return map(_cell, column.tolist())


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'
    if isinstance(value, float) or (isinstance(value, int) and abs(value) <= MOST_WHOLE):
        return _number(value)
    return "" if value is None or str(value) in ("", "<NA>", "NaT") else _text(str(value))


def _number(value: float, style: int = 0) -> str:
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return _text(str(value))
    return f"{_styled(style)}><v>{value!r}</v></c>"


def _text(text: str, style: int = 0) -> str:
    if len(text) > LONGEST_TEXT:
        raise InputError(
            f"A cell of Excel holds at most {LONGEST_TEXT:,} characters, and one that begins with {text[:40]!r} has "
            f"{len(text):,}: write the table to a file that ends in .csv or .parquet."
        )
    inner = escape(text, {"\r": "&#13;"})
    return f'{_styled(style)} t="inlineStr"><is><t xml:space="preserve">{inner}</t></is></c>'


def _styled(style: int) -> str:
    return f' s="{style}"' if style else ""
