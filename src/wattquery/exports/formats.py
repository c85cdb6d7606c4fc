"""The formats of files: what writes each, and what it needs.

A format joins here with a row.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wattquery.errors import InputError, listed
from wattquery.exports.spreadsheet import inert_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["DATASETS", "FORMATS", "TABLES", "checked_suffix", "write"]

Tables = Mapping[str, "pd.DataFrame"]


@dataclass(frozen=True)
class Format:
    """A format of files.

    Attributes
    ----------
    of_tables
        What writes tables by name, the first of them alone where there is room for one; None of a format of Datasets.
    needs
        The library that it needs, and the extra that brings it.
    """

    of_tables: Callable[[Tables, Path], None] | None = None
    needs: str | None = None


def _csv(tables: Tables, path: Path) -> None:
    frame = inert_table(next(iter(tables.values())))
    text = [str(name) for name in frame.columns]
    of_text = (frame.iloc[:, place] for place in range(frame.shape[1]) if frame.dtypes.iloc[place].kind == "O")
    text += {one for values in of_text for one in values if isinstance(one, str)}
    # Excel takes what has no mark for text of the machine's own alphabet; where all is ASCII there is none to tell.
    encoding = "utf-8" if all(map(str.isascii, text)) else "utf-8-sig"
    frame.to_csv(path, index=False, lineterminator="\r\n", encoding=encoding)


def _parquet(tables: Tables, path: Path) -> None:
    next(iter(tables.values())).to_parquet(path, index=False, engine="pyarrow")


def _excel(tables: Tables, path: Path) -> None:
    from wattquery.exports.workbook import write_workbook

    write_workbook(tables, path)


FORMATS: Mapping[str, Format] = {
    ".nc": Format(),
    ".zarr": Format(needs="zarr"),
    ".csv": Format(_csv),
    ".parquet": Format(_parquet, needs="pyarrow"),
    ".xlsx": Format(_excel, needs="xlsxwriter"),
}
"""Formats by the ending of their files."""

_EXTRAS = {"zarr": "zarr", "pyarrow": "parquet", "xlsxwriter": "excel"}
DATASETS = tuple(suffix for suffix, one in FORMATS.items() if one.of_tables is None)
TABLES = tuple(suffix for suffix in FORMATS if suffix not in DATASETS)


def checked_suffix(shown: str, allowed: tuple[str, ...] = tuple(FORMATS)) -> str:
    """Return the ending of a path, which tells its format.

    Raises
    ------
    InputError
        If it is no format that can be written, or needs a library that is not installed.
    """
    suffix = Path(shown).suffix.lower()
    if suffix not in allowed:
        raise InputError(
            f"{shown!r} must end in one of {listed(allowed)}, which tells its format, got {Path(shown).suffix!r}. "
            "Give it one of these endings."
        )
    needs = FORMATS[suffix].needs
    if needs is not None and importlib.util.find_spec(needs) is None:
        others = [one for one in allowed if FORMATS[one].needs is None]
        raise InputError(
            f"{shown!r} needs the {needs} library, which is not installed. Run pip install "
            f"'wattquery[{_EXTRAS[needs]}]', or write a file that ends in {' or '.join(others)}."
        )
    return suffix


def write(result: xr.Dataset | Tables, path: Path) -> None:
    """Write a result to a path whose ending tells the format.

    Parameters
    ----------
    result
        A Dataset, or tables by name.
    path
        What is written, whatever is there.
    """
    import xarray as xr

    suffix = path.suffix.lower()
    of_tables = FORMATS[suffix].of_tables
    if of_tables is not None:
        of_tables(_as_tables(result, suffix) if isinstance(result, xr.Dataset) else result, path)
    elif not isinstance(result, xr.Dataset):
        raise InputError(f"{suffix} holds Datasets; tables go to a file that ends in one of {listed(TABLES)}.")
    else:
        _write_dataset(result, path)


def _write_dataset(result: xr.Dataset, path: Path) -> None:
    try:
        if path.suffix.lower() == ".zarr":
            # Format 3 has no settled form for text of fixed length.
            result.to_zarr(str(path), mode="w", zarr_format=2)
        else:
            result.to_netcdf(str(path))
    except (TypeError, ValueError, NotImplementedError) as error:  # what a user has added or stacked
        said = str(error).partition("\n")[0]
        raise InputError(
            f"The Dataset cannot be written to {path.suffix} ({said}). Change that, or leave it out."
        ) from error


def _as_tables(result: xr.Dataset, suffix: str) -> Tables:
    """Return the tables of a Dataset that a format has room for, in Excel with one of what is to be known."""
    from wattquery.exports.about import about
    from wattquery.exports.tables import RESULT, all_tables, to_table

    if suffix != ".xlsx":
        return {RESULT: to_table(result)}
    return {**all_tables(result), "about": about(result)}
