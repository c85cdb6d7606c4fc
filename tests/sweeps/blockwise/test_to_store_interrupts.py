"""An interrupt of a stored sweep: what is finished is kept, the message says so, and the rest is what is computed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import wattquery as wq
from clocks import IN_1970, IN_2100, Clock, dated, jumps
from wattquery.engine.display import Display
from wattquery.sweeps.blockwise import laid_out

ASKED: dict[str, Any] = {"model": "DeepSeek-R1", "output_tokens": list(range(100, 116)), "draws": 256, "threads": 1}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a store that is left after three of eight blocks."""
    monkeypatch.setattr(laid_out, "MOST_CELLS", 2)

    def progress(share: float) -> None:
        if share >= 3 / 8:
            raise KeyboardInterrupt

    path = tmp_path / "a.zarr"
    with pytest.raises(KeyboardInterrupt, match=r"^What is finished is kept in .*a\.zarr'; the same call"):
        wq.sweep(**ASKED, store=path, progress=progress)
    return path


@pytest.mark.parametrize("when", [IN_1970, IN_2100])
def test_clocks_that_are_set_are_no_matter(when: float, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the system, while it is looked at, and of the files: what is finished is kept, and no more is solved."""
    whole = wq.sweep(**ASKED)["energy"]
    jumps(monkeypatch)
    dated(store, when)
    kept = {path: path.stat().st_mtime for path in (store / "energy" / "c").rglob("*") if path.is_file()}
    status = wq.stores.status(store, verify=True)
    assert (status.boxes_done, status.boxes, status.damaged, status.worked_on_by) == (3, 8, 0, "")
    at_work: list[str] = []
    lines: list[str] = []

    def show(line: str, share: float) -> None:
        at_work.append(wq.stores.status(store).worked_on_by)
        if share < 1.0:  # what is finished can be read
            with pytest.raises(wq.InputError, match="is being written by process"):
                wq.sweep(**ASKED, store=store)
        dated(store, when)
        lines.append(line)

    found = wq.sweep(**ASKED, store=store, progress=Display(show))
    assert found["energy"].equals(whole)
    assert len(kept) == 3
    assert all(path.stat().st_mtime == before for path, before in kept.items())
    assert all(one.startswith("process ") for one in at_work)
    assert wq.stores.status(store).worked_on_by == ""
    assert lines[0].startswith("0 % ")
    assert re.search(r"^100 % .* in [1-9]?\d s$", lines[-1])  # and no century


def test_the_rest_is_computed_and_what_was_kept_is_no_speed(store: Path) -> None:
    lines: list[str] = []
    clock = Clock()

    def show(line: str, share: float) -> None:
        lines.append(line)
        clock.now += 1.0

    found = wq.sweep(**ASKED, store=store, progress=Display(show, clock=clock))
    assert bool(found["done"].all())
    assert lines[:4] == [
        "0 % | 0 of 16 cells | 0 of 4,096 draws",
        "12 % | 2 of 16 cells | 512 of 4,096 draws",
        "25 % | 4 of 16 cells | 1,024 of 4,096 draws",
        "37 % | 6 of 16 cells | 1,536 of 4,096 draws",
    ]
    assert lines[-1].startswith("100 % | 16 of 16 cells | 4,096 of 4,096 draws, ")
    assert found["energy"].equals(wq.sweep(**ASKED)["energy"])
