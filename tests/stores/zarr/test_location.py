"""Where a store may lie, and what is said of where it may not."""

from __future__ import annotations

import importlib
import os
import pickle
from pathlib import Path
from typing import Any

import fsspec
import pytest

import wattquery as wq
from wattquery.errors import InputError
from wattquery.stores.zarr.location import location


def test_a_folder_is_taken_from_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    where = location("runs/a.zarr")
    assert (where.shown, where.folder, where.is_remote) == ("runs/a.zarr", tmp_path / "runs" / "a.zarr", False)
    assert location(Path("~/a.zarr")).folder == Path.home() / "a.zarr"


def test_what_opens_an_address_goes_where_it_goes_and_is_never_shown() -> None:
    where = location("memory://a.zarr", {"secret": "hush"})
    assert pickle.loads(pickle.dumps(where)).options == {"secret": "hush"}
    assert "hush" not in f"{where} {where!r}"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("s3://KEY:HUSH@bucket/a.zarr", "s3://***@bucket/a.zarr"),
        ("s3://KEY:HU/HUSH+@bucket/a.zarr", "s3://***@bucket/a.zarr"),
        ("memory://user:p@HUSH@host:80/a.zarr", "memory://***@host:80/a.zarr"),
        ("memory://HUSH@host/a.zarr", "memory://***@host/a.zarr"),
        ("ftp://u:p'w\"HUSH x@host/a.zarr", "ftp://***@host/a.zarr"),
        ("https://host/x?sig=HUSH&p=/a.zarr", "https://host/x?***"),
        ("memory://host/run@2/a.zarr", "memory://host/run@2/a.zarr"),
    ],
)
def test_a_password_in_an_address_opens_it_and_is_never_shown(
    given: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fsspec, "get_filesystem_class", lambda protocol: protocol)  # s3fs may not be installed
    where = location(given)
    assert (where.shown, where.path) == (shown, given)
    assert "HUSH" not in f"{where} {where!r}"
    if given != shown:
        assert "HUSH" not in where.without_secrets(f"no answer of {given}")


def test_what_options_hold_is_in_no_message_however_deep() -> None:
    where = location("memory://a.zarr", {"client_kwargs": {"keys": ["HUSH"]}})
    assert where.without_secrets("Invalid key: HUSH") == "Invalid key: ***"


@pytest.mark.parametrize("given", [1, "a", {1: 2}, []])
def test_options_that_are_none_are_a_sentence(given: Any) -> None:
    with pytest.raises(InputError, match="storage_options must be a dict by name"):
        wq.stores.status("memory://a.zarr", storage_options=given)


@pytest.mark.parametrize("given", ["s3://u:HUSH@b/study", "nothing://u:HUSH@b/a.zarr"])
def test_a_password_is_in_no_refusal(given: str) -> None:
    with pytest.raises(InputError, match=r"://\*\*\*@b/") as raised:
        location(given)
    assert "HUSH" not in str(raised.value)


@pytest.mark.parametrize("host", ["", "localhost"])
def test_an_address_of_a_folder_is_that_folder(host: str, tmp_path: Path) -> None:
    address = (tmp_path / "of mine" / "a.zarr").as_uri().replace("file://", f"file://{host}")
    where = location(address, {"auto_mkdir": True})
    assert (where.shown, where.folder, where.is_remote) == (address, tmp_path / "of mine" / "a.zarr", False)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (3, "must be the path of a folder"),
        ("", "must be the path"),
        ("a\0.zarr", "must be the path"),
        ("study", "must end with .zarr, got 'study': write 'study.zarr'"),
        (".", "write './study.zarr'"),
        ("a/UP.ZARR", "write 'a/UP.zarr'"),
        ("s3://", "write 's3://bucket/study.zarr'"),
        ("s3://mine/", "write 's3://mine/study.zarr'"),
        pytest.param(
            "C:\\a.zarr", "which is one of Windows", marks=pytest.mark.skipif(os.name == "nt", reason="is a place")
        ),
        ("https://h/a.zarr?sig=HUSH", r"got 'https://h/a.zarr\?\*\*\*': write 'https://h/a.zarr'"),
        ("nothing://a.zarr", "an address that fsspec knows"),
    ],
)
def test_what_is_no_place_is_a_sentence(given: Any, why: str) -> None:
    with pytest.raises(InputError, match=why):
        location(given)


@pytest.mark.skipif(os.name == "nt", reason="it is a place there")
def test_a_path_of_windows_is_refused_elsewhere() -> None:
    with pytest.raises(InputError, match=r"which is one of Windows: write for example 'runs/study\.zarr'"):
        location("C:\\a.zarr")


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(protocol: str) -> None:
        raise ImportError(f"Install s3fs to access {protocol.upper()}")

    monkeypatch.setattr(fsspec, "get_filesystem_class", missing)
    with pytest.raises(InputError, match="needs another package: Install s3fs to access S3"):
        location("s3://bucket/a.zarr")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "fsspec" else name)
    with pytest.raises(InputError, match="needs the package fsspec"):
        location("s3://bucket/a.zarr")


def test_listings_of_an_object_store_are_not_kept() -> None:
    """Those of an S3 server were, so that chunks which another run had written were not found."""
    store: Any = location("memory://bucket/a.zarr", {"secret": "hidden"}).open()
    assert store.fs.sync_fs.dircache.use_listings_cache is False
