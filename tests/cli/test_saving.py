"""Outputs are checked before the work starts, and are written whole or not at all."""

from __future__ import annotations

import pandas as pd
import pytest
import xarray as xr

from wattquery.cli.saving import destination


@pytest.fixture
def never(monkeypatch):
    """Fail if anything is computed."""

    def computed(*arguments, **options):
        raise AssertionError("the work started")

    monkeypatch.setattr("wattquery.sweeps.carry_out.Exact.work", computed)


@pytest.mark.parametrize("name", ["out.nc", "out.zarr"])
def test_a_dataset_comes_back_as_it_was(cli, spec, name):
    assert cli.text("sweep", spec, "-o", name) == f"{name}: 4 cells (2 model x 2 levers), method exact\n"
    assert sorted(path.name for path in cli.folder.iterdir()) == [name, "spec.toml"]
    opened = xr.open_dataset(name, engine="scipy") if name.endswith("nc") else xr.open_zarr(name, chunks=None)
    with opened as ds:
        assert dict(ds.sizes) == {"model": 2, "levers": 2, "quantile": 5}
        assert ds["energy"].sel(model="DeepSeek-R1", levers="none", quantile=0.5).item() == pytest.approx(
            0.631, abs=1e-3
        )
        assert ds["energy"].attrs["units"] == "Wh"
        assert ds.attrs["method"] == "exact"


def test_a_table_has_what_the_file_of_a_dataset_has(cli, spec):
    said = ": 4 cells (2 model x 2 levers), method exact\n"
    for name in ("out.csv", "out.xlsx"):
        assert cli.text("sweep", spec, "-o", name) == f"{name}{said}"
    cli.text("sweep", spec, "-o", "out.nc")
    table = pd.read_csv("out.csv").set_index(["model", "levers"])
    with xr.open_dataset("out.nc", engine="scipy") as ds:
        wanted = ds["energy"].sel(quantile=0.95)
        for labels, value in table["energy_p95_wh"].items():
            assert wanted.sel(model=labels[0], levers=labels[1]).item() == value
    assert "--force" in cli.refused("sweep", spec, "-o", "out.csv")


def test_a_table_of_cells_says_what_else_there_is(cli):
    result = cli("fleet", "mixed", "-o", "mixed.csv", "--no-structural")
    assert (result.exit_code, result.stdout) == (0, "mixed.csv: 1 fleet, method exact, seed 0\n")
    assert "note: mixed.csv has a row for each cell" in result.stderr
    assert "by query_class (share, energy_per_query, extrapolated)" in result.stderr
    assert pd.read_csv("mixed.csv")["energy_per_day_gwh"].round(3).tolist() == [1.708]
    assert "-o" not in cli.text("fleet", "mixed", "-o", "mixed.xlsx", "--no-structural")


@pytest.mark.parametrize("name", ["out.nc", "out.zarr"])
def test_what_exists_stays_unless_forced(cli, spec, name, monkeypatch):
    cli.text("sweep", spec, "-o", name, "--quantiles", "0.5")
    message = cli.refused("sweep", spec, "-o", name)
    assert f"{name!r} exists" in message
    assert "--force" in message
    cli.text("sweep", spec, "-o", name, "--force")
    with xr.open_dataset(name, engine="scipy") if name.endswith("nc") else xr.open_zarr(name) as ds:
        assert ds.sizes["quantile"] == 5
    assert sorted(path.name for path in cli.folder.iterdir()) == [name, "spec.toml"]


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("absent/out.nc", ["'absent/out.nc'", "No such file or directory", "Name a directory that exists"]),
        ("absent/out.zarr", ["'absent/out.zarr'", "No such file or directory"]),
        ("spec.toml/out.nc", ["'spec.toml/out.nc'", "Not a directory"]),
        ("out.ods", ["'out.ods'", "'.nc', '.zarr', '.csv', '.parquet', '.xlsx'"]),
        ("out", ["'out'", "'.nc', '.zarr', '.csv'"]),
        ("taken.nc", ["'taken.nc' exists"]),
    ],
)
def test_an_impossible_output_is_told_before_the_work(cli, spec, name, named):
    cli.write("taken.nc", "mine")
    message = cli.refused("sweep", spec, "-o", name, "--json")
    for one in named:
        assert one in message


