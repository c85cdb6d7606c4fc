"""What a disk or a server refuses of a store, in a sentence: what is finished stays finished, if anything was begun."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from wattquery.errors import InputError
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.manifest import COPY, MANIFEST, is_begun

__all__ = ["kept", "told"]

_REASONS = {
    errno.ENOSPC: "there is no room left on the disk",
    errno.EDQUOT: "the quota of the disk is used up",
    errno.EROFS: "it lies on a disk that is read only",
    errno.EACCES: "writing there is not permitted",
    errno.EPERM: "writing there is not permitted",
    errno.EEXIST: "a file or a link lies there, or on the way to it",
    errno.ENOTDIR: "a file lies there, or on the way to it",
    errno.ENOENT: "no folder can be made there",
    errno.ENAMETOOLONG: "its name is too long",
}
"""Errors of the system by number, while something is written."""


_SERVERS = frozenset({"aiobotocore", "aiohttp", "azure", "botocore", "fsspec", "gcsfs", "google", "s3fs"})
"""Packages whose errors are those of an object store, though they are none of the system."""


_LONGEST = 300
"""Letters of what a library says that are quoted."""


def _is_of_a_server(where: Location, error: Exception) -> bool:
    """Return whether a package for addresses raised an error, of its own kind or of Python's, such as for an option."""
    if _is_of_servers(type(error).__module__):
        return True
    frames = (frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__))
    return where.is_remote and any(map(_is_of_servers, frames))


def _is_of_servers(module: str) -> bool:
    return module.partition(".")[0] in _SERVERS


def _why(error: Exception, reasons: Mapping[int, str]) -> str:
    said = " ".join(str(getattr(error, "strerror", None) or error).split())
    known = reasons.get(getattr(error, "errno", None) or 0)
    if isinstance(error, (OSError, TimeoutError)) or _is_of_servers(type(error).__module__):
        return known or said.rstrip(".") or type(error).__name__
    return f"{type(error).__name__}: {said.rstrip('.')} (see the address and storage_options)"


@contextmanager
def told(where: Location, *, reading: bool = False) -> Iterator[None]:
    """Write to a store, or read it; what its disk refuses becomes one sentence, without what opens it.

    Raises
    ------
    InputError
        If a file cannot be written or read.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, InputError) or not (isinstance(error, OSError) or _is_of_a_server(where, error)):
            raise
        why = where.without_secrets(_why(error, {} if reading else _REASONS))[:_LONGEST]
        # A traceback would quote the library's own words.
        said = str(error)
        cause = error if said == where.without_secrets(said) else None
        raise InputError(_sentence(where, why, reading)) from cause


def kept(where: Location) -> str:
    """Return what of a store is there when a call on it is interrupted, in a sentence."""
    if _was_begun(where) is False:
        return f"Nothing was begun in {where.shown!r} yet."
    return f"What is finished is kept in {where.shown!r}; the same call continues it."


def _sentence(where: Location, why: str, reading: bool) -> str:
    if reading:
        return f"{where.shown!r} could not be read: {why}."
    begun = _was_begun(where)
    if begun is False:
        return f"{where.shown!r} could not be begun: {why}; mend that, or name another place."
    finished = "what is finished is kept" if begun else "what was finished before, if anything, is kept"
    further = " further" if begun else ""
    return (
        f"{where.shown!r} could not be written{further}: {why}; {finished}, and the same call continues it "
        "once that is mended."
    )


def _was_begun(where: Location) -> bool | None:
    """Return whether a store says what it was asked for; None where it cannot be reached."""
    try:
        if not where.is_remote:
            return any((where.folder / key).is_file() for key in (MANIFEST, COPY))
        return is_begun(where.open(read_only=True))
    except Exception:  # whatever kept the store from being written
        return None if where.is_remote else False
