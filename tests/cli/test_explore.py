"""`wattquery explore`: what it takes, what it says, and that it leaves a page."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_model_a_file_and_a_result_have_pages(cli, here):
    assert "2 cells" in cli.text("explore", "DeepSeek-R1", "-o", "model.html")
    (here / "grid.toml").write_text('model = ["DeepSeek-R1", "Llama 3.1 405B"]\npue = [1.1, 1.3]\ndraws = 1000\n')
    assert "4 cells" in cli.text("explore", "grid.toml", "-o", "grid.html")
    cli.text("sweep", "grid.toml", "-o", "grid.nc", "--no-progress")
    assert "4 cells" in cli.text("explore", "grid.nc", "-o", "result.html", "--title", "Ours")
    cli.text("sweep", "grid.toml", "--store", "grid.zarr", "--no-progress")
    assert "without sliders" not in cli.text("explore", "grid.zarr", "-o", "store.html")
    assert "<title>Ours" in (here / "result.html").read_text(encoding="utf-8")


def test_a_load_may_be_asked_for_and_json_says_what_was_written(cli, here):
    found = json.loads(
        cli.text("explore", "gpt-oss-120b", "--hardware", "H100 SXM", "--load", "10%,50%", "-o", "a.html", "--json")
    )
    assert found == {"path": "a.html", "cells": 4, "bytes": (here / "a.html").stat().st_size, "sliders": True}


def test_why_there_are_no_sliders_is_said(cli, here):
    (here / "grid.toml").write_text('model = "DeepSeek-R1"\ndraws = 1000\n')
    cli.text("sweep", "grid.toml", "-o", "grid.nc", "--no-progress")
    import xarray as xr

    with xr.open_dataset(here / "grid.nc") as ds:
        ds.load().assign_attrs(catalog_hash="0").to_netcdf(here / "old.nc")
    result = cli("explore", "old.nc", "-o", "old.html")
    assert result.exit_code == 0
    assert "without sliders" in result.stdout
    assert "has changed since" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["explore", "DeepSeek-R2", "-o", "a.html"], "Did you mean 'DeepSeek-R1'?"),
        (["explore", "defualt", "-o", "a.html"], "Did you mean 'default'?"),
        (["explore", "v2-code", "--pue", "1.2", "-o", "a.html"], "--pue says what to compute"),
        (["explore", "-o", "a.txt"], "must end in '.html'"),
        (["explore", "-o", "missing/a.html"], "cannot be written"),
        (["explore", "none.nc", "-o", "a.html"], "none.nc"),
        (["explore"], "-o"),
    ],
)
def test_refusals(cli, here, arguments, said):
    result = cli(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not list(here.iterdir())