@pytest.mark.usefixtures("never")
def test_force_replaces_only_what_a_sweep_could_have_written(cli, spec):
    (cli.folder / "thesis.zarr").mkdir()
    cli.write("thesis.zarr/chapter.txt", "years of work")
    (cli.folder / "folder.nc").mkdir()
    cli.write("file.zarr", "")
    assert "not a zarr store" in cli.refused("sweep", spec, "-o", "thesis.zarr", "--force")
    assert "not a file" in cli.refused("sweep", spec, "-o", "folder.nc", "--force")
    assert "not a zarr store" in cli.refused("sweep", spec, "-o", "file.zarr", "--force")


@pytest.mark.usefixtures("never")
def test_zarr_is_an_extra(cli, spec, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install 'wattquery[zarr]'" in cli.refused("sweep", spec, "-o", "out.zarr")


@pytest.mark.parametrize("name", ["out.nc", "out.zarr"])
@pytest.mark.parametrize("forced", [False, True])
def test_a_write_that_fails_leaves_what_was_there(cli, spec, monkeypatch, name, forced):
    if forced:
        cli.text("sweep", spec, "-o", name)
    method = "to_netcdf" if name.endswith("nc") else "to_zarr"
    real = getattr(xr.Dataset, method)

    def full(self, *arguments, **options):
        real(self, *arguments, **options)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(xr.Dataset, method, full)
    message = cli.refused("sweep", spec, "-o", name, *(["--force"] if forced else []))
    assert f"{name!r} could not be written: No space left on device" in message


def test_a_disk_that_really_refuses(cli, spec, monkeypatch):
    resource = pytest.importorskip("resource", reason="file size limits are of POSIX")
    real = xr.Dataset.to_netcdf
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limited(self, *arguments, **options):
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
        try:
            return real(self, *arguments, **options)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    monkeypatch.setattr(xr.Dataset, "to_netcdf", limited)
    assert "'out.nc' could not be written: File too large" in cli.refused("sweep", spec, "-o", "out.nc")


@pytest.mark.parametrize("name", ["out.nc", "out.zarr"])
def test_an_interrupted_write_leaves_nothing(cli, spec, monkeypatch, name):
    method = "to_netcdf" if name.endswith("nc") else "to_zarr"
    real = getattr(xr.Dataset, method)

    def interrupted(self, *arguments, **options):
        real(self, *arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(xr.Dataset, method, interrupted)
    result = cli("sweep", spec, "-o", name)
    assert (result.exit_code, result.stdout) == (130, "")
    assert "Interrupted" in result.stderr
    assert [path.name for path in cli.folder.iterdir()] == ["spec.toml"]


def test_a_file_that_appears_during_the_work_stays(cli, spec, monkeypatch):
    real = xr.Dataset.to_netcdf

    def slow(self, *arguments, **options):
        real(self, *arguments, **options)
        cli.write("out.nc", "of another run")

    monkeypatch.setattr(xr.Dataset, "to_netcdf", slow)
    result = cli("sweep", spec, "-o", "out.nc")
    assert (result.exit_code, result.stdout) == (2, "")
    assert {name: content for name, content in cli.files().items() if name != spec} == {"out.nc": b"of another run"}


def test_a_link_is_followed(cli, spec):
    (cli.folder / "store").mkdir()
    (cli.folder / "link.nc").symlink_to(cli.folder / "store" / "real.nc")
    cli.text("sweep", spec, "-o", "link.nc")
    assert (cli.folder / "link.nc").is_symlink()
    assert (cli.folder / "store" / "real.nc").is_file()
    (cli.folder / "odd.nc").symlink_to(cli.folder / "store" / "real.zarr")
    assert "link to 'real.zarr'" in cli.refused("sweep", spec, "-o", "odd.nc")


def test_an_old_store_comes_back_when_the_new_one_cannot_take_its_name(cli, spec, monkeypatch):
    cli.text("sweep", spec, "-o", "out.zarr")
    before = cli.files()
    path = type(cli.folder)
    real = path.rename

    def rename(self, target):
        if "partial" in self.name:
            raise OSError(5, "Input/output error")
        return real(self, target)

    monkeypatch.setattr(path, "rename", rename)
    with xr.open_zarr("out.zarr") as ds:
        loaded = ds.load()
    with pytest.raises(ValueError, match="Input/output error"):
        destination("out.zarr", force=True).save(loaded)
    assert cli.files() == before
