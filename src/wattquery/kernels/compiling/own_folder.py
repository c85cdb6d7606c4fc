"""A folder that nobody else can write to, and its files: what lies there is run, so it must be the user's own.

Each folder on the way must belong to this user or to root, and be writable by no one else; one with the sticky bit, as
``/tmp``, may be, because what lies there can then be replaced by its owner only. The folder itself may not. Folders are
opened one below the other and judged by what was opened, so that nothing can be swapped between check and use. A file
must be a regular one of the same owners, writable by no one else, with no second name elsewhere.

A system without owners (Windows) says who may write by access lists, which Python cannot read. There a folder counts as
the user's own where it lies in their profile, which the system keeps from others.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["DAY", "NotOwnError", "OwnFolder", "own_folder", "passed_folder"]

FOLDER_MODE, FILE_MODE = 0o755, 0o644
"""Before the user's umask: no other user ever writes."""

WRITABLE_BY_OTHERS = 0o022
MOST_LINKS = 40
DAY = 86400.0

_OPENS_BELOW = os.open in os.supports_dir_fd
_LOOK = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


class NotOwnError(OSError):
    """What lies at a path may be somebody else's."""


@dataclass(frozen=True)
class OwnFolder:
    """An open folder that is the user's own.

    Attributes
    ----------
    path
        Where it is.
    descriptor
        The open folder; ``None`` where a system opens none, and names are taken from ``path``.
    """

    path: Path
    descriptor: int | None

    def read(self, name: str) -> bytes:
        """Return the content of a file.

        Raises
        ------
        NotOwnError
            If it is no regular file of the user's own: it is then not even opened.
        OSError
            If it cannot be read.
        """
        self._check_file(name, os.stat(self._at(name), dir_fd=self.descriptor, follow_symlinks=False))
        opened = os.open(self._at(name), _READ, dir_fd=self.descriptor)
        with open(opened, "rb") as file:
            self._check_file(name, os.fstat(opened))
            return file.read()

    def write(self, name: str, content: bytes, partial: str) -> None:
        """Write a file under the name ``partial``, and give it its name when it is complete."""
        opened = os.open(self._at(partial), _MAKE, FILE_MODE, dir_fd=self.descriptor)
        try:
            with open(opened, "wb") as file:
                file.write(content)
            os.replace(self._at(partial), self._at(name), src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                self.remove(partial)
            raise

    def names(self) -> list[str]:
        """Return the names of all that lies here."""
        if self.descriptor is None:
            return os.listdir(self.path)
        # What was opened to look at cannot be listed on every system.
        listed = os.open(".", os.O_RDONLY | getattr(os, "O_DIRECTORY", 0), dir_fd=self.descriptor)
        try:
            return os.listdir(listed)
        finally:
            os.close(listed)

    def age(self) -> float:
        """Return the seconds since the folder was last marked as used, or had a file added."""
        return time.time() - os.stat(self._at("."), dir_fd=self.descriptor).st_mtime

    def mark_used(self) -> None:
        """Make the folder look new; writes once a day at most."""
        if self.age() > DAY:
            os.utime(self._at("."), dir_fd=self.descriptor)

    def remove(self, name: str) -> None:
        """Remove a file."""
        os.unlink(self._at(name), dir_fd=self.descriptor)

    def remove_folder(self, name: str) -> None:
        """Remove an empty folder."""
        os.rmdir(self._at(name), dir_fd=self.descriptor)

    @contextlib.contextmanager
    def below(self, name: str) -> Iterator[OwnFolder]:
        """Open a folder in this one that is the user's own too, and no link."""
        path = self.path / name
        if self.descriptor is None:
            if path.is_symlink():
                raise NotOwnError(f"{path} is a link.")
            yield OwnFolder(path, None)
            return
        descriptor = os.open(name, _LOOK, dir_fd=self.descriptor)
        try:
            _check_folder(path, os.fstat(descriptor), is_last=True)
            yield OwnFolder(path, descriptor)
        finally:
            os.close(descriptor)

    def _at(self, name: str) -> str:
        return name if self.descriptor is not None else os.path.join(self.path, name)

    def _check_file(self, name: str, found: os.stat_result) -> None:
        path = self.path / name
        if not stat.S_ISREG(found.st_mode):
            raise NotOwnError(f"{path} is not a regular file.")
        if self.descriptor is None:
            return
        _check_owner(path, found)
        if found.st_mode & WRITABLE_BY_OTHERS:
            raise NotOwnError(_writable(path, found))
        if found.st_nlink != 1:
            raise NotOwnError(f"{path} has a second name elsewhere, and may have been put there by somebody else.")


@contextlib.contextmanager
def own_folder(path: Path, *, make: bool = False) -> Iterator[OwnFolder]:
    """Open a folder that is the user's own.

    Parameters
    ----------
    path
        An absolute path.
    make
        Whether what is missing of it is made, with the user's umask and writable by no one else.

    Raises
    ------
    NotOwnError
        If somebody else can write to it, or put another one in its place.
    OSError
        If it is missing, no folder, or cannot be made.
    """
    if not _has_owners():
        _check_profile(path)
        if make:
            path.mkdir(parents=True, exist_ok=True)
        os.stat(path)
        yield OwnFolder(path, None)
        return
    with _opened_below(path, make=make, is_last=True) as folder:
        yield folder


@contextlib.contextmanager
def passed_folder(path: Path) -> Iterator[OwnFolder]:
    """Open a folder as `own_folder` does, which may have the sticky bit instead of being the user's alone."""
    if not _has_owners():
        with own_folder(path) as folder:
            yield folder
        return
    with _opened_below(path, make=False, is_last=False) as folder:
        yield folder


@contextlib.contextmanager
def _opened_below(path: Path, *, make: bool, is_last: bool) -> Iterator[OwnFolder]:
    descriptor = _walk(path, make=make, is_last=is_last)
    try:
        yield OwnFolder(path, descriptor)
    finally:
        os.close(descriptor)


def _has_owners() -> bool:
    """Return whether files have owners here, and folders can be opened."""
    return hasattr(os, "geteuid") and _OPENS_BELOW


def _walk(path: Path, *, make: bool, is_last: bool) -> int:
    """Return the open folder, after all that lie above it were opened and checked one by one."""
    to_do = list(path.parts[1:])
    here, links = Path(path.anchor), 0
    descriptor = os.open(path.anchor, _LOOK)
    try:
        _check_folder(here, os.fstat(descriptor), is_last=is_last and not to_do)
        while to_do:
            name = to_do.pop(0)
            target = _target(name, descriptor, here / name)
            if target is not None:
                links += 1
                if links > MOST_LINKS:
                    raise NotOwnError(f"{path} has too many links.")
                to_do = [*target.parts[1:], *to_do] if target.is_absolute() else [*target.parts, *to_do]
                here, following = (Path(target.anchor), target.anchor) if target.is_absolute() else (here, ".")
            else:
                here, following = here / name, name
            following_descriptor = _opened(following, descriptor, make=make)
            os.close(descriptor)
            descriptor = following_descriptor
            _check_folder(here, os.fstat(descriptor), is_last=is_last and not to_do)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _target(name: str, above: int, shown: Path) -> Path | None:
    """Return where a link leads, or ``None`` for what is none.

    A link in a folder with the sticky bit may be anybody's; one of ours or of root's cannot be replaced by others.
    """
    try:
        found = os.stat(name, dir_fd=above, follow_symlinks=False)
    except FileNotFoundError:
        return None
    if not stat.S_ISLNK(found.st_mode):
        return None
    _check_owner(shown, found)
    return Path(os.readlink(name, dir_fd=above))


def _opened(name: str, above: int, *, make: bool) -> int:
    """Return an open folder, made where it is missing and that is wanted."""
    try:
        return os.open(name, _LOOK, dir_fd=above)
    except FileNotFoundError:
        if not make:
            raise
    # Somebody else may make it first, and is then found out by its owner.
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, FOLDER_MODE, dir_fd=above)
    return os.open(name, _LOOK, dir_fd=above)


def _check_folder(path: Path, found: os.stat_result, *, is_last: bool) -> None:
    """Refuse a folder that somebody else can write to; one on the way may have the sticky bit instead."""
    _check_owner(path, found)
    if found.st_mode & WRITABLE_BY_OTHERS and (is_last or not found.st_mode & stat.S_ISVTX):
        raise NotOwnError(_writable(path, found))


def _check_owner(path: Path, found: os.stat_result) -> None:
    if found.st_uid not in (0, os.geteuid()):
        raise NotOwnError(
            f"{path} belongs to user {found.st_uid}, who could have code run as you. Name a folder of your own."
        )


def _writable(path: Path, found: Any) -> str:
    return (
        f"{path} can be written to by other users (mode {stat.S_IMODE(found.st_mode):04o}), who could have code run as "
        f"you. Run chmod go-w on it, or name a folder of your own."
    )


def _check_profile(path: Path) -> None:
    """Refuse a folder outside of the user's profile, where a system does not tell who may write to it."""
    real, home = os.path.realpath(path), os.path.realpath(Path.home())
    if not Path(real).is_relative_to(home):
        raise NotOwnError(
            f"{path} lies outside of {home}, and this system does not tell whether other users can write to it. Name a "
            "folder in your profile."
        )
