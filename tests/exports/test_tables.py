"""Every number of a result is in one of its tables, once for each cell, under a name that says what it is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from wattquery.exports.columns import column
from wattquery.exports.tables import ACROSS, NOT_IN_TABLES, all_tables, other_tables


def small() -> xr.Dataset:
    """Return a Dataset with every kind of dimension that results have."""
    numbers = np.random.default_rng(5).normal(size=(2, 3, 2, 2))
    return xr.Dataset(
        {
            "energy_per_day": (("scenario", "load"), numbers[..., 0, 0], {"units": "GWh/day"}),
            "energy_interval": (("load", "scenario", "bound"), numbers[..., 0].swapaxes(0, 1), {"units": "GWh/day"}),
            "share": (("query_class",), [0.1, 0.9], {"units": "1"}),
            "energy_per_query": (("scenario", "query_class"), numbers[:, 0, :, 1], {"units": "Wh"}),
            "histogram": (("scenario", "bin"), np.zeros((2, 9))),
        },
        {
            "scenario": ["a", "b"],
            "load": ("load", [0.1, 0.5, 1.0], {"units": "1"}),
            "bound": ["lower", "upper"],
            "query_class": ["chat", "code"],
            "pue": ("scenario", [1.1, 1.2], {"units": "1"}),
            "node_power": ((), 10.2, {"units": "kW"}),
        },
        {"method": "exact", "seed": np.int64(3), "notes": "one | two"},
    )


def test_rows_are_cells_and_columns_carry_units():
    table = wq.to_table(small())
    assert list(table.columns) == [
        "scenario",
        "load",
        "energy_per_day_gwh",
        "energy_interval_lower_gwh_per_day",
        "energy_interval_upper_gwh_per_day",
        "pue",
        "node_power_kw",
        "method",
        "seed",
    ]
    assert table["scenario"].tolist() == ["a"] * 3 + ["b"] * 3
    assert table["load"].tolist() == [0.1, 0.5, 1.0] * 2
    assert table["pue"].tolist() == [1.1] * 3 + [1.2] * 3
    assert set(table["seed"]) == {3}
    assert table.attrs["notes"] == "one | two"
    assert table.attrs["units"]["energy_interval_upper_gwh_per_day"] == "GWh/day"


def test_what_a_cell_has_several_of_is_a_table_of_its_own():
    ds = small()
    assert other_tables(ds) == {"query_class": ["share", "energy_per_query"]}
    table = wq.to_table(ds, by="query_class")
    assert table[["scenario", "query_class", "share"]].values.tolist() == [
        ["a", "chat", 0.1],
        ["a", "code", 0.9],
        ["b", "chat", 0.1],
        ["b", "code", 0.9],
    ]
    with pytest.raises(wq.InputError, match="got 'pool'; there is 'query_class'"):
        wq.to_table(ds, by="pool")
    with pytest.raises(wq.InputTypeError, match="by must be the name of a dimension"):
        wq.to_table(ds, by=0)
    with pytest.raises(wq.InputTypeError, match="got an object of type dict"):
        wq.to_table({})


def test_a_label_may_be_called_as_a_column_is():
    ds = small().assign_coords(energy_per_day_gwh=("scenario", ["x", "y"]))
    table = wq.to_table(ds)
    assert table["energy_per_day_gwh_"].tolist() == ["x"] * 3 + ["y"] * 3


@pytest.fixture(scope="module")
def results():
    fleet = wq.fleet(["mixed", "traditional"], carbon_intensity=300, structural=False)
    sweep = wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], pue=[1.1, 1.2], method="exact", keep_histogram=True)
    return {
        "fleet": fleet,
        "sweep": sweep,
        "trajectory": wq.trajectory("adoption", shared_draws=256, growth=[0.1, 0.3]),
        "tornado": wq.sensitivity.tornado("DeepSeek-R1"),
    }


@pytest.mark.parametrize("kind", ["fleet", "sweep", "trajectory", "tornado"])
def test_every_number_is_there(results, kind):
    ds = results[kind]
    tables = [table.rename(columns={"growth_per_year": "growth"}) for table in all_tables(ds).values()]
    tables = [table.set_index([dim for dim in ds.dims if dim in table]) for table in tables]
    for name, variable in ds.data_vars.items():
        if set(variable.dims) & set(NOT_IN_TABLES):
            continue
        across = [dim for dim in variable.dims if dim in ACROSS]
        rows = [dim for dim in variable.dims if dim not in ACROSS]
        for labels in itertools.product(*(ds[dim].values.tolist() for dim in across)):
            called = column(name, labels, variable.attrs.get("units", ""))
            (table,) = (one for one in tables if called in one)
            wanted = variable.sel(dict(zip(across, labels, strict=True))).transpose(*rows)
            # All rows, those along dimensions that the variable does not have included.
            given = table[called].to_xarray() if table.index.names != [None] else table[called]
            np.testing.assert_array_equal(*xr.broadcast(xr.DataArray(given), wanted) if rows else (given, wanted))
