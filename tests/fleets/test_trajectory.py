"""Fleets over time, against fleets without time and sums by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from wattquery import catalog, scenarios
from wattquery.scenarios import Adoption, Growth

LEVELS = (0.5, 0.9)
"""As of a trajectory that is told nothing."""

SPAN = {"start": "2026-01-01", "stop": "2030-01-01"}
SHIPPED = scenarios.load("mixed-improved").classes
CLASSES = {  # as shipped with narrower serving levers by class, which nothing has yet
    name: {
        "share": one.share,
        "model": "frontier",
        "output_tokens": name,
        "lever_factors": dict(one.lever_factors),
    }
    for name, one in SHIPPED.items()
}


def fleet_with(levers: str, **more) -> xr.Dataset:
    classes = {name: {**one, "levers": levers} for name, one in CLASSES.items()}
    return wq.fleet(classes=classes, queries_per_day=1e9, structural=False, shared_draws=256, level=LEVELS, **more)


def course(adoption, **more) -> xr.Dataset:
    given = {"classes": CLASSES, "queries_per_day": 1e9, "shared_draws": 256, **SPAN, **more}
    return wq.trajectory(adoption=adoption, **given)


def number_of(value: float) -> dict:
    """A fleet in which nothing is random but lengths."""
    one = {
        "share": 1,
        "model": "Llama 3.1 405B",
        "pue": 1.2,
        "power_utilization": 0.5,
        "lever_factors": {"serving": value, "model": 2.0},
    }
    return {"classes": {"chat": one}, "queries_per_day": 1e6, "throughput_fit": False, "shared_draws": 256}


def test_without_adoption_a_trajectory_is_the_fleet():
    ds = course({"serving": 0.0})
    fleet = fleet_with("none")
    for name in ("energy_per_day", "energy_without", "energy_with"):
        np.testing.assert_allclose(ds[name], fleet["energy_per_day"], rtol=1e-12)
    np.testing.assert_allclose(ds["energy_credible"].isel(date=3), fleet["energy_credible"], rtol=1e-12)
    np.testing.assert_allclose(ds["saved"], 0.0, atol=1e-12)
    np.testing.assert_allclose(ds["power_mean"], fleet["power_mean"], rtol=1e-12)


@pytest.mark.parametrize("levers", ["serving", "serving+model"])
def test_with_full_adoption_it_is_the_fleet_with_the_lever(levers):
    ds = course(dict.fromkeys(levers.split("+"), 1.0))
    fleet = fleet_with(levers)
    np.testing.assert_allclose(ds["energy_per_day"], fleet["energy_per_day"], rtol=1e-12)
    np.testing.assert_allclose(ds["energy_credible"].isel(date=0), fleet["energy_credible"], rtol=1e-12)


def test_a_lever_that_is_there_already_stays_beside_one_that_is_adopted():
    classes = {name: {**one, "levers": "hardware"} for name, one in CLASSES.items()}
    ds = course({"model": 1.0}, classes=classes)
    fleet = fleet_with("hardware+model")
    np.testing.assert_allclose(ds["energy_per_day"], fleet["energy_per_day"], rtol=1e-12)
    np.testing.assert_allclose(ds["energy_credible"].isel(date=0), fleet["energy_credible"], rtol=1e-12)


def test_half_adoption_by_hand():
    def total(levers):
        return fleet_with(levers)["energy_per_day"].item()

    # Queries are in four equal parts: with neither lever, with one of them, and with both.
    by_hand = 0.25 * (total("none") + total("serving") + total("model") + total("serving+model"))
    assert course({"serving": 0.5, "model": 0.5})["energy_per_day"].values == pytest.approx(by_hand, rel=1e-12)


def test_bands_by_hand():
    # Nothing is random but one lever: its quantiles become those of the energy, in reverse.
    lever = wq.LogNormal(p5=1.5, p95=5)
    given = number_of(3.0)
    given["classes"]["chat"]["lever_factors"] = {"serving": lever}
    ds = wq.trajectory(adoption={"serving": 0.4}, **SPAN, **{**given, "shared_draws": 2**14})
    base = ds["energy_without"].values[0]
    by_hand = base * (0.6 + 0.4 / lever.ppf(1.0 - ds["credible"].values))
    np.testing.assert_allclose(ds["energy_credible"].values[0], by_hand, rtol=2e-4)
    mean = np.exp(-lever.mu + 0.5 * lever.sigma**2)
    np.testing.assert_allclose(ds["energy_per_day"], base * (0.6 + 0.4 * mean), rtol=1e-12)


def test_bands_of_numbers_have_no_width():
    ds = wq.trajectory(adoption={"serving": Adoption.linear("2026-01-01", "2030-01-01")}, **SPAN, **number_of(3.0))
    bands = ds["energy_credible"]
    np.testing.assert_allclose(bands, ds["energy_per_day"].expand_dims(credible=5, axis=1), rtol=1e-12)
    assert ds["energy_per_day"].values[-1] == pytest.approx(ds["energy_without"].values[0] / 3.0, rel=1e-12)


def test_a_factor_drawn_per_query_averages_out():
    given = number_of(3.0)
    given["classes"]["chat"]["lever_factors"] = {"serving": wq.LogNormal(p5=1.5, p95=5)}
    ds = wq.trajectory(adoption={"serving": 0.4}, scopes={"lever:serving": "query"}, **SPAN, **given)
    np.testing.assert_allclose(
        ds["energy_credible"].isel(credible=[0, 4]), ds["energy_per_day"].values[:, None] * [1, 1]
    )
    with pytest.raises(wq.InputError, match="no random factor"):
        wq.trajectory(adoption={"serving": 0.4}, scopes={"lever:serving": "query"}, **SPAN, **number_of(3.0))


def test_more_adoption_is_less_energy_in_every_band():
    shares = np.linspace(0, 1, 5)
    years = [f"{2026 + i}-01-01" for i in range(5)]
    ds = course({"serving": dict(zip(years, shares, strict=True)), "model": 0.3})
    np.testing.assert_allclose(ds["adoption"].sel(lever="serving"), shares)
    assert (ds["energy_per_day"].diff("date") < 0).all()
    # A factor can fall below 1, but not at these levels.
    assert (ds["energy_credible"].diff("date") < 0).all()
    np.testing.assert_allclose(ds["energy_per_day_by_class"].sum("query_class"), ds["energy_per_day"], rtol=1e-12)


def test_growth_scales_everything():
    still, ds = course({"serving": 0.3}), course({"serving": 0.3}, growth=1.0)
    times = 2.0 ** np.arange(5)
    for name in ("energy_per_day", "energy_without", "queries_per_day", "power_mean", "saved", "demand"):
        np.testing.assert_allclose(ds[name], still[name] * times, rtol=1e-12)
    np.testing.assert_allclose(ds["energy_credible"], still["energy_credible"] * times[:, None], rtol=1e-12)


def test_demand_by_table_takes_the_place_of_the_scenarios():
    ds = course({}, growth={"2026-01-01": 2e9, "2030-01-01": 8e9})
    assert ds["demand"].values[[0, -1]] == pytest.approx([2e9, 8e9])
    assert "table by date, and not the scenario's 1e+09" in ds.attrs["notes"]
    assert "lever" not in ds.dims
    assert "no lever is adopted" in ds.attrs["notes"]


def test_rebound_takes_back_its_share():
    ds = course({"serving": 0.6, "model": 0.2}, growth=0.3, rebound=[0, 0.25, 1, 2])
    expected = ds["energy_without"] - ds["energy_per_day"]
    np.testing.assert_allclose(ds["saved"], expected)
    none = ds["saved"].sel(rebound=0)
    for rebound in (0.25, 1, 2):
        np.testing.assert_allclose(ds["saved"].sel(rebound=rebound), (1 - rebound) * none, atol=1e-12)
    np.testing.assert_allclose(ds["energy_per_day"].sel(rebound=0), ds["energy_with"].sel(rebound=0), rtol=1e-12)
    # More energy is more queries, each at the energy that levers leave.
    np.testing.assert_allclose(ds["rebound_factor"], ds["energy_per_day"] / ds["energy_with"], rtol=1e-12)
    np.testing.assert_allclose(ds["queries_per_day"], ds["rebound_factor"] * ds["demand"], rtol=1e-12)
    scaled = ds["energy_credible"].sel(rebound=0) * ds["rebound_factor"].sel(rebound=1)
    np.testing.assert_allclose(ds["energy_credible"].sel(rebound=1), scaled.transpose("date", "credible"), rtol=1e-12)
    assert "backfire" in ds.attrs["notes"]
    assert "backfire" not in course({"serving": 0.6}, rebound=1).attrs["notes"]


def test_nobody_rebounds_unasked():
    ds = course({"serving": 0.5})
    assert ds["rebound"].item() == 0.0
    assert (ds["rebound_factor"] == 1.0).all()


def test_the_same_seed_gives_the_same_bands():
    one, same, other = (course({"serving": 0.5}, seed=seed) for seed in (3, 3, 4))
    xr.testing.assert_identical(one, same)
    assert (one["energy_credible"] != other["energy_credible"]).all()
    np.testing.assert_array_equal(one["energy_per_day"], other["energy_per_day"])


def test_lists_and_dicts_become_axes(tmp_path):
    ds = wq.trajectory(
        ["mixed", "adoption"],
        preset=["v2-code", "v1"],
        pue=[1.1, 1.5],
        growth={"slow": 0.1, "planned": {"2026-01-01": 1e9, "2027-01-01": 3e9}},
        rebound=[0.0, 0.5],
        start="2026-01-01",
        stop="2027-01-01",
        step="quarter",
        shared_draws=256,
    )
    dims = ("scenario", "preset", "pue", "growth", "rebound", "date")
    assert ds["energy_per_day"].dims == dims
    assert ds["energy_credible"].dims == (*dims, "credible")
    assert ds["growth"].attrs["definitions"] == "slow = 0.1; planned = 2026-01-01: 1e+09; 2027-01-01: 3e+09"
    one = wq.trajectory(
        "adoption",
        preset="v1",
        pue=1.5,
        growth=0.1,
        rebound=0.5,
        start="2026-01-01",
        stop="2027-01-01",
        step="quarter",
        shared_draws=256,
    )
    cell = ds.sel(scenario="adoption", preset="v1", pue=1.5, growth="slow", rebound=0.5)
    for name in ("energy_per_day", "energy_credible", "queries_per_day", "adoption"):
        np.testing.assert_allclose(cell[name], one[name], rtol=1e-12)
    assert (ds["adoption"].sel(scenario="mixed") == 0.0).all()
    ds.to_netcdf(tmp_path / "x.nc")
    with xr.open_dataset(tmp_path / "x.nc") as read:
        xr.testing.assert_identical(read.load(), ds)


def test_units_and_boundary_are_told():
    ds = wq.trajectory("adoption", stop="2026-01-01", shared_draws=256)
    assert str(ds["date"].dtype) == "datetime64[ns]"
    units = {name: one.attrs.get("units") for name, one in ds.data_vars.items()}
    assert units["energy_per_day"] == units["energy_credible"] == units["saved"] == "GWh/day"
    assert (units["power_mean"], units["queries_per_day"], units["adoption"]) == ("MW", "1/day", "1")
    assert ds["boundary"].item().startswith("facility+")
    assert "taken as given" in ds.attrs["notes"]
    node = wq.trajectory("adoption", stop="2026-01-01", boundary="node", shared_draws=256)
    assert (node["energy_per_day"] < ds["energy_per_day"]).all()


def test_arguments_replace_what_the_scenario_says():
    ds = wq.trajectory(
        "adoption", dates=["2027-03-01", "2031-05-06"], growth=0.0, adoption={"routing": 0.2}, shared_draws=256
    )
    assert ds["date"].dt.strftime("%Y-%m-%d").values.tolist() == ["2027-03-01", "2031-05-06"]
    assert ds["lever"].values.tolist() == ["routing"]
    np.testing.assert_array_equal(ds["demand"], 1e9)
    assert wq.trajectory("adoption", stop="2026-06-01", step="month", shared_draws=256).sizes["date"] == 6


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"adoption": {"servin": 0.1}}, "no lever of preset 'v2-code'.*Did you mean 'serving'"),
        ({"adoption": {"serving": 1.1}}, "adoption of 'serving': share must be from 0 to 1, .*got 1.1"),
        (
            {"adoption": {"hardware": 0.1}, "levers": "model+hardware"},
            "'hardware'.*all dates; each lever counts once",
        ),
        ({"adoption": {"serving": 0.1}, "levers": ["none", "serving"]}, "on all dates"),
        ({"dates": ["2026-01-01"], "start": "2026-01-01"}, "Either dates or start .*got both"),
        ({"growth": "fast"}, "yearly rate"),
        ({"rebound": -1}, "rebound must be .* got -1"),
        ({"start": "2036-01-01"}, "before start"),
    ],
)
def test_what_has_no_answer_is_refused(given, message):
    with pytest.raises(wq.InputError, match=message):
        wq.trajectory("adoption", **given)


def test_dates_are_asked_for():
    with pytest.raises(wq.InputError, match="start is missing"):
        wq.trajectory("mixed")
    with pytest.raises(wq.InputError, match="stop is missing"):
        wq.trajectory("mixed", start="2026-01-01")
    with pytest.raises(wq.InputError, match="start is missing"):
        wq.trajectory(["adoption", "mixed"])
    own = scenarios.Scenario("own", CLASSES, 1e9, trajectory={"start": "2026-01-01", "stop": "2027-01-01"})
    with pytest.raises(wq.InputError, match="'adoption' and 'own' must have the same dates"):
        wq.trajectory(["adoption", own])
    with pytest.raises(wq.InputError, match="must have the same axes of growth"):
        wq.trajectory(["adoption", scenarios.Scenario("own", CLASSES, 1e9, trajectory={"growth": [0.1]})], **SPAN)


def test_names_are_checked_as_in_a_fleet() -> None:
    classes = {"chat": {"share": 1, "model": "Llama 3.1 405B", "lever_factors": {"servng": 2.0}}}
    dated = {"start": "2026-01-01", "stop": "2027-01-01", "shared_draws": 256}
    with pytest.raises(wq.InputError, match=r"lever_factors names 'servng'.*Did you mean 'serving'"):
        wq.trajectory(classes=classes, queries_per_day=1e9, **dated)
    classes["chat"]["lever_factors"] = {"caching": 2.0}
    ds = wq.trajectory(classes=classes, queries_per_day=1e9, adoption={"caching": 1.0}, **dated)
    assert ds["energy_with"].values == pytest.approx(0.5 * ds["energy_without"].values)


def test_the_scenario_and_the_preset_that_something_is_about_are_named() -> None:
    dated = {"start": "2026-01-01", "stop": "2027-01-01", "shared_draws": 256}
    with pytest.raises(wq.InputError, match="scenario 'several-levers': adoption names 'serving'"):
        wq.trajectory(["mixed", "several-levers"], adoption={"serving": 0.5}, **dated)
    own = dataclasses.replace(
        catalog.preset("v2-code"),
        name="own",
        output_tokens={
            "traditional": {"distribution": "Fixed", "value": 1},
            "long": {"distribution": "Fixed", "value": 100_000},
        },
    )
    ds = wq.trajectory("mixed", preset=["v2-code", own], **dated)
    assert " | own: extrapolated: " in f" | {ds.attrs['notes']}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"rate": -3.0}, "growth must be above -1 .*got -3"),
        ({"rate": "x"}, "growth must be a finite number, got 'x'"),
        ({"rate": 0.3, "queries": (1.0,)}, "must be a rate or a table, got both"),
        ({"rate": None, "dates": ("2026-01-01",), "queries": (1.0, 2.0)}, "one number for each .*got 2 numbers"),
        ({"rate": None, "dates": ("2026-01-01",), "queries": (0.0,)}, "growth, 2026-01-01 must be above 0"),
        ({"rate": None}, "must be a list of dates"),
    ],
)
def test_growth_made_as_an_object_is_checked_too(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(wq.InputError, match=said):
        Growth(**arguments)


def test_bands_are_closed_forms_where_there_is_one_and_state_their_error_elsewhere():
    factors = {"serving": wq.LogNormal(1.5, 5)}
    only_lever = {**number_of(2.0)["classes"]["chat"], "lever_factors": factors}
    given = {"classes": {"chat": only_lever}, "queries_per_day": 1e6, "throughput_fit": False, "shared_draws": 2**12}
    ds = wq.trajectory(adoption={"serving": {"2026-01-01": 0.0, "2030-01-01": 1.0}}, **given, **SPAN)
    assert not ds["energy_credible_stderr"].values.any()
    levels = ds["credible"].values
    share = ds["adoption"].isel(lever=0).values[:, None]
    without = ds["energy_without"].values[:, None]
    expected = without * (1.0 - share + share / factors["serving"].ppf(1.0 - levels))
    np.testing.assert_allclose(ds["energy_credible"], expected, rtol=1e-12)
    del only_lever["pue"], only_lever["power_utilization"]
    random = wq.trajectory(adoption={"serving": {"2026-01-01": 0.0, "2030-01-01": 1.0}}, **given, **SPAN)
    errors = random["energy_credible_stderr"].values
    assert not errors[[0, -1]].any()  # nobody has the lever, and everybody
    assert (errors[1:-1] > 0.0).all()
    assert "energy_credible_stderr" in random.attrs["notes"]
    np.testing.assert_allclose(
        random["energy_credible"].isel(date=-1),
        fleet_with_serving(only_lever),
        rtol=1e-12,
    )


def fleet_with_serving(chat: dict[str, Any]) -> np.ndarray:
    classes = {"chat": {**chat, "levers": "serving"}}
    ds = wq.fleet(classes=classes, queries_per_day=1e6, throughput_fit=False, structural=False, level=LEVELS)
    return ds["energy_credible"].values


def test_errors_of_bands_are_those_of_repeated_seeds():
    adoption = {"serving": {"2026-01-01": 0.5}}
    given = {"dates": ["2026-01-01"], "shared_draws": 1024}
    found = [wq.trajectory("mixed", adoption=adoption, seed=seed, **given) for seed in range(30)]
    values, errors = (
        np.array([one[name].values.ravel() for one in found]) for name in ("energy_credible", "energy_credible_stderr")
    )
    ratio = errors.mean(axis=0) / values.std(axis=0, ddof=1)
    # 30 seeds tell a standard deviation to 13 %; errors are meant to be on the safe side.
    assert (ratio > 0.7).all()
    assert (ratio < 2.2).all()
