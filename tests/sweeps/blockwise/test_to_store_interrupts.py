"""An interrupt of a stored sweep: what is finished is kept, the message says so, and the rest is what is computed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import wattquery as wq
from clocks import Clock
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
