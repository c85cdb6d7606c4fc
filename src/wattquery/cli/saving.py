"""``-o``: where a result goes, in the words of options. What writes it stands in `wattquery.exports`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wattquery.exports.places import Place, place, try_folder

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = ["FORCE", "SUFFIXES", "Destination", "destination", "try_folder"]

SUFFIXES = (".nc", ".zarr")
"""Endings of files that have all of a Dataset, and are read again."""

FORCE = "replace it with --force"


@dataclass(frozen=True)
class Destination:
    """Where a result goes.

    Attributes
    ----------
    place
        A place that was tried.
    """

    place: Place

    @property
    def shown(self) -> str:
        """The path as its user wrote it."""
        return self.place.shown

    def save(self, result: xr.Dataset | Mapping[str, pd.DataFrame]) -> None:
        """Write a Dataset, or tables by name: whole, or not at all.

        Raises
        ------
        InputError
            If the disk refuses, the path has appeared meanwhile, or the format has no room for it.
        """
        from wattquery.exports.formats import write

        with self.place.writing() as partial:
            write(result, partial)

    def left_out(self, dataset: xr.Dataset) -> str:
        """Return which tables of a dataset the file does not have, in a sentence; nothing where it has all."""
        if self.place.path.suffix.lower() not in (".csv", ".parquet"):
            return ""
        from wattquery.exports.tables import other_tables

        others = [f"by {dims} ({', '.join(names)})" for dims, names in other_tables(dataset).items()]
        if not others:
            return ""
        return f"{self.shown} has a row for each cell; .xlsx and .nc also have what the result says {'; '.join(others)}"


def destination(shown: str, force: bool, allowed: tuple[str, ...] | None = None) -> Destination:
    """Return where a result can be written, having tried it.

    Parameters
    ----------
    shown
        A path whose ending tells the format, in a directory that exists.
    force
        Whether what is there may be replaced.
    allowed
        Endings that there are; by default those of all formats.

    Raises
    ------
    InputError
        If the ending is another one, something is there already, or nothing can be written there.
    """
    from wattquery.exports.formats import FORMATS, checked_suffix

    checked_suffix(shown, allowed or tuple(FORMATS))
    return Destination(place(shown, force, FORCE))
