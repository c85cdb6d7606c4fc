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
    except OSError as error:
        if isinstance(error, InputError):
            raise
        why = _REASONS.get(error.errno or 0, str(error.strerror or error) or type(error).__name__)
        raise InputError(
            f"{where.shown!r} could not be written further: {why}; what is finished is kept, and the same call "
            "continues it once that is mended."
        ) from error
