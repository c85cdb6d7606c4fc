"""Where several files go together: a folder that appears whole or not at all, and replaces its own like only."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wattquery.errors import InputError, InputTypeError, quoted
from wattquery.exports.places import REPLACE, refused_in_words, try_folder, whole

__all__ = ["Folder", "folder"]


@dataclass(frozen=True)
class Folder:
    """Where files go together.

    Attributes
    ----------
    shown
        The path as its user wrote it.
    path
        The folder behind it, with links followed.
    replace
        Whether what is there is replaced.
    own
        Names that the files may have; None where they are not known yet, and no name is foreign.
    how_to_replace
        The words for how to allow that.
    """

    shown: str
    path: Path
    replace: bool
    own: Collection[str] | None
    how_to_replace: str

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Yield the folder to write to, which is at the place when all went well, and nowhere otherwise.

        Raises
        ------
        InputError
            If the disk refuses, or the place was taken meanwhile. What was there stays as it was.
        """
        with refused_in_words(self.shown), whole(self.path) as partial:
            partial.mkdir()
            yield partial
            self.check_free()

    def check_free(self) -> None:
        """Refuse a path where something is that may not be replaced.

        Raises
        ------
        InputError
            If it is no folder, has other files, or has such as are not to be replaced.
        """
        if not os.path.lexists(self.path):
            return
        if not self.path.is_dir():
            raise InputError(f"{self.shown!r} exists and is not a folder. Remove it, or choose another name.")
        if Path.cwd().is_relative_to(self.path):
            raise InputError(f"{self.shown!r} is the folder that you are in. Name one below it, as in 'figures'.")
        there = sorted(one.name for one in self.path.iterdir())
        foreign = [name for name in there if self.own is not None and name not in self.own]
        if foreign:
            raise InputError(
                f"{self.shown!r} has {foreign[0]!r}, which is not among the files that go there, and a folder is "
                "replaced as a whole. Choose another name, so that nothing else is lost."
            )
        if there and not self.replace:
            raise InputError(f"{self.shown!r} exists. Choose another name, or {self.how_to_replace}.")


def folder(
    path: str | os.PathLike[str], replace: bool, own: Collection[str] | None = None, how_to_replace: str = REPLACE
) -> Folder:
    """Return where files can be written together, having tried it.

    Parameters
    ----------
    path
        A folder that does not exist, in one that does; or an empty one.
    replace
        Whether such files as are there may be replaced.
    own
        Names that the files may have; a folder with others is not replaced. None leaves that to a later call.
    how_to_replace
        The words for how to allow that.

    Raises
    ------
    InputError, InputTypeError
        If it is no path, something is there already, or nothing can be written there.
    """
    if not isinstance(path, (str, os.PathLike)) or "\0" in str(path) or not str(path):
        raise InputTypeError(
            f"directory must be text or a pathlib.Path, got {quoted(path)}. Write for example 'figures'."
        )
    place = Path(os.path.realpath(path))
    try_folder(str(path), place.parent)
    found = Folder(str(path), place, replace, own, how_to_replace)
    found.check_free()
    return found
