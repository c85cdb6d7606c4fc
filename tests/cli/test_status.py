"""`wattquery status`: how far a store is, as text and as JSON."""

from __future__ import annotations

import os

import wattquery as wq
from wattquery.stores.zarr.claim import claimed
from wattquery.stores.zarr.location import location


def test_a_store_as_text_and_as_json(cli, tmp_path):
    path = str(tmp_path / "a.zarr")
    wq.sweep(["DeepSeek-R1"], method="exact", store=path)
    text = cli.text("status", path)
    assert text.startswith(f"{path}: 1 of 1 cells done (100 %), 1 of 1 boxes\n")
    assert "method exact" in text
    assert "  at work   nobody\n" in text
    with claimed(location(path)):
        assert f"  at work   process {os.getpid()} on " in cli.text("status", path)
    found = cli.json("status", path, "--verify")
    assert found["is_finished"] is True
    assert found["damaged"] == 0
    assert found["axes"] == {"model": 1}


def test_what_is_no_store_is_refused(cli, tmp_path):
    assert "holds no store" in cli.refused("status", str(tmp_path / "a.zarr"))
