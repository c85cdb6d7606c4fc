"""A store that grows is the old one or the new one for its readers, wherever the work ends, and loses nothing."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from zarr.storage import LocalStore

from wattquery.stores.boxes import Box, boxes
from wattquery.stores.zarr.chunks import read_box, write_box
from wattquery.stores.zarr.grow import grow, named_as_stored
from wattquery.stores.zarr.layout import is_laid_out
from wattquery.stores.zarr.schema import DONE, ArraySchema, Schema

CHUNKS = (2, 3)


def schema(rows: int, columns: int, bins: int = 4, first: int = 0, where: Any = "here") -> Schema:
    """Return what a small grid holds."""
    where = np.array(where)
    arrays = (
        ArraySchema("counts", ("row", "column", "bin"), "int64", {}),
        ArraySchema("value", ("row", "column"), "float64", {"units": "Wh"}),
        ArraySchema("of_row", ("row",), "float64", {}),
        ArraySchema("row", ("row",), "int64", {}, True, np.arange(rows)),
        ArraySchema("column", ("column",), "str", {}, True, np.array([f"c{i}" for i in range(columns)])),
        ArraySchema("bin", ("bin",), "int64", {}, True, np.arange(first, first + bins)),
        ArraySchema("where", (), "str" if where.dtype.kind == "U" else "float64", {}, True, where),
    )
    return Schema({"row": rows, "column": columns}, CHUNKS, {"bin": bins}, arrays, {"rows": rows})


def values(box: Box, bins: int, first: int) -> dict[str, np.ndarray]:
    """Return what the cells of a box have, which their places alone decide."""
    rows, columns = np.meshgrid(*box.ranges, indexing="ij")
    number = rows * 100.0 + columns
    counts = number[..., None] * (np.arange(first, first + bins) == 2)
    return {"counts": counts.astype(np.int64), "value": number, "of_row": number[:, 0] * 2.0}


def widen(name: str, found: np.ndarray) -> np.ndarray:
    """Move four bins to eight that begin two earlier."""
    return np.pad(found, [(0, 0), (0, 0), (2, 2)]) if name == "counts" and found.shape[-1] == 4 else found


def fill(store: LocalStore, laid_out: Schema, bins: int, first: int) -> None:
    import zarr

    group = zarr.open_group(store, mode="r+")
    for box in boxes(laid_out.shape, CHUNKS):
        write_box(group, laid_out, box, values(box, bins, first))


def holds_right(path: Path, rows: int, columns: int) -> xr.Dataset:
    """Return a store as its readers find it, whose finished cells were held against what they must be."""
    ds = xr.open_zarr(path, chunks=None)
    done = ds[DONE].values
    assert done[:rows, :columns].all()
    number = ds["row"].values[:, None] * 100.0 + np.arange(ds.sizes["column"])
    np.testing.assert_array_equal(ds["value"].values[done], number[done])
    assert ds["column"].values.tolist() == [f"c{i}" for i in range(ds.sizes["column"])]
    counts = ds["counts"].sel(bin=2).values
    np.testing.assert_array_equal(counts[done], number[done])
    assert ds["counts"].values[done].sum() == number[done].sum()
    return ds


def files(folder: Path) -> set[str]:
    """Return the names of all files of a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    store = LocalStore(tmp_path / "a.zarr")
    fill(store, grow(store, schema(3, 4), widen), 4, 0)
    return tmp_path / "a.zarr"


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
def test_it_grows_where_it_was_interrupted_by_any_write(
    step: int, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = LocalStore.set, LocalStore.delete
    grown = schema(5, 7, 8, -2, 1.5)
    states = set()
    for most in itertools.count(step=step):
        path = small.with_name(f"{most}.zarr")
        shutil.copytree(small, path)
        left = [most]

        def fails(call: Any, left: list[int] = left) -> Any:
            async def counted(self: Any, *args: Any, **more: Any) -> None:
                if left[0] == 0:
                    raise OSError("no room left")
                left[0] -= 1
                await call(self, *args, **more)

            return counted

        monkeypatch.setattr(LocalStore, "set", fails(whole[0]))
        monkeypatch.setattr(LocalStore, "delete", fails(whole[1]))
        store = LocalStore(path)
        try:
            grow(store, grown, widen)
        except OSError:
            finished = False
        else:
            finished = True
        monkeypatch.setattr(LocalStore, "set", whole[0])
        monkeypatch.setattr(LocalStore, "delete", whole[1])
        found = holds_right(path, 3, 4)
        states.add((found.sizes["row"], found.sizes["bin"], str(found["where"].item())))
        # It may go on, or be called back, and then go on.
        if most % 2:
            grow(store, schema(3, 4, 8, -2), widen)
            holds_right(path, 3, 4)
        fill(store, grow(store, grown, widen), 8, -2)
        holds_right(path, 5, 7)
        assert is_laid_out(store, named_as_stored(store, grown))
        if finished:
            break
    assert states == {(3, 4, "here"), (5, 8, "1.5")}
    assert most > 20


def test_what_is_replaced_leaves_nothing_behind(small: Path) -> None:
    store = LocalStore(small)
    again = grow(store, schema(5, 7, 8, -2), widen)
    grow(store, schema(6, 7, 8, -2), widen)
    assert files(small / "row") == {"c/0", "zarr.json"}
    assert files(small / "column") == {"0", "zarr.json"}
    assert next(one for one in again.arrays if one.name == "row").is_flat


def test_what_is_to_hold_nothing_does(small: Path) -> None:
    import zarr

    store = LocalStore(small)
    anew = grow(store, schema(3, 4), widen, {DONE})
    assert not xr.open_zarr(small, chunks=None)[DONE].values.any()
    box = next(boxes(anew.shape, CHUNKS))
    np.testing.assert_array_equal(
        read_box(zarr.open_group(store, mode="r"), anew, box)["counts"], values(box, 4, 0)["counts"]
    )


def test_what_a_layout_left_is_in_the_way_of_no_array_of_more_dimensions(tmp_path: Path) -> None:
    store, small = LocalStore(tmp_path), schema(2, 3)
    grow(store, small, lambda _, values: values)
    (tmp_path / "zarr.json").unlink()  # as where the layout ended before its last file
    labels = ArraySchema("where", ("row",), "str", {}, True, np.array(["here", "there"]))
    larger = replace(small, arrays=(*small.arrays[:-1], labels))
    grown = grow(store, larger, lambda _, values: values)
    assert is_laid_out(store, grown)
    assert xr.open_zarr(store)["where"].values.tolist() == ["here", "there"]
