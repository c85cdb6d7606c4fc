"""Files that users name: only regular ones of a bounded size are opened, and other formats are told by their name.

Every reader of the package comes through here, whatever it makes of the bytes.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from wattquery.errors import InputError, InputTypeError, continued, quoted
from wattquery.inputs.formats import binary_format

__all__ = ["LARGEST", "as_path", "check_regular", "content_of", "opened", "text_of"]

LARGEST = 2**31
"""Bytes of a file that is read whole: some ten million rows of a table."""

_PIECE = 2**24

_KINDS = (
    (stat.S_ISDIR, "this is a folder, not a file"),
    (stat.S_ISFIFO, "this is a pipe, which may never end"),
    (stat.S_ISSOCK, "this is a socket, not a file"),
    (stat.S_ISCHR, "this is a device, not a file"),
    (stat.S_ISBLK, "this is a device, not a file"),
)
_SPELLING = "Check the spelling and the folder you run from."
_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def as_path(path: object, owner: str = "path") -> Path:
    """Return a path that a user passed.

    Raises
    ------
    InputTypeError
        If it is neither text nor a path object.
    """
    if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
        raise InputTypeError(f"{owner} must be a str or a path object, got {quoted(path)}. Pass 'table.csv'.")
    return Path(os.fspath(path))


def check_regular(path: str | os.PathLike[str], wanted: str, *, largest: int | None = LARGEST) -> None:
    """Refuse a path that is not a regular file, before anything opens it: opening a pipe may wait for ever.

    Parameters
    ----------
    path
        What the user named.
    wanted
        What is needed instead, for messages: ``"A readable CSV file"``.
    largest
        Bytes that it may have; ``None`` for any number.

    Raises
    ------
    InputError
        If it does not exist, is a folder, a pipe, a socket or a device, or is too large.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - Path() would refuse what a message should name
    except (OSError, ValueError) as error:
        raise _refused(path, wanted, *_why(error)) from None
    _check(found, path, wanted, largest)


def content_of(path: str | os.PathLike[str], wanted: str, *, largest: int = LARGEST) -> bytes:
    """Return the bytes of a file; see `check_regular` for what it takes and raises."""
    with opened(path, wanted, largest=largest) as file:
        try:
            # Piece by piece: a buffer of the largest size is made at once, whatever the size of the file.
            pieces, rest = [], largest + 1
            while rest and (piece := file.read(min(rest, _PIECE))):
                pieces.append(piece)
                rest -= len(piece)
            content = b"".join(pieces)
        except (OSError, ValueError) as error:
            raise _refused(path, wanted, *_why(error)) from None
    if len(content) > largest:
        raise _refused(path, wanted, f"the file has more than {largest:,} bytes", "Split it, or leave rows out.")
    return content


@contextmanager
def opened(path: str | os.PathLike[str], wanted: str, *, largest: int | None = None) -> Iterator[IO[bytes]]:
    """Open a file to read bytes from it; see `check_regular` for what it takes and raises.

    Errors of reading pass through.
    """
    check_regular(path, wanted, largest=largest)
    try:
        # What lies under the name may have changed since: a pipe is opened without waiting, and looked at again.
        file = open(path, "rb", opener=lambda name, flags: os.open(name, flags | _WITHOUT_WAITING))  # noqa: SIM115
    except (OSError, ValueError) as error:
        raise _refused(path, wanted, *_why(error)) from None
    with file:
        _check(os.fstat(file.fileno()), path, wanted, largest)
        yield file


def text_of(content: bytes, path: str | os.PathLike[str], wanted: str, fix: str) -> str:
    """Return the text of a file, without a byte order mark in front.

    Parameters
    ----------
    content
        Its bytes.
    path, wanted
        As in `check_regular`.
    fix
        What to do about another encoding.

    Raises
    ------
    InputError
        If it is of another format, or not UTF-8.
    """
    if other := binary_format(content):
        raise _refused(path, wanted, f"this is {other.name}", other.fix)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{quoted(str(path), 300)} is not UTF-8 text (byte 0x{content[error.start]:02x} in line {line}), and only "
            f"that is read: {continued(fix)}"
        ) from None


def _check(found: os.stat_result, path: str | os.PathLike[str], wanted: str, largest: int | None) -> None:
    for is_kind, kind in _KINDS:
        if is_kind(found.st_mode):
            fix = "Name the file inside it." if is_kind is stat.S_ISDIR else "Write it to a file, and name that."
            raise _refused(path, wanted, kind, fix)
    if not stat.S_ISREG(found.st_mode):
        raise _refused(path, wanted, "this is not a regular file", "Write it to a file, and name that.")
    if largest is not None and found.st_size > largest:
        problem = f"the file has {found.st_size:,} bytes, and at most {largest:,} are read"
        raise _refused(path, wanted, problem, "Split it, or leave rows out.")


def _why(error: OSError | ValueError) -> tuple[str, str]:
    """Return what the operating system said, and what to do about it."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file", _SPELLING
    if isinstance(error, OSError) and error.errno == errno.ENOTDIR:
        return "part of the path is not a folder", _SPELLING
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"the file cannot be read ({said})", "Check its name and its permissions."


def _refused(path: str | os.PathLike[str], wanted: str, problem: str, fix: str) -> InputError:
    needed = f"{continued(wanted)} is needed"
    return InputError(f"{quoted(os.fspath(path), 300)}: {problem}, and {needed}: {continued(fix)}")
