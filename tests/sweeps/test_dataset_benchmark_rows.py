"""How many rows are behind each throughput, and what all of a large catalog gives."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from wattquery.catalog import Catalog
from wattquery.catalog.records import records
from wattquery.errors import InputError
from wattquery.quantities import CATALOG_AXES, QUANTITIES

AXES = dict.fromkeys(CATALOG_AXES[1:], wq.ALL)


@pytest.fixture(scope="module")
def everything():
    return wq.sweep(wq.ALL, **AXES, preset="default", method="exact", quantiles=[0.5])


def test_one_number_per_deployment_whatever_else_is_an_axis():
    ds = wq.sweep(
        ["Llama 3.1 405B", "Mistral Large"], precision=["FP8", "FP16"], pue=[1.1, 1.2], levers=["none", "serving"],
        method="exact",
    )  # fmt: skip
    assert ds["benchmark_rows"].dims == ("model", "precision")
    assert ds["benchmark_rows"].values.tolist() == [[7, 1], [0, 1]]
    assert ds["benchmark_rows"].dtype.kind == "i"
    assert ds["benchmark_rows"].attrs == QUANTITIES["benchmark_rows"].attributes
    alone = wq.sweep("Llama 3.1 405B", method="exact")["benchmark_rows"]
    assert (alone.dims, alone.item()) == ((), 7)


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
def test_every_method_has_it(method):
    ds = wq.sweep(["DeepSeek-R1", "Mistral Large"], method=method, draws=1024)
    assert ds["benchmark_rows"].values.tolist() == [3, 0]


def test_it_survives_a_file(tmp_path):
    ds = wq.sweep(["DeepSeek-R1", "Mistral Large"], method="exact")
    ds.to_netcdf(tmp_path / "out.nc")
    with xr.open_dataset(tmp_path / "out.nc") as again:
        assert again["benchmark_rows"].dtype.kind == "i"
        assert again["benchmark_rows"].values.tolist() == [3, 0]


def test_all_of_default_is_every_label_with_rows_or_without(everything):
    assert everything.sizes["model"] == sum(1 for _ in records("architectures")) >= 60
    assert everything.sizes["hardware"] == sum(1 for _ in records("accelerators")) >= 8
    supported, rows = everything["supported"], everything["benchmark_rows"]
    assert rows.dims == CATALOG_AXES
    np.testing.assert_array_equal(supported.values, rows.values > 0)
    assert np.isfinite(everything["energy"].where(supported, drop=False).values[supported.values]).all()
    assert everything["energy"].values[~supported.values].size
    assert np.isnan(everything["energy"].values[~supported.values]).all()
    for axis, least in (("hardware", 8), ("serving", 5), ("precision", 4), ("model", 30)):
        others = [name for name in CATALOG_AXES if name != axis]
        assert int(supported.any(others).sum()) >= least


def test_its_numbers_are_those_of_each_deployment_alone(everything):
    held = wq.catalog.load("default")
    found = np.argwhere(everything["supported"].values)
    for place in found[:: len(found) // 5]:
        labels = {axis: everything[axis].values[i] for axis, i in zip(CATALOG_AXES, place, strict=True)}
        alone = wq.sweep(**labels, preset="default", method="exact", quantiles=[0.5])
        cell = everything.sel(labels)
        assert alone["energy"].item() == pytest.approx(cell["energy"].item(), rel=1e-12)
        assert cell["benchmark_rows"] == len(held.deployment(*labels.values()).rows)


def test_what_has_rows_and_is_unsupported_is_named_with_its_reason(everything):
    held = wq.catalog.load("default")
    with_rows = {tuple(getattr(row, axis) for axis in CATALOG_AXES) for row in held.rows}
    missing = len(with_rows) - int(everything["supported"].sum())
    said = str(everything.attrs.get("undetermined", "")).splitlines()
    assert len(said) == min(missing, 51)
    for line in said[:50]:
        key = tuple(line.partition(": ")[0].split(", "))
        if len(key) == len(CATALOG_AXES):  # a serving system may have a comma in its name
            assert key in with_rows
            # Whoever names it is told, as ever.
            with pytest.raises(InputError, match=r"throughput of|length of"):
                wq.estimate(**dict(zip(CATALOG_AXES, key, strict=True)), preset="default", method="exact")


def test_a_small_table_that_knows_no_more_than_its_rows_is_refused_as_ever():
    row = dataclasses.replace(wq.catalog.load("oviedo2026").rows[3], model="Ours")
    rows = tuple(
        dataclasses.replace(row, input_tokens=length, output_tokens=length, line=line)
        for line, length in enumerate((100.0, 200.0, 400.0), 2)
    )
    with pytest.raises(InputError, match="change in step"):
        wq.sweep(wq.ALL, catalog=Catalog("mine", rows), method="exact")
    knowing = Catalog("mine", rows, known={"model": {"Theirs": ()}})
    ds = wq.sweep(wq.ALL, catalog=knowing, method="exact")
    assert ds["supported"].values.tolist() == [False, False]
    assert "Ours" in ds.attrs["undetermined"]


def test_a_known_model_without_rows_is_unsupported_and_an_unknown_one_an_error():
    unmeasured = next(
        one for one in wq.catalog.load("default").labels("model")
        if one not in wq.catalog.load("default").labels("model", measured=True)
    )  # fmt: skip
    labels = {"hardware": "H100", "serving": "vLLM", "precision": "fp8"}
    ds = wq.sweep([unmeasured.upper(), "Llama 3.1 405B"], **labels, preset="default", method="exact")
    assert ds["model"].values.tolist()[0] == unmeasured
    assert not ds["supported"].values[0]
    with pytest.raises(InputError, match="and has no measured throughput of it"):
        wq.estimate(unmeasured, preset="default", method="exact")
    with pytest.raises(InputError, match="is in no row of catalog 'default'"):
        wq.sweep("GPT-9", preset="default", method="exact")
