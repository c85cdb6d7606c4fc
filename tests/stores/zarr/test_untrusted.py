"""What no store of ours holds is refused by its metadata, before a codec is looked up or an array made."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stores.zarr.small_store import filled
from wattquery.errors import InputError
from wattquery.stores.zarr.untrusted import check_metadata

Change = Callable[[dict[str, Any]], Any]


def arrays(group: dict[str, Any]) -> dict[str, Any]:
    """Return the metadata of all arrays."""
    found: dict[str, Any] = group["consolidated_metadata"]["metadata"]
    return found


def energy(group: dict[str, Any]) -> dict[str, Any]:
    """Return that of one."""
    found: dict[str, Any] = arrays(group)["energy"]
    return found


CHANGES: dict[str, tuple[Change, str]] = {
    "a codec that runs what it finds": (
        lambda g: energy(g)["codecs"].insert(0, {"name": "numcodecs.pickle"}),
        "pickle",
    ),
    "no checksums": (lambda g: energy(g)["codecs"].pop(), "packed by"),
    "objects": (lambda g: energy(g).update(data_type="object"), "holds object"),
    "an extension": (lambda g: energy(g).update(data_type={"name": "x"}), "holds|damaged"),
    "a chunk of a terabyte": (
        lambda g: energy(g)["chunk_grid"]["configuration"].update(chunk_shape=[10**6, 10**3, 10**3]),
        "8,000,000,000,000 bytes",
    ),
    "labels of a terabyte": (lambda g: arrays(g)["model"].update(shape=[10**12]), "labels|chunk"),
    "a path": (lambda g: arrays(g).update({"../energy": energy(g)}), "called"),
    "a dimension of two lengths": (lambda g: energy(g).update(shape=[4, 2, 3]), "both"),
    "sizes that are truth values": (lambda g: energy(g).update(shape=[True, 2, 3]), "whole numbers"),
    "negative sizes": (lambda g: energy(g).update(shape=[-1, 2, 3]), "whole numbers"),
    "the second format": (lambda g: g.update(zarr_format=2), "damaged"),
    "no arrays": (lambda g: g.pop("consolidated_metadata"), "damaged"),
    "transformers": (lambda g: energy(g).update(storage_transformers=[{"name": "x"}]), "other names"),
    "attributes that are a list": (lambda g: energy(g).update(attributes=[]), "attributes"),
}


@pytest.mark.parametrize(("change", "why"), CHANGES.values(), ids=CHANGES)
def test_what_no_store_of_ours_holds_is_refused(tmp_path: Path, change: Change, why: str) -> None:
    where = filled(tmp_path)
    top = where.folder / "zarr.json"
    group = json.loads(top.read_text())
    change(group)
    top.write_text(json.dumps(group))
    with pytest.raises(InputError, match=why):
        check_metadata(where.open(), where.shown)


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 10**5, b"\xff\xfe", b"null", b"[]", b"1e999"])
def test_what_is_no_metadata_is_refused(tmp_path: Path, content: bytes) -> None:
    where = filled(tmp_path)
    (where.folder / "zarr.json").write_bytes(content)
    with pytest.raises(InputError, match="no store that wattquery wrote"):
        check_metadata(where.open(), where.shown)


def test_what_was_written_is_taken(tmp_path: Path) -> None:
    where = filled(tmp_path)
    assert set(check_metadata(where.open(), where.shown)) == {"model", "energy", "support", "done"}
