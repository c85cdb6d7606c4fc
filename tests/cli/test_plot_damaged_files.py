"""`wattquery plot` on files that are no saved results, or no longer: one sentence, and nothing on stderr beside it."""

from __future__ import annotations

import gc
import json
import os
import random
import sys
import warnings

import numpy as np
import pytest
import xarray as xr

import wattquery as wq


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> bytes:
    ds = wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], pue=[1.1, 1.2], draws=200, seed=1, keep_histogram=True)
    path = tmp_path_factory.mktemp("saved") / "sweep.nc"
    ds.to_netcdf(path)
    return path.read_bytes()


def drawn(cli, *, kind: str = "heatmap", name: str = "sweep.nc", more: tuple[str, ...] = ()):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = cli("plot", name, "--kind", kind, "-o", "out.svg", *more)
        gc.collect()  # a library complains when a file is let go of
    assert [str(one.message) for one in caught] == []
    return result


def refused(cli, **arguments) -> str:
    result = drawn(cli, **arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert not (cli.folder / "out.svg").exists()
    return " ".join(result.stderr.split())


def test_a_histogram_is_no_heatmap(cli, saved):
    cli.write("sweep.nc", saved)
    assert "draw a violin" in refused(cli, more=("--variable", "histogram"))
    assert drawn(cli).exit_code == 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:3],
        lambda content: content[:500],
        lambda content: content[: len(content) // 2],
        lambda content: b"no result",
        lambda content: b"\x89HDF\r\n\x1a\n" + bytes(100),
        lambda content: content[:4] + b"\xff" * 40 + content[44:],
    ],
)
def test_damaged_files_are_refused(cli, saved, damage):
    cli.write("sweep.nc", damage(saved))
    assert "cannot be read as a saved result" in refused(cli)


def test_files_with_altered_bytes_end_in_a_picture_or_a_sentence(cli, saved):
    choose = random.Random(1)
    for round_number in range(12):
        content = bytearray(saved)
        for _ in range(3):
            # The header, with names, sizes and types, is the first part of the file.
            content[choose.randrange(4, 6000)] = choose.randrange(256)
        cli.write("sweep.nc", bytes(content))
        kind = ("heatmap", "violin", "ecdf")[round_number % 3]
        result = drawn(cli, kind=kind, more=() if kind == "heatmap" else ("--select", "pue=1.1"))
        assert result.exit_code in (0, 2), result.output
        (cli.folder / "out.svg").unlink(missing_ok=True)


def test_sizes_that_a_header_makes_up_are_refused_before_they_are_read(cli):
    cli.write("bomb.nc", (b"CDF\x01" + bytes(4) + b"\0\0\0\n\0\0\0\1" + b"\0\0\0\1x\0\0\0\x7f\xff\xff\xff" + bytes(8)
                          + b"\0\0\0\x0b\0\0\0\1" + b"\0\0\0\1e\0\0\0\0\0\0\1\0\0\0\0" + bytes(8)
                          + b"\0\0\0\6\x7f\xff\xff\xf8\0\0\0\x64"))  # fmt: skip
    assert "bomb.nc" in refused(cli, name="bomb.nc")
    xr.Dataset({"energy": ("model", np.zeros(2))}).to_zarr(cli.folder / "bomb.zarr", zarr_format=2, consolidated=False)
    layout = cli.folder / "bomb.zarr" / "energy" / ".zarray"
    layout.write_text(json.dumps({**json.loads(layout.read_text()), "shape": [10**13], "chunks": [10**6]}))
    assert "of memory" in refused(cli, name="bomb.zarr")


@pytest.mark.skipif(sys.platform == "win32", reason="no such files there")
def test_what_is_no_regular_file_is_not_opened(cli):
    os.mkfifo(cli.folder / "pipe.nc")
    assert "this is a pipe" in refused(cli, name="pipe.nc")
    (cli.folder / "folder.nc").mkdir()
    assert "this is a folder, not a file" in refused(cli, name="folder.nc")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda ds: ds.assign(energy=np.nan * ds["energy"]), "NaN in every cell"),
        (lambda ds: ds.assign(energy=np.inf * ds["energy"]), "to be drawn"),
        (lambda ds: ds.assign(energy=ds["energy"].astype(str)), "must hold numbers"),
        (lambda ds: ds.drop_vars("pue"), "no labels"),
        (lambda ds: ds.isel(model=[0, 0]), "label twice"),
        (lambda ds: ds.drop_vars("energy"), "has no 'energy'"),
    ],
)
def test_results_that_were_changed_are_refused(cli, saved, change, message):
    cli.write("sweep.nc", saved)
    with xr.open_dataset(cli.folder / "sweep.nc", engine="scipy", backend_kwargs={"mmap": False}) as ds:
        changed = change(ds.load().drop_encoding())
    changed.to_netcdf(cli.folder / "changed.nc")
    assert message in refused(cli, name="changed.nc")


@pytest.mark.parametrize("ax", ["here", 1, [None], np.array([None])])
def test_only_axes_are_drawn_on(ax):
    ds = wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], method="exact", keep_histogram=True)
    for function in (wq.plot.violin, wq.plot.ecdf, wq.plot.heatmap):
        with pytest.raises(wq.InputTypeError, match="matplotlib Axes"):
            function(ds, ax=ax)
    with pytest.raises(wq.InputTypeError, match="matplotlib Axes"):
        wq.plot.save(ax, "out.svg")
