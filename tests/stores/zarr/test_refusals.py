"""What a disk or a server refuses is one sentence; what is wrong with us stays what it is."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path

import pytest

import wattquery as wq
from wattquery.errors import InputError
from wattquery.stores.zarr.location import Location, location
from wattquery.stores.zarr.manifest import MANIFEST, write_json
from wattquery.stores.zarr.refusals import kept, told


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
@pytest.mark.parametrize("is_begun", [False, True])
def test_what_is_refused_is_a_sentence_and_promises_only_what_is_there(
    error: Exception, why: str, is_begun: bool, tmp_path: Path
) -> None:
    where = location(tmp_path / "a.zarr")
    if is_begun:
        write_json(where.open(), MANIFEST, {})
    with pytest.raises(InputError) as raised, told(where):
        raise error
    begun = f"{where.shown!r} could not be written further: {why}; what is finished is kept, and the same call"
    not_begun = f"{where.shown!r} could not be begun: {why}; mend that, or name another place."
    assert str(raised.value).startswith(begun if is_begun else not_begun)
    assert ("What is finished is kept" in kept(where)) == is_begun


def a_file(path: Path) -> Path:
    """Put a file there."""
    path.write_text("mine")
    return path


def a_link(path: Path) -> Path:
    """Put a link there that leads nowhere."""
    path.symlink_to(path.parent / "nowhere" / "a")
    return path


@pytest.mark.parametrize(
    ("placed", "why"),
    [
        (a_file, "a file lies there"),
        (a_link, "a file or a link lies there"),
        (lambda path: path.with_name("n" * 300 + ".zarr"), "its name is too long"),
    ],
)
def test_a_place_where_nothing_can_be_made_is_said(placed, why: str, tmp_path: Path) -> None:
    place = placed(tmp_path / "a.zarr")
    with pytest.raises(InputError, match=f"could not be begun: {why}"):
        wq.sweep("DeepSeek-R1", method="exact", store=place)


@pytest.mark.parametrize("reading", [False, True])
@pytest.mark.parametrize(
    "where",
    [
        location("memory://user:HUSH@host/a.zarr"),
        location("memory://user:HU%53H@host/a.zarr"),
        location("memory://a.zarr", {"secret": "HUSH"}),
    ],
)
def test_what_opens_a_store_is_in_no_message_and_no_traceback(where: Location, reading: bool) -> None:
    try:
        with told(where, reading=reading):
            raise EndpointConnectionError("no bucket user:HUSH@host, nor http://me:HUSH2@b/ for HUSH")
    except InputError as error:
        said = "".join(traceback.format_exception(error))
    assert "no bucket" in said
    assert "HUSH" not in said.replace('"no bucket user:HUSH@host, nor http://me:HUSH2@b/ for HUSH"', "")
    assert ("could not be read" in said) == reading


def test_of_a_store_that_is_not_reached_nothing_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")

    monkeypatch.setattr(Location, "open", refused)
    with pytest.raises(InputError, match="could not be written: Connection refused; what was finished before, if any"):
        wq.sweep("DeepSeek-R1", method="exact", store="memory://not-reached/a.zarr")


@pytest.mark.parametrize("error", [KeyError("a bug"), InputError("a sentence"), KeyboardInterrupt()])
def test_all_else_stays_what_it_is(error: BaseException) -> None:
    with pytest.raises(type(error)) as raised, told(Location("a.zarr", "a.zarr", False)):
        raise error
    assert raised.value is error


@pytest.mark.parametrize("address", ["reference://a.zarr", "dask://a.zarr", "generic://a.zarr", "simplecache://a.zarr"])
def test_an_address_that_can_be_no_store_is_a_sentence(address: str) -> None:
    with pytest.raises(InputError, match=f"'{address}' could not be written: .*Error: .*storage_options"):
        wq.sweep("DeepSeek-R1", method="exact", store=address)
    with pytest.raises(InputError, match=f"'{address}' could not be read: .*Error: .*storage_options"):
        wq.stores.status(address)


def test_what_is_wrong_with_us_stays_what_it_is_at_an_address() -> None:
    with pytest.raises(TypeError, match="ours"), told(location("memory://a.zarr")):
        raise TypeError("ours")
