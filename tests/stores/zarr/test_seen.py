"""A process writes into the store that was laid out, and into no other at the same place."""

from __future__ import annotations

from pathlib import Path

import pytest

import wattquery as wq
from wattquery.stores.zarr.location import location
from wattquery.stores.zarr.manifest import MANIFEST, write_json
from wattquery.stores.zarr.seen import check_seen


def test_the_store_of_a_manifest_is_seen(tmp_path: Path) -> None:
    where = location(tmp_path / "a.zarr")
    write_json(where.open(), MANIFEST, {"id": "mine"})
    check_seen(where, "mine")


@pytest.mark.parametrize("content", [None, {"id": "another"}, {}, ["id"]])
def test_another_store_or_none_is_refused(content: object, tmp_path: Path) -> None:
    where = location(tmp_path / "a.zarr")
    if content is not None:
        write_json(where.open(), MANIFEST, content)
    with pytest.raises(
        wq.InputError, match=r"^this process does not see the store .* \((nothing|another one) is there\)"
    ):
        check_seen(where, "mine")
    assert (tmp_path / "a.zarr").exists() == (content is not None)


def test_what_cannot_be_read_is_named_by_its_kind_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError("key AKIA123 may not")

    where = location(tmp_path / "a.zarr")
    monkeypatch.setattr(type(where), "open", refused)
    with pytest.raises(wq.InputError, match=r"\(PermissionError\)") as raised:
        check_seen(where, "mine")
    assert "AKIA" not in str(raised.value)


def test_options_of_a_store_are_in_no_text_of_it() -> None:
    where = location("memory://bucket/a.zarr", {"secret": "hidden"})
    assert where.options == {"secret": "hidden"}
    assert "hidden" not in repr(where) + str(where)
