"""Where a file goes: tried before the work starts, written under another name, and renamed when it is complete."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from wattquery.errors import InputError

__all__ = ["Place", "place", "refused_in_words", "try_folder", "whole"]

REPLACE = "allow it to be replaced: replace=True"
_ZARR_MARKS = ("zarr.json", ".zgroup", ".zmetadata")


@dataclass(frozen=True)
class Place:
    """Where a result goes.

    Attributes
    ----------
    shown
        The path as its user wrote it.
    path
        The file or directory behind it, with links followed.
    replace
        Whether what is there is replaced.
    how_to_replace
        The words for how to allow that.
    """

    shown: str
    path: Path
    replace: bool
    how_to_replace: str = REPLACE

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Yield the path to write to, whose content is at the place when all went well, and nowhere otherwise.

        Raises
        ------
        InputError
            If the disk refuses, or the place was taken meanwhile. What was there stays as it was.
        """
        with refused_in_words(self.shown), whole(self.path) as partial:
            yield partial
            self.check_free()

    def check_free(self) -> None:
        """Refuse a path that exists, unless it is to be replaced and is of the kind that would be written."""
        if not os.path.lexists(self.path):
            return
        if not self.replace:
            raise InputError(f"{self.shown!r} exists. Choose another name, or {self.how_to_replace}.")
        if self.path.suffix.lower() == ".zarr":
            if not any((self.path / mark).is_file() for mark in _ZARR_MARKS):
                raise InputError(f"{self.shown!r} exists and is not a zarr store. Remove it, or choose another name.")
        elif not self.path.is_file():
            raise InputError(f"{self.shown!r} exists and is not a file. Remove it, or choose another name.")


def place(shown: str, replace: bool, how_to_replace: str = REPLACE) -> Place:
    """Return where a file can be written, having tried it.

    Parameters
    ----------
    shown
        A path in a directory that exists, whose ending tells the format.
    replace
        Whether what is there may be replaced.
    how_to_replace
        The words for how to allow that.

    Raises
    ------
    InputError
        If something is there already, or nothing can be written there.
    """
    found = Place(shown, Path(os.path.realpath(shown)), replace, how_to_replace)
    if found.path.suffix.lower() != Path(shown).suffix.lower():
        raise InputError(f"{shown!r} is a link to {found.path.name!r}, of another ending. Name that itself.")
    try_folder(shown, found.path.parent)
    found.check_free()
    return found


@contextmanager
def refused_in_words(shown: str) -> Iterator[None]:
    """Say in a sentence what a disk refuses while something is written to a path."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{shown!r} could not be written: {error.strerror or error}. Nothing half written is left. "
            "Choose another place, or make room."
        ) from error


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield another name in the folder of a path; what is written there takes the path's place when all went well."""
    partial = _neighbour(path, "partial")
    try:
        yield partial
        _rename(partial, path)
    finally:
        _remove(partial)  # whatever ended the writing, an interrupt too


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


def _rename(partial: Path, path: Path) -> None:
    if not path.is_dir():
        partial.replace(path)
        return
    # A directory cannot take another one's name in one step: the old one steps aside until the new one is there.
    aside = _neighbour(path, "replaced")
    path.rename(aside)
    try:
        partial.rename(path)
    except BaseException:
        aside.rename(path)
        raise
    _remove(aside)


def _neighbour(path: Path, purpose: str) -> Path:
    return path.with_name(f".{path.stem}.{purpose}-{uuid4().hex[:12]}{path.suffix}")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
