"""Where nothing can be written is said, in the words of a sweep, and without leaving anything there."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from wattquery.stores.zarr.location import location
from wattquery.sweeps.planning.place import refused_there

pytest.importorskip("zarr")


def refused(path: Path | str) -> str:
    """Return why nothing could be written at a path."""
    return refused_there(location(path))


def test_where_a_folder_can_be_made_nothing_is_said(tmp_path: Path) -> None:
    assert refused(tmp_path / "not" / "there" / "study.zarr") == ""
    assert refused(tmp_path) == "" if tmp_path.name.endswith(".zarr") else True
    assert not list(tmp_path.iterdir())


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link.zarr").symlink_to(tmp_path / "nothing")
    for path in (tmp_path / "file" / "study.zarr", tmp_path / "link.zarr"):
        assert refused(path) == (
            f"{str(path)!r} could not be begun: a file or a link lies there, or on the way to it; mend that, or name "
            "another place"
        )


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    assert "its name is too long" in refused(tmp_path / f"{'a' * 300}.zarr")


def test_where_writing_is_not_permitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "writing there is not permitted" in refused(tmp_path / "study.zarr")


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux")
def test_what_is_no_disk() -> None:
    assert "no folder can be made there" in refused("/proc/study.zarr")


def test_memory_without_a_limit_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(total=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert refused(tmp_path / "study.zarr") == ""
    assert not list(tmp_path.iterdir())


def test_of_an_address_nothing_is_known() -> None:
    assert refused("memory://study.zarr") == ""
