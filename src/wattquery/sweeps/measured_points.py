"""What a user says of measurements to calibrate by: files, tables and points that were read, to one set of points."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattquery.catalog import Catalog
from wattquery.errors import InputError
from wattquery.specs.load import UnderLoad

if TYPE_CHECKING:
    from wattquery.measured import MeasuredPoints

__all__ = ["beside", "calibrating", "is_path", "measured_attributes", "measured_words", "name_of"]

_MOST_NAMES = 3


def calibrating(value: object) -> tuple[MeasuredPoints | None, str]:
    """Return measured points, and what they are called; None and nothing where none are given.

    Parameters
    ----------
    value
        The path of a file, a table, points that `wattquery.read_measured` returned, or a list of these.

    Raises
    ------
    InputError, InputTypeError
        If one of them cannot be read, or has nothing that can be used.
    """
    if value is None:
        return None, ""
    several = list(value) if isinstance(value, (list, tuple)) else [value]
    if not several:
        raise InputError(
            "measured must be a file of measurements, a table or points of wq.read_measured(...), or several in a "
            "list, got an empty list: name a file, or leave it out."
        )
    # Only where measurements are given: who lists scenarios waits for no compiler.
    from wattquery.measured.read import points_in

    parts = [_read(one) for one in several]
    names = list(dict.fromkeys(map(name_of, several)))
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    # What stands in several of them counts once.
    points = parts[0] if len(parts) == 1 else points_in(parts)
    return points, ", ".join(names[:_MOST_NAMES]) + more


def is_path(value: object) -> bool:
    """Return whether a value names a file, and so may stand in one."""
    return isinstance(value, (str, os.PathLike))


def beside(value: Any, folder: Path) -> Any:
    r"""Return what a file says of measurements, with the files that it names looked for beside it.

    Parameters
    ----------
    value
        A path, or a list of them.
    folder
        Where the file lies that says so.

    Examples
    --------
    >>> beside(["mine.csv"], Path("study"))[0].replace("\\", "/")
    'study/mine.csv'
    """
    if isinstance(value, list):
        return [beside(one, folder) for one in value]
    return str(folder / value) if isinstance(value, str) else value


def measured_words(asked: UnderLoad | None) -> str:
    """Return what calibrates a study, in words; nothing where nothing does."""
    points = None if asked is None else asked.measured
    if asked is None or points is None:
        return ""
    count = len(points)
    watts = len(points.idle_watts) + len(points.saturated_watts)
    said = [f"{count:,} point{'' if count == 1 else 's'}"] if count else []
    said += [f"{watts} power{'' if watts == 1 else 's'} of accelerators"] if watts else []
    return f"{' and '.join(said)} of {asked.measured_as}"


def measured_attributes(asked: UnderLoad | None) -> Mapping[str, str]:
    """Return what a result says of the measurements that calibrated it: none where nothing did."""
    if asked is None or asked.measured is None:
        return {}
    return {"measured": measured_words(asked), "measured_fingerprint": asked.measured.fingerprint}


def _read(value: object) -> MeasuredPoints:
    from wattquery.measured.read import points_in, read_measured

    try:
        if isinstance(value, (str, os.PathLike)) and (found := _stamp(value)) is not None:
            return _of_file(os.fspath(value), found)
        # Rows of a catalog need not be of instances that the load model knows: it says so of each.
        return points_in(value) if isinstance(value, Catalog) else read_measured(value)
    except InputError as error:
        raise type(error)(f"measured: {error}") from error


def _stamp(path: str | os.PathLike[str]) -> tuple[int, int] | None:
    """Return what changes with a file, None where there is none: whoever reads it says so."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=32)
def _of_file(path: str, stamp: tuple[int, int]) -> MeasuredPoints:
    """Return the points of a file: each class of a fleet asks for it, at each date."""
    from wattquery.measured import read_measured

    return read_measured(path)


def name_of(value: object) -> str:
    """Return what a file, a table or points are called."""
    if isinstance(value, (str, os.PathLike)):
        return Path(os.fspath(value)).name
    if isinstance(value, Catalog):
        return f"catalog {value.name!r}"
    return "your points" if hasattr(value, "fingerprint") else "your table"
