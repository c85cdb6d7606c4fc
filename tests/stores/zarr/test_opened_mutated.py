"""Stores that somebody changed: opened, continued and drawn, each gives an answer or one sentence."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
import xarray as xr

import wattquery as wq
from sweeps.blockwise.faults import ASKED, finished_in, same_values, stored
from wattquery.stores.zarr.location import location
from wattquery.stores.zarr.opened import opened
from wattquery.sweeps.blockwise import laid_out

mpl.use("Agg")

ODD: list[Any] = [
    *(None, True, -1, 0, 2**31, 2**63, 2**70, 1e308, 0.5, "", "x" * 300, "../../x", "\x00", "\ud800", "NaN"),
    *([], {}, [[]], [1, 2], ["a"], {"name": "numcodecs.pickle"}, {"name": "x", "configuration": {"id": "pickle"}}),
    *("object", "|O", "float128", "string", "datetime64[ns]", "days since 0001-01-01", "energy pue"),
]


@pytest.fixture(autouse=True)
def small_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid_out, "MOST_CELLS", 5)


@pytest.fixture(scope="module")
def whole() -> xr.Dataset:
    return wq.sweep(**ASKED)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a finished store, to be copied."""
    return finished_in(tmp_path_factory.mktemp("finished"), 5)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every part of a JSON value."""
    if isinstance(value, (dict, list)):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from places(one, (*path, key))


def change_json(path: Path, chance: random.Random) -> None:
    """Change some part of a file of JSON, or take it out."""
    content = json.loads(path.read_text())
    way = chance.choice(list(places(content)))
    inner = content
    for key in way[:-1]:
        inner = inner[key]
    if chance.random() < 0.25:
        del inner[way[-1]]
    else:
        inner[way[-1]] = chance.choice(ODD)
    path.write_text(json.dumps(content))


def change_bytes(path: Path, chance: random.Random) -> None:
    """Flip a bit, cut, lengthen or empty a file."""
    content = bytearray(path.read_bytes())
    kind = chance.randrange(4)
    if kind == 0 and content:
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    elif kind == 1:
        del content[chance.randrange(len(content) + 1) :]
    elif kind == 2:
        content += chance.randbytes(chance.randrange(1, 40))
    else:
        content.clear()
    path.write_bytes(content)


def mutated(store: Path, chance: random.Random) -> str:
    """Change one file of a store, and say which."""
    files = sorted(path for path in store.rglob("*") if path.is_file())
    top = [path for path in files if path.name in ("zarr.json", "manifest.json")]
    path = chance.choice(top if chance.random() < 0.7 else files)
    if path in top and chance.random() < 0.8:
        change_json(path, chance)
    elif chance.random() < 0.15:
        path.unlink()
    else:
        change_bytes(path, chance)
    return str(path.relative_to(store))


def used(folder: Path, whole: xr.Dataset, **more: Any) -> list[str]:
    """Open, draw, ask about and continue a store, or extend it, and return what was refused."""
    refused = []
    where = location(folder / "study.zarr")
    try:
        ds = opened(where.open(read_only=True), where.shown).load()
        wq.plot.heatmap(ds, variable="energy_mean")
    except wq.InputError as error:
        refused.append(str(error))
    try:
        str(wq.stores.status(folder / "study.zarr", verify=True))
    except wq.InputError as error:
        refused.append(str(error))
    try:
        same_values(stored(folder, **more), whole)
    except wq.InputError as error:
        refused.append(str(error))
    return refused


def try_out(count: int, seed: int, folder: Path, finished: Path, whole: xr.Dataset, **more: Any) -> int:
    """Use so many changed stores, and return how many were refused something."""
    chance, refused = random.Random(seed), 0
    for number in range(count):
        copy = folder / str(number)
        shutil.copytree(finished, copy)
        state = chance.getstate()
        what = mutated(copy / "study.zarr", chance)
        try:
            refused += bool(used(copy, whole, **more))
        except BaseException as error:
            error.add_note(f"store {number} of seed {seed}, {what} changed, state {hash(state)}")
            raise
        finally:
            plt.close("all")
        shutil.rmtree(copy)
    return refused


def test_changed_stores_give_an_answer_or_a_sentence(tmp_path: Path, finished: Path, whole: xr.Dataset) -> None:
    assert 0 < try_out(12, 1, tmp_path, finished, whole) < 12


@pytest.mark.parametrize("value", [None, {"name": "numcodecs.pickle"}], ids=str)
def test_a_fill_value_that_is_none_is_no_traceback(
    tmp_path: Path, finished: Path, whole: xr.Dataset, value: Any
) -> None:
    """The library has a word of its own for it, where a store is laid out anew."""
    shutil.copytree(finished, tmp_path / "a")
    for path in [tmp_path / "a/study.zarr/zarr.json", tmp_path / "a/study.zarr/energy_mean/zarr.json"]:
        content = json.loads(path.read_text())
        arrays = content.get("consolidated_metadata", {}).get("metadata", {"energy_mean": content})
        arrays["energy_mean"]["fill_value"] = value
        path.write_text(json.dumps(content))
    assert all("\n" not in one for one in used(tmp_path / "a", whole))
    same_values(stored(tmp_path / "a"), whole)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 10))
def test_two_thousand_changed_stores(tmp_path: Path, finished: Path, whole: xr.Dataset, seed: int) -> None:
    more: dict[str, Any] = {} if seed % 2 else {"pue": [1.1, 1.15, 1.2, 1.3, 1.4]}
    assert try_out(250, seed, tmp_path, finished, wq.sweep(**{**ASKED, **more}), **more)
