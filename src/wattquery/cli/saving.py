"""Datasets to files: checked before the work starts, and written whole or not at all."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from wattquery.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["SUFFIXES", "Destination", "destination", "try_folder"]

SUFFIXES = (".nc", ".zarr")
_ZARR_MARKS = ("zarr.json", ".zgroup", ".zmetadata")


@dataclass(frozen=True)
class Destination:
    """Where a dataset goes.

    Attributes
    ----------
    shown
        The path as its user wrote it.
    path
        The file or directory behind it, with links followed.
    force
        Whether what is there is replaced.
    """

    shown: str
    path: Path
    force: bool

    def save(self, dataset: xr.Dataset) -> None:
        """Write a dataset to a neighbour first, and give it its name when it is complete.

        Raises
        ------
        InputError
            If the disk refuses, or the path has appeared meanwhile. What was there stays as it was.
        """
        partial = self._neighbour("partial")
        try:
            if self.path.suffix == ".zarr":
                # Format 3 has no settled form for text of fixed length.
                dataset.to_zarr(str(partial), mode="w", zarr_format=2)
            else:
                dataset.to_netcdf(str(partial))
            self._check_free()
            self._rename(partial)
        except OSError as error:
            raise InputError(
                f"{self.shown!r} could not be written: {error.strerror or error}. Nothing half written is left. "
                "Choose another place with -o, or make room."
            ) from error
        finally:
            _remove(partial)  # whatever ended the writing, an interrupt too

    def _check_free(self) -> None:
        """Refuse a path that exists, unless it is to be replaced and is of the kind that would be written."""
        if not os.path.lexists(self.path):
            return
        if not self.force:
            raise InputError(f"{self.shown!r} exists. Choose another name, or replace it with --force.")
        if self.path.suffix == ".zarr":
            if not any((self.path / mark).is_file() for mark in _ZARR_MARKS):
                raise InputError(f"{self.shown!r} exists and is not a zarr store. Remove it, or choose another name.")
        elif not self.path.is_file():
            raise InputError(f"{self.shown!r} exists and is not a file. Remove it, or choose another name.")

    def _rename(self, partial: Path) -> None:
        if not self.path.is_dir():
            partial.replace(self.path)
            return
        # A directory cannot take another one's name in one step: the old one steps aside until the new one is there.
        aside = self._neighbour("replaced")
        self.path.rename(aside)
        try:
            partial.rename(self.path)
        except BaseException:
            aside.rename(self.path)
            raise
        _remove(aside)

    def _neighbour(self, purpose: str) -> Path:
        return self.path.with_name(f".{self.path.stem}.{purpose}-{uuid4().hex[:12]}{self.path.suffix}")


def destination(shown: str, force: bool) -> Destination:
    """Return where a dataset can be written, having tried it.

    Parameters
    ----------
    shown
        A path that ends in ``.nc`` or ``.zarr``, in a directory that exists.
    force
        Whether what is there may be replaced.

    Raises
    ------
    InputError
        If the ending is another one, something is there already, or nothing can be written there.
    """
    suffix = Path(shown).suffix
    if suffix not in SUFFIXES:
        raise InputError(
            f"A file for a dataset must end in {' or '.join(SUFFIXES)}, which tells its format, got {shown!r}. "
            "Give it one of these endings."
        )
    if suffix == ".zarr" and importlib.util.find_spec("zarr") is None:
        raise InputError(
            f"{shown!r} needs the zarr library, which is not installed. Run pip install 'wattquery[zarr]', "
            "or write a file that ends in .nc."
        )
    place = Destination(shown, Path(os.path.realpath(shown)), force)
    if place.path.suffix != suffix:
        raise InputError(f"{shown!r} is a link to {place.path.name!r}, of another ending. Name that itself.")
    try_folder(shown, place.path.parent)
    place._check_free()
    return place


def try_folder(shown: str, folder: Path) -> None:
    """Refuse a path in whose folder nothing can be written, having tried it.

    Raises
    ------
    InputError
        If the folder is not there, or refuses.
    """
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass  # asking for permissions would say yes to root and on read-only disks
    except OSError as error:
        raise InputError(
            f"{shown!r} cannot be written: {error.strerror} ({str(Path(shown).parent)!r}). "
            "Name a directory that exists and that you may write to."
        ) from error


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
