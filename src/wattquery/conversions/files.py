"""Tables of intensities: rows by region, or by hour, or by both; from a CSV file or a DataFrame."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wattquery.errors import InputError
from wattquery.inputs.files import content_of, text_of
from wattquery.inputs.names import clean_name

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["from_file", "from_frame"]

LARGEST = 2**26
"""Bytes of a table: a year by the hour of a thousand regions is a tenth of that."""

_SHAPES = (
    "a header 'region,hour,VALUE', 'region,VALUE' or 'hour,VALUE' with a row for each, or 'region,0,1,...,23' with a "
    "row for each region"
)


def from_file(path: str | os.PathLike[str], name: str) -> Mapping[Any, Any]:
    """Return the intensities of a CSV file by region, by hour, or by region and hour.

    Parameters
    ----------
    path
        The file.
    name
        What the user calls the intensity.

    Raises
    ------
    InputError
        If it cannot be read, or has another form.
    """
    wanted = f"A CSV file of {name}"
    text = text_of(content_of(path, wanted, largest=LARGEST), path, wanted, "Save it as UTF-8.")
    lines = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    return _read([[cell.strip() for cell in row] for row in lines], f"{name} ({os.fspath(path)})")


def from_frame(frame: pd.DataFrame, name: str) -> Mapping[Any, Any]:
    """Return the same of a DataFrame, whose index counts where it has labels."""
    import pandas as pd

    if not isinstance(frame.index, pd.RangeIndex):
        index = frame.index.set_names([one or "region" for one in frame.index.names])
        frame = frame.set_axis(index, axis=0).reset_index()
    rows = [[_plain(cell) for cell in row] for row in frame.itertuples(index=False)]
    return _read([[str(column) for column in frame.columns], *rows], name)


def _plain(cell: Any) -> Any:
    return cell.item() if hasattr(cell, "item") else cell


def _read(lines: Sequence[Sequence[Any]], name: str) -> Mapping[Any, Any]:
    """Return rows below a header as a table."""
    if len(lines) < 2:
        raise InputError(f"{name} must have {_SHAPES}, got {len(lines)} rows. Fill it in.")
    header, *rows = lines
    names = [str(one).strip().casefold() for one in header]
    uneven = [number for number, row in enumerate(rows, 2) if len(row) != len(names)]
    if uneven:
        raise InputError(f"{name}: row {uneven[0]} must have {len(names)} cells as the header has. Correct the row.")
    if names[0] == "region" and len(names) > 3 and all(one.isdecimal() for one in names[1:]):
        return _by_key(((row[0], dict(zip(map(int, names[1:]), row[1:], strict=True))) for row in rows), name)
    if names[:2] == ["region", "hour"] and len(names) == 3:
        return _long(rows, name)
    if names[0] in ("region", "hour") and len(names) == 2:
        return _by_key(((_hour(row[0], name) if names[0] == "hour" else row[0], row[1]) for row in rows), name)
    raise InputError(f"{name} must have {_SHAPES}, got the header {','.join(map(str, header))!r}. Correct it.")


def _long(rows: Sequence[Sequence[Any]], name: str) -> Mapping[str, Any]:
    by_region: dict[str, list[tuple[Any, Any]]] = {}
    for region, hour, value in rows:
        by_region.setdefault(clean_name(str(region), f"{name}: region"), []).append((_hour(hour, name), value))
    return {region: _by_key(pairs, f"{name}, {region}") for region, pairs in by_region.items()}


def _by_key(pairs: Any, name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, value in pairs:
        key = key if isinstance(key, int) else clean_name(str(key), f"{name}: region")
        if key in found:
            raise InputError(f"{name} must have each row once, got {key!r} twice. Remove one of the two.")
        found[key] = value
    return found


def _hour(written: Any, name: str) -> int:
    """Return an hour of the day; ``7`` and ``07:00`` are the one that begins then."""
    text = str(written).strip().removesuffix(":00").removesuffix(".0")
    if not (text.isdecimal() and int(text) < 24):
        raise InputError(f"{name}: hour must be from 0 to 23, the hour that begins then, got {written!r}. Correct it.")
    return int(text)
