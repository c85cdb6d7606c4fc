"""Energies times intensities: against plain arithmetic, hour by hour, and refused where the two do not fit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import wattquery as wq

PROFILE = {"00-08": 0.25, "08-24": 1.375}
HOURLY = [300.0 + 10.0 * hour for hour in range(24)]


@pytest.fixture(scope="module")
def fleet():
    return wq.fleet(["mixed", "traditional"], structural=False)


@pytest.fixture(scope="module")
def sweep():
    """Energies that are lognormal: PUE alone is random."""
    lengths = {"short": 100, "long": 400}
    known = {"power_utilization": 0.6, "node_power": 10.0, "pue": wq.LogNormal(p5=1.1, p95=1.5)}
    return wq.sweep("DeepSeek-R1", output_tokens=lengths, input_tokens=50, **known, method="exact", keep_histogram=True)


def test_a_fleet_in_numbers(fleet):
    ds = wq.convert(
        fleet, carbon_intensity=350, market_carbon_intensity=20, source_water_intensity=3, electricity_price=0.1
    )
    day = ds["energy_per_day"]
    np.testing.assert_allclose(ds["carbon_location_per_day"], day * 1e9 / 1e3 * 350 / 1e6)  # GWh to kWh, g to t
    np.testing.assert_allclose(ds["carbon_market_per_day"], ds["carbon_location_per_day"] * 20 / 350)
    np.testing.assert_allclose(ds["water_source_per_day"], day * 1e6 * 3 / 1e3)  # L to m3
    np.testing.assert_allclose(ds["cost_per_day"], day * 1e6 * 0.1)
    np.testing.assert_allclose(ds["cost_per_query"], fleet["energy_per_query"] / 1e3 * 0.1)
    for name in ("interval", "credible"):
        ratio = ds[f"carbon_location_{name}"] / ds["carbon_location_per_day"]
        np.testing.assert_allclose(ratio, fleet[f"energy_{name}"] / day)
        assert ds[f"carbon_location_{name}"].dims == fleet[f"energy_{name}"].dims
    assert ds["carbon_location_per_day"].attrs["units"] == "tCO2e/day"
    assert ds["carbon_location_per_day"].attrs["boundary"] == "facility"
    for name in fleet.data_vars:  # beside, not instead
        xr.testing.assert_identical(ds[name].variable, fleet[name].variable)


def test_a_trajectory_and_an_estimate_have_them_too():
    path = wq.convert(wq.trajectory("adoption", shared_draws=256), carbon_intensity=100)
    np.testing.assert_allclose(path["carbon_location_saved"], 100 * path["saved"])
    np.testing.assert_allclose(path["carbon_location_credible"], 100 * path["energy_credible"])
    query = wq.estimate("DeepSeek-R1", pue=1.25, method="exact")
    ds = wq.convert(query, wue=2.0, carbon_intensity=400, electricity_price=0.2, currency="EUR")
    assert ds["water_site_mean"].item() == pytest.approx(query.mean / 1.25 * 2.0)  # mL
    assert ds["carbon_location"].sel(quantile=0.5).item() == pytest.approx(query.quantiles[0.5] * 0.4)
    tokens = 300.0 / np.log(2.0)
    assert ds["cost_per_million_output_tokens"].item() == pytest.approx(query.mean / 1e3 * 0.2 / tokens * 1e6)
    assert ds["cost_mean"].attrs["units"] == "EUR"


def test_regions_and_hours(fleet):
    table = {"north": 30, "south": HOURLY}
    ds = wq.convert(fleet, carbon_intensity=table, load_profile=PROFILE)
    weights = np.array([0.25] * 8 + [1.375] * 16) / 24.0
    mean = float(np.dot(weights, HOURLY))
    np.testing.assert_allclose(ds["carbon_location_per_day"].sel(region="south"), fleet["energy_per_day"] * mean)
    np.testing.assert_allclose(ds["carbon_location_per_day"].sel(region="north"), fleet["energy_per_day"] * 30)
    assert ds["carbon_intensity"].sel(region="south").item() == pytest.approx(mean)
    assert "hours weighted by load_profile" in ds.attrs["conversions"]
    plain = wq.convert(fleet, carbon_intensity=table)
    assert plain["carbon_intensity"].sel(region="south").item() == pytest.approx(np.mean(HOURLY))
    assert "plain mean of the hours, for no load profile is known" in plain.attrs["conversions"]


def test_a_power_of_each_hour_weighs_the_hours(fleet):
    power = xr.DataArray(np.random.default_rng(3).uniform(1, 9, (2, 2, 24)), dims=("scenario", "pool", "hour"))
    by_pool = power.sum("hour").assign_attrs(units="GWh/day")
    hourly = fleet.assign(power_by_hour=power.assign_attrs(units="MW"), energy_per_day_by_pool=by_pool)
    ds = wq.convert(hourly, carbon_intensity=HOURLY)
    kg = (power * xr.DataArray(HOURLY, dims="hour")).values
    np.testing.assert_allclose(ds["carbon_location_by_hour"], kg)  # MW times g/kWh
    mean = kg.sum((1, 2)) / power.values.sum((1, 2))
    np.testing.assert_allclose(ds["carbon_location_per_day"], fleet["energy_per_day"] * mean)
    np.testing.assert_allclose(ds["carbon_location_per_day_by_pool"], kg.sum(2))  # of each pool, at its own hours
    with pytest.raises(wq.InputError, match="which this fleet of pools has with by_hour=True"):
        wq.convert(hourly.drop_vars("power_by_hour"), carbon_intensity=HOURLY)
    with pytest.raises(wq.InputError, match="in the result already"):
        wq.convert(hourly, carbon_intensity=HOURLY, load_profile=PROFILE)


def test_a_profile_that_is_lost_is_asked_for():
    day = wq.fleet("traditional", load_profile=PROFILE, structural=False)
    with pytest.raises(wq.InputError, match="pass the load_profile of the fleet here too"):
        wq.convert(day, carbon_intensity=HOURLY)
    assert wq.convert(day, carbon_intensity=HOURLY, load_profile=PROFILE)["carbon_intensity"].item() > np.mean(HOURLY)


def test_water_of_the_site_is_of_its_nodes():
    common = {"pue": [1.1, 1.5], "power_utilization": 0.6, "method": "exact"}
    node = wq.sweep("DeepSeek-R1", boundary=["node", "facility"], **common)
    ds = wq.convert(node, wue=1.8, carbon_intensity=350)
    assert np.isfinite(ds["water_site_mean"]).all()
    np.testing.assert_allclose(
        ds["water_site_mean"].sel(boundary="node"), 1.8 * node["energy_mean"].sel(boundary="node")
    )
    np.testing.assert_allclose(
        ds["water_site"].sel(boundary="facility"), ds["water_site"].sel(boundary="node"), rtol=1e-6
    )
    assert np.isnan(ds["carbon_location"].sel(boundary="node")).all()
    assert "not computed where boundary counts anything but what the facility takes" in ds.attrs["conversions"]


def test_boundaries_by_their_definitions():
    ours = {"a": "node", "b": wq.Boundary("facility", steps=[wq.Step("network", 1.1)]), "facility": "accelerator"}
    ds = wq.convert(wq.sweep("DeepSeek-R1", boundary=ours, method="exact"), carbon_intensity=350)
    assert np.isfinite(ds["carbon_location_mean"]).values.tolist() == [False, True, False]
    assert "steps beyond the boundary" in ds.attrs["conversions"]


@pytest.mark.parametrize("boundary", ["node", "accelerator"])
def test_a_grid_supplies_the_facility(boundary):
    ds = wq.sweep("DeepSeek-R1", boundary=boundary, method="exact")
    with pytest.raises(
        wq.InputError, match=f"takes from the grid, and the result counts '{boundary}'. Compute .*'facility'"
    ):
        wq.convert(ds, carbon_intensity=350)


def test_a_site_does_not_cool_what_it_loses(fleet):
    with pytest.raises(
        wq.InputError, match=r"wue multiplies what the nodes draw .* counts 'facility'\..*boundary='node'"
    ):
        wq.convert(fleet, wue=1.8)
    plain = wq.fleet("traditional", overhead={}, pue=1.2, structural=False)
    ds = wq.convert(plain, wue=1.8, pue=1.2)  # which a fleet does not say
    np.testing.assert_allclose(ds["water_site_per_day"], plain["energy_per_day"] / 1.2 * 1.8e3)
    with pytest.raises(wq.InputError, match="no wue was passed"):
        wq.convert(plain, carbon_intensity=300, pue=1.2)
    with pytest.raises(wq.InputError, match="pue is what the result says already"):
        wq.convert(wq.sweep("DeepSeek-R1", pue=1.1, method="exact"), wue=1.8, pue=1.2)


def test_a_distribution_multiplies_as_independent(sweep):
    intensity = wq.LogNormal(p5=250, p95=480)
    ds = wq.convert(sweep, carbon_intensity=intensity)
    energy = sweep["energy"]
    for place, level in enumerate(sweep["quantile"].values):
        z = wq.LogNormal(p5=1 / np.e, p95=np.e).ppf(level)
        spread = np.hypot(np.log(1.5 / 1.1), np.log(480 / 250)) / 2.0  # both in ln, from P5 to P95
        wanted = energy.sel(quantile=0.5) * intensity.ppf(0.5) * np.exp(spread * np.log(z)) / 1e3
        np.testing.assert_allclose(ds["carbon_location"].isel(quantile=place), wanted, rtol=2e-3)
    np.testing.assert_allclose(ds["carbon_location_mean"], sweep["energy_mean"] * intensity.mean() / 1e3)
    assert "independent of the energy" in ds.attrs["conversions"]
    with pytest.raises(wq.InputError, match="keep_histogram=True"):
        wq.convert(sweep.drop_vars("histogram"), carbon_intensity=intensity)


def test_cost_per_million_tokens(sweep, fleet):
    ds = wq.convert(sweep, electricity_price=0.1, total_tokens=True)
    np.testing.assert_allclose(ds["cost_per_million_output_tokens"], ds["cost_mean"] / [100, 400] * 1e6)
    np.testing.assert_allclose(ds["cost_per_million_tokens"], ds["cost_mean"] / [150, 450] * 1e6)
    day = wq.convert(fleet, electricity_price=0.1)
    means = {"traditional": 300 / np.log(2), "long": 5000 / np.log(2)}
    given = wq.convert(fleet, electricity_price=0.1, output_tokens=means)
    np.testing.assert_allclose(day["cost_per_million_output_tokens"], given["cost_per_million_output_tokens"])
    of_long = day["cost_per_million_output_tokens"].sel(scenario="mixed", query_class="long").item()
    assert of_long == pytest.approx(
        fleet["energy_per_query"].sel(scenario="mixed", query_class="long").item() * 1e2 / means["long"]
    )
    pairs = sweep[["energy_mean"]].isel(output_tokens=0, drop=True).assign_coords(workload="azure_code")
    mean = wq.workloads.load("azure_code").mean("output_tokens")
    per_million = wq.convert(pairs, electricity_price=0.1)["cost_per_million_output_tokens"]
    np.testing.assert_allclose(per_million, pairs["energy_mean"] * 1e2 / mean)
    own = wq.convert(pairs.assign_coords(workload="ours"), electricity_price=0.1)
    assert "cost_per_million_output_tokens: not computed" in own.attrs["conversions"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"carbon_intensity": 0.4}, r"0, or 1 to 3000 gCO2e/kWh, got 0.4. Give grams per kWh: 0.4 kg/kWh is 400"),
        ({"market_carbon_intensity": {"a": 400, "b": 0.4}}, "market_carbon_intensity, b must be within"),
        ({"wue": 1800}, "wue must be within 0 to 20 L/kWh, got 1800. Give litres per kWh of IT energy"),
        ({"electricity_price": 120}, "got 120. Give it per kWh, in whole units of the currency: 120 per MWh is 0.12"),
        ({"electricity_price": 12000, "currency": "JPY"}, "got 12000. Give it per kWh"),
        ({"electricity_price": -0.1}, "electricity_price must be 0 or more"),
        ({"electricity_price": [0.1] + [-0.1] * 23}, "must have a mean of 0 or more over the day, got -0.09"),
        ({"carbon_intensity": [300] * 23}, "each of the 24 hours of the day, got 23 numbers"),
        ({"carbon_intensity": {"00-08": 300}}, "got nothing for the hour from 8:00"),
        ({"carbon_intensity": {"north": 30, "00-08": 300}}, "spans of whole hours of one day as keys"),
        ({"carbon_intensity": {"north": {"east": 30}}}, "Regions are the outermost keys"),
        ({"carbon_intensity": {"a": 30}, "electricity_price": {"b": 1}}, "'a' is in one of the two alone"),
        ({"carbon_intensity": {}}, "got an empty table"),
        ({"carbon_intensity": "absent.csv"}, "absent.csv"),
        ({"carbon_intensity": True}, "must be a number, got True"),
        ({"wue": 1, "currency": "EUR"}, "no electricity_price was passed"),
        ({"electricity_price": 0.1, "currency": "per MWh"}, "currency must be a word or a sign"),
        ({"wue": 1, "load_profile": PROFILE}, "none was passed by the hour"),
        ({"wue": 1, "output_tokens": 100}, "no electricity_price was passed"),
        ({"electricity_price": 1, "output_tokens": {"x": 1}}, "must have a number for each output tokens"),
        ({"electricity_price": 1, "total_tokens": "no"}, "total_tokens must be True or False"),
        ({}, "must have an intensity"),
        ({"carbon": 300}, "'carbon_intensity'"),
    ],
    ids=str,
)
def test_what_is_not_plausible_is_questioned(sweep, arguments, words):
    with pytest.raises(wq.InputError, match=words):
        wq.convert(sweep, **arguments)


def test_what_is_meant_is_taken(sweep):
    ds = wq.convert(sweep, carbon_intensity=wq.unchecked(0.4), electricity_price=25, currency="JPY")
    np.testing.assert_allclose(ds["carbon_location_mean"], sweep["energy_mean"] * 0.4e-3)
    assert "outside its physical range as it was passed as unchecked" in ds.attrs["conversions"]
    with pytest.raises(wq.InputError, match="has carbon_location already"):
        wq.convert(ds, carbon_intensity=300)
    assert "cost_mean" in wq.convert(ds, market_carbon_intensity=0)
    assert wq.convert(ds, market_carbon_intensity=0).attrs["conversions"].count(" | ") == 2
    with pytest.raises(wq.InputTypeError, match="a result with energies"):
        wq.convert(sweep.drop_vars([name for name in sweep.data_vars if name.startswith("energy")]), wue=1)


def test_results_that_were_changed(sweep):
    with pytest.raises(wq.InputError, match=r"ds.unstack\('both'\)"):
        wq.convert(sweep.stack(both=["output_tokens", "quantile"]), carbon_intensity=300)
    with pytest.raises(wq.InputTypeError, match="a result with energies"):
        wq.convert(sweep.map(lambda one: one.astype(str)), carbon_intensity=300)
    with pytest.raises(wq.InputError, match="keep_histogram=True"):
        wq.convert(sweep.isel(bin=0), carbon_intensity=wq.LogNormal(200, 500))


def test_tables_have_a_column_for_each_region(fleet):
    ds = wq.convert(fleet, carbon_intensity={"SE": 30, "PL": 700})
    table = wq.to_table(ds)
    np.testing.assert_array_equal(
        table["carbon_location_per_day_PL_tco2e"], ds["carbon_location_per_day"].sel(region="PL")
    )
    assert table["carbon_intensity_SE_gco2e_per_kwh"].tolist() == [30.0, 30.0]


def test_tables_from_files(fleet, tmp_path):
    wide = pd.DataFrame([HOURLY, [30.0] * 24], index=["south", "north"], columns=range(24))
    wanted = wq.convert(fleet, carbon_intensity={"south": HOURLY, "north": [30] * 24})["carbon_location_per_day"]
    long = wide.rename_axis("region").reset_index().melt("region", var_name="hour", value_name="gCO2e/kWh")
    wide.rename_axis("region").to_csv(tmp_path / "wide.csv")
    long.to_csv(tmp_path / "long.csv", index=False)
    for table in (wide, long, tmp_path / "wide.csv", str(tmp_path / "long.csv")):
        ds = wq.convert(fleet, carbon_intensity={"value": table, "source": "our grid"})
        np.testing.assert_allclose(ds["carbon_location_per_day"].sel(region=wanted.region), wanted)
        assert "our grid" in ds["carbon_intensity"].attrs["source"]
    (tmp_path / "hours.csv").write_text("hour,value\n" + "".join(f"{hour}:00,{x}\n" for hour, x in enumerate(HOURLY)))
    ds = wq.convert(fleet, carbon_intensity=tmp_path / "hours.csv")
    assert ds["carbon_intensity"].item() == pytest.approx(np.mean(HOURLY))
    assert ds["carbon_intensity"].attrs["source"] == "hours.csv"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("region,value\n", "got 1 rows"),
        ("zone,value\na,3\n", "got the header 'zone,value'"),
        ("region,value\na,3\na,4\n", "got 'a' twice"),
        ("region,value\na,3,4\n", "row 2 must have 2 cells"),
        ("region,hour,value\na,24,3\n", "hour must be from 0 to 23"),
        ("region,hour,value\na,0,3\n", "nothing for the hour from 1:00"),
        ("region,value\na,many\n", "a must be a number, got 'many'"),
        ("region,value\na,0.4\n", "0.4 kg/kWh is 400"),
    ],
)
def test_tables_that_make_no_sense(sweep, tmp_path, text, words):
    (tmp_path / "grid.csv").write_text(text)
    with pytest.raises(wq.InputError, match=words):
        wq.convert(sweep, carbon_intensity=tmp_path / "grid.csv")
