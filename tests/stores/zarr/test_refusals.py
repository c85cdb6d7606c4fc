"""What a disk or a server refuses is one sentence; what is wrong with us stays what it is."""

from __future__ import annotations

import errno

import pytest

from wattquery.errors import InputError
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.refusals import told

WHERE = Location("a.zarr", "a.zarr", False)


class EndpointConnectionError(Exception):
    """What a package for an object store raises."""


EndpointConnectionError.__module__ = "botocore.exceptions"


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "there is no room left on the disk"),
        (OSError(errno.EROFS, "Read-only file system"), "it lies on a disk that is read only"),
        (PermissionError(errno.EACCES, "Permission denied"), "writing there is not permitted"),
        (OSError("odd"), "odd"),
        (OSError(), "OSError"),
        (EndpointConnectionError("Could not connect.\nAt all."), "Could not connect. At all"),
    ],
)
def test_what_is_refused_is_a_sentence(error: Exception, why: str) -> None:
    with pytest.raises(InputError) as raised, told(WHERE):
        raise error
    assert str(raised.value).startswith(f"'a.zarr' could not be written further: {why}; what is finished is kept")


@pytest.mark.parametrize("error", [KeyError("a bug"), InputError("a sentence"), KeyboardInterrupt()])
def test_all_else_stays_what_it_is(error: BaseException) -> None:
    with pytest.raises(type(error)) as raised, told(WHERE):
        raise error
    assert raised.value is error
