"""What a disk or a server refuses while a store is written, in a sentence: what is finished stays finished."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from wattquery.errors import InputError
from wattquery.stores.zarr.location import Location

__all__ = ["told"]

_REASONS = {
    errno.ENOSPC: "there is no room left on the disk",
    errno.EDQUOT: "the quota of the disk is used up",
    errno.EROFS: "it lies on a disk that is read only",
    errno.EACCES: "writing there is not permitted",
    errno.EPERM: "writing there is not permitted",
}
"""Errors of the system by number."""


_SERVERS = frozenset({"aiobotocore", "aiohttp", "azure", "botocore", "fsspec", "gcsfs", "google", "s3fs"})
"""Packages whose errors are those of an object store, though they are none of the system."""


def _is_of_a_server(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] in _SERVERS


def _why(error: Exception) -> str:
    said = " ".join(str(getattr(error, "strerror", None) or error).split())
    known = _REASONS.get(getattr(error, "errno", None) or 0)
    return known or said.rstrip(".") or type(error).__name__


@contextmanager
def told(where: Location) -> Iterator[None]:
    """Write to a store; what its disk refuses becomes one sentence.

    Raises
    ------
    InputError
        If a file cannot be written or read.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, InputError) or not (isinstance(error, OSError) or _is_of_a_server(error)):
            raise
        why = _why(error)
        raise InputError(
            f"{where.shown!r} could not be written further: {why}; what is finished is kept, and the same call "
            "continues it once that is mended."
        ) from error
