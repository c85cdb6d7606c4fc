"""What users ask of a store: how far it is, by what it was made, and what it holds."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

import wattquery as wq
from sweeps.blockwise.faults import KilledError, failing
from wattquery.stores.zarr.claim import claimed
from wattquery.stores.zarr.location import location
from wattquery.sweeps.blockwise import laid_out
from wattquery.sweeps.blockwise.work import SweepOfBox

ASKED: dict[str, Any] = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B"],
    "pue": [1.1, 1.2, 1.3],
    "method": "exact",
    "quantiles": [0.5],
    "threads": 1,
}


@pytest.fixture
def half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a store of six boxes of which two are finished."""
    solve, left = SweepOfBox.solve, [3]

    def some(self: SweepOfBox, box: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return solve(self, box)

    monkeypatch.setattr(laid_out, "MOST_CELLS", 1)
    with monkeypatch.context() as broken:
        broken.setattr(SweepOfBox, "solve", some)
        with pytest.raises(KeyboardInterrupt, match=r"is kept in .*a\.zarr'; the same call continues it"):
            wq.sweep(**ASKED, store=tmp_path / "a.zarr")
    return tmp_path / "a.zarr"


def test_how_far_a_store_is(half: Path) -> None:
    found = wq.stores.status(half)
    assert (found.cells, found.cells_done, found.boxes, found.boxes_done) == (6, 2, 6, 2)
    assert found.axes == {"model": 2, "pue": 3}
    assert found.made_by["method"] == "exact"
    assert found.made_by["catalog"] == "oviedo2026"
    assert found.bytes == sum(path.stat().st_size for path in half.rglob("*") if path.is_file())
    assert not found.is_finished
    assert found.damaged is None
    assert str(found).startswith(f"{half}: 2 of 6 cells done (33.3 %), 2 of 6 boxes\n")
    assert str(found).endswith("The call that made it continues it.")
    assert wq.stores.open(half)["done"].values.sum() == 2


def test_a_finished_store(half: Path) -> None:
    wq.sweep(**ASKED, store=half)
    found = wq.stores.status(half, verify=True)
    assert found.is_finished
    assert found.damaged == 0
    assert "continues" not in str(found)


def test_lost_and_damaged_chunks_are_found_where_they_are_looked_for(half: Path) -> None:
    wq.sweep(**ASKED, store=half)
    (half / "energy_mean" / "c" / "0" / "1").unlink()
    chunk = half / "energy" / "c" / "1" / "2" / "0"
    chunk.write_bytes(b"\0" + chunk.read_bytes()[1:])
    assert wq.stores.status(half).is_finished
    found = wq.stores.status(half, verify=True)
    assert found.damaged == 2
    assert not found.is_finished
    assert "damaged   2 boxes" in str(found)


def test_an_extended_store_is_whole(half: Path) -> None:
    more = {**ASKED, "model": wq.ALL, "pue": [1.1, 1.2, 1.3, 1.4]}
    wq.sweep(**ASKED, store=half)
    wq.sweep(**more, store=half)
    found = wq.stores.status(half, verify=True)
    assert found.is_finished
    assert found.cells_done == found.cells == 24


@pytest.mark.parametrize(
    ("files", "done"),
    [
        (5, "laid out in part, 0 of 6 cells done (0 %), 0 of 6 boxes"),
        (None, "laid out in part, 2 of 6 cells done (33.3 %), 2 of 6 boxes"),
    ],
)
def test_a_store_whose_layout_was_cut_off_says_so(
    half: Path, tmp_path: Path, files: int | None, done: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, asked = (half, {**ASKED, "pue": [1.1, 1.2, 1.3, 1.4]}) if files is None else (tmp_path / "b.zarr", ASKED)
    with monkeypatch.context() as broken, contextlib.suppress(KilledError):
        failing(broken, 6 if files is None else files, KilledError())
        wq.sweep(**asked, store=store)
    found = wq.stores.status(store)
    assert not found.is_laid_out
    assert not found.is_finished
    assert str(found).startswith(f"{store}: {done}\n")
    assert "axes      model 2, pue 3" in str(found)
    assert str(found).endswith("the same call does so first, and then continues it.")
    wq.sweep(**asked, store=store)
    assert wq.stores.status(store).is_finished


def test_who_works_on_it(half: Path) -> None:
    with claimed(location(half)):
        assert wq.stores.status(half).worked_on_by.startswith("process ")
    assert wq.stores.status(half).worked_on_by == ""


def test_of_an_address(half: Path) -> None:
    pytest.importorskip("fsspec")
    wq.sweep(**ASKED, store="memory://status/a.zarr")
    found = wq.stores.status("memory://status/a.zarr", verify=True)
    assert found.is_finished
    assert found.worked_on_by == ""


def test_of_one_cell_without_an_axis(tmp_path: Path) -> None:
    wq.sweep("DeepSeek-R1", method="exact", threads=1, store=tmp_path / "a.zarr")
    found = wq.stores.status(tmp_path / "a.zarr", verify=True)
    assert found.is_finished
    assert found.cells_done == found.boxes_done == 1
    assert "axes      none: one cell" in str(found)


def test_a_store_that_says_it_is_endless_is_told_at_once(half: Path) -> None:
    text = (half / "zarr.json").read_text()
    metadata = json.loads(text)
    for one in metadata["consolidated_metadata"]["metadata"].values():
        for place, dim in enumerate(one.get("dimension_names") or ()):
            if dim == "pue":
                one["shape"][place] = 2**40
    of_pue = metadata["consolidated_metadata"]["metadata"]
    del of_pue["pue"]
    (half / "zarr.json").write_text(json.dumps(metadata))
    assert wq.stores.status(half, verify=True).cells_done == 2


@pytest.mark.parametrize("name", ["absent.zarr", "empty.zarr", "other.zarr"])
def test_what_is_no_store_is_refused(name: str, tmp_path: Path) -> None:
    if name != "absent.zarr":
        (tmp_path / name).mkdir()
    if name == "other.zarr":
        (tmp_path / name / "mine.txt").write_text("mine")
    with pytest.raises(wq.InputError, match="no store"):
        wq.stores.status(tmp_path / name)
    with pytest.raises(wq.InputError, match="zarr"):
        wq.stores.open(tmp_path / name)
    assert (tmp_path / name).exists() == (name != "absent.zarr")


def test_the_room_names_what_it_offers() -> None:
    assert set(wq.stores.__all__) <= set(dir(wq.stores))
    with pytest.raises(AttributeError, match="statsu"):
        wq.stores.statsu  # noqa: B018 - the look-up is what is tested
