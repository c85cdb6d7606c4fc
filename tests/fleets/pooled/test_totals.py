"""Pools against hours added up in NumPy, against fleets without pools, and against simulated errors."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from fleets.pooled_fleets import (
    B200,
    CLASSES,
    H100,
    POOLS,
    PUE,
    QUERIES,
    fleet,
    node_wh,
    rates,
    requests,
    table,
)

GIGA = 1e9
IDLE_W = 1.05 * 120.0 + 250.0
"""Of an H100 in its node on which nothing runs."""


@pytest.fixture(scope="module")
def day() -> xr.Dataset:
    return fleet(by_hour=True, shared_draws=2**13)


@pytest.mark.parametrize(("name", "share"), [("h100", 0.6), ("b200", 0.4)])
def test_hours_balance_with_the_rates_and_powers_of_the_load_model(day: xr.Dataset, name: str, share: float) -> None:
    pool, here = POOLS[name], day.sel(pool=name)
    loads = here["load_by_hour"].values
    at = table(pool, loads)
    instances = float(here["instances_by_pool"])
    np.testing.assert_allclose(instances * rates(at) * 3600.0, share * requests(), rtol=1e-9)  # Little's law
    mean_wh = 0.7 * node_wh(at) + 0.3 * node_wh(table(pool, loads, "azure_code"))
    watts = rates(at) * mean_wh * 3600.0 / pool["accelerators"]  # P of an accelerator
    reserve = pool.get("reserve", 0) * 8 * IDLE_W
    megawatts = PUE * (instances * pool["accelerators"] * watts + reserve) / 1e6
    np.testing.assert_allclose(here["power_by_hour"].values, megawatts, rtol=1e-9)
    np.testing.assert_allclose(here["energy_per_day_by_pool"].values, megawatts.sum() / 1e3, rtol=1e-9)


@pytest.mark.parametrize(("name", "share"), [("h100", 0.6), ("b200", 0.4)])
def test_nodes_are_whole_for_the_highest_hour_at_the_target(day: xr.Dataset, name: str, share: float) -> None:
    pool, here = POOLS[name], day.sel(pool=name)
    loads = np.geomspace(0.01, 1.0, 60)
    at = table(pool, loads)
    most = at.most_sequences[0]
    target = 0.6 if name == "h100" else np.interp(1.0 / 40.0, at.time_per_output_token, loads)
    per_node = 8 // pool["accelerators"]
    needed = share * requests().max() / 3600.0 / np.interp(target, loads, rates(at)) / per_node
    assert float(here["nodes_by_pool"]) == np.ceil(needed) + pool.get("reserve", 0)
    assert float(here["load_peak"]) <= target + 1e-9
    assert float(here["load_peak"]) > 0.3 * target
    assert most > 8


def test_parts_add_up_to_the_whole(day: xr.Dataset) -> None:
    for name in ("energy_per_day", "nodes", "power_mean", "accelerators", "instances"):
        np.testing.assert_allclose(day[f"{name}_by_pool"].sum(), day[name], rtol=1e-12)
    np.testing.assert_allclose(
        day["energy_per_day_by_pool_and_class"].sum("query_class"), day["energy_per_day_by_pool"]
    )
    np.testing.assert_allclose(
        day["energy_per_day_by_pool_and_class"].sum("pool"), day["energy_per_day_by_class"].sum("component")
    )
    np.testing.assert_allclose(day["power_by_hour"].sum("pool").max(), day["power_peak"])
    np.testing.assert_allclose(day["power_by_hour"].mean("hour"), day["power_mean_by_pool"])
    np.testing.assert_allclose((day["share"] * day["energy_per_query"]).sum() * QUERIES / GIGA, day["energy_per_day"])


def test_the_night_costs_more_per_query(day: xr.Dataset) -> None:
    per_query = day["power_by_hour"].sum("pool").values / requests()
    assert per_query[0] > 2.0 * per_query[12]


def test_intervals_are_those_of_effects_drawn_by_name_hour_by_hour(day: xr.Dataset) -> None:
    rng, draws = np.random.default_rng(20261127), 20_000
    normals: dict[object, np.ndarray] = {}
    hours = day["load_by_hour"].sel(pool="b200").values
    loads, count = np.unique(hours, return_counts=True)
    energy = np.zeros(draws)
    for attributed, share in (("azure_conversation", 0.7), ("azure_code", 0.3)):
        at = table(B200, loads, attributed)
        wh = share * node_wh(at) * rates(at) * count
        for number in range(len(loads)):
            logs = np.full(draws, -0.5 * at.sigma[1, number] ** 2)
            for effect in at.effects(number, 1):
                for k, loading in enumerate(effect.loadings or (1.0,)):
                    place = effect.name, effect.key, k
                    if place not in normals:
                        normals[place] = rng.standard_normal(draws)
                    logs += effect.sigma * loading * normals[place]
            energy += wh[number] * np.exp(logs)
    ends = np.quantile(energy / energy.mean(), [0.025, 0.975])
    found = (day["energy_per_day_by_pool_interval"] / day["energy_per_day_by_pool"]).sel(pool="b200")
    np.testing.assert_allclose(found, ends, rtol=0.03)


def test_nodes_vary_with_the_time_of_a_query(day: xr.Dataset) -> None:
    at = table(H100, [0.6])
    needed = 0.6 * requests().max() / 3600.0 / rates(at)[0] / 4
    ends = np.ceil(needed * np.exp(1.96 * at.log_sds["throughput"][0] * np.array([-1.0, 1.0]))) + 2
    np.testing.assert_allclose(day["nodes_by_pool_interval"].sel(pool="h100"), ends, atol=1.0)
    low, high = day["nodes_interval"].values
    apart = day["nodes_by_pool_interval"].sum("pool").values
    assert apart[0] <= low < float(day["nodes"]) < high <= apart[1]


def test_without_a_reserve_and_at_one_load_a_pool_is_a_fleet_under_that_load() -> None:
    pools = {"h100": {**H100, "share": 1.0, "reserve": 0}}
    ds = fleet(pools, load_profile=None, pue=wq.LogNormal(1.1, 1.3))
    stated = {"hardware": "H100 SXM", "precision": "FP8", "accelerators": 2, "load": float(ds["load_peak"].item())}
    classes = {name: {**one, **stated} for name, one in CLASSES.items()}
    other = fleet({}, classes=classes, load_profile=None, pue=wq.LogNormal(1.1, 1.3))
    np.testing.assert_allclose(ds["energy_per_query"], other["energy_per_query"], rtol=1e-9)
    np.testing.assert_allclose(ds["energy_per_day_by_class"], other["energy_per_day_by_class"], rtol=1e-9)
    np.testing.assert_allclose(ds["instance_hours"], other["instance_hours"], rtol=1e-9)
    np.testing.assert_allclose(ds["energy_interval"][1:3], other["energy_interval"][1:3], rtol=0.01)


def test_nodes_that_an_hour_does_not_need_pay_idle_power_or_are_off() -> None:
    nights = {"load_profile": {"00-08": 0.0, "08-24": 1.0}, "by_hour": True}
    on, off = (fleet({"h100": {**H100, "share": 1.0, "idle": idle}}, **nights).isel(pool=0) for idle in ("on", "off"))
    at = table(H100, [1e-12])
    of_instance = (
        float(rates(at)[0] * (0.7 * node_wh(at) + 0.3 * node_wh(table(H100, [1e-12], "azure_code")))[0]) * 3600
    )
    instances = float(on["instances_by_pool"])
    night = PUE * (instances * of_instance + 16 * IDLE_W) / 1e6
    np.testing.assert_allclose(on["power_by_hour"][0], night, rtol=1e-8)
    np.testing.assert_allclose(off["power_by_hour"][0], PUE * 16 * IDLE_W / 1e6, rtol=1e-9)
    np.testing.assert_allclose(off["power_by_hour"][12], on["power_by_hour"][12], rtol=1e-9)
    assert off["nodes_by_hour"].values[[0, 12]].tolist() == [2.0, float(on["nodes_by_pool"])]


def test_accelerators_that_no_instance_has_pay_idle_power() -> None:
    three = {"h100": {**H100, "accelerators": 3, "share": 1.0, "reserve": 0}}
    ds = fleet(three, by_hour=True, boundary="node", pue=None).isel(pool=0)
    at = {**H100, "accelerators": 3}
    loads = ds["load_by_hour"].values
    wh = 0.7 * node_wh(table(at, loads)) + 0.3 * node_wh(table(at, loads, "azure_code"))
    left = 2 * float(ds["nodes_by_pool"]) * IDLE_W
    np.testing.assert_allclose(ds["power_by_hour"], (wh * requests() + left) / 1e6, rtol=1e-9)
    assert "2 accelerators of a node have no instance" in ds.attrs["notes"]


def test_levers_that_save_time_save_nodes_and_others_energy_alone() -> None:
    ds = fleet(levers={"none": "none", "serving": wq.Lever("serving", 2.0), "hardware": wq.Lever("hardware", 2.0)})
    nodes, energy = (ds[name].to_series() for name in ("nodes", "energy_per_day"))
    assert nodes["serving"] < 0.65 * nodes["none"]
    assert nodes["hardware"] == nodes["none"]
    assert energy["hardware"] < 0.55 * energy["none"]


def test_pue_may_follow_the_load_of_a_pool() -> None:
    pools = {name: {**pool, "pue_by_load": {0.5: 1.5, 1.0: 1.1}} for name, pool in POOLS.items()}
    ds, node = fleet(pools, pue=None, by_hour=True), fleet(boundary="node", pue=None, by_hour=True)
    of_nodes = node["power_by_hour"]
    pue = np.interp(of_nodes / of_nodes.max("hour"), [0.5, 1.0], [1.5, 1.1])
    np.testing.assert_allclose(ds["power_by_hour"], of_nodes * pue, rtol=1e-9)
    shares = ds["energy_per_day_by_class"].sum("query_class").to_series()
    np.testing.assert_allclose(shares["accelerator"] + shares["host"], node["energy_per_day"], rtol=1e-9)
    assert "PUE of pool h100, b200: by the power" in ds.attrs["notes"]
    assert "same at every load" not in ds.attrs["notes"]


def test_of_nodes_share_and_target_two_say_the_third(day: xr.Dataset) -> None:
    serving = float(day["nodes_by_pool"].sel(pool="h100")) - 2
    kept = {key: value for key, value in H100.items() if key not in ("load", "share")}
    follows = fleet({"h100": {**kept, "share": 0.6, "nodes": int(serving)}, "b200": B200})
    np.testing.assert_allclose(follows["load_peak"], day["load_peak"], rtol=1e-9)
    able = fleet({"h100": {**kept, "load": 0.6, "nodes": int(serving)}, "b200": B200})
    np.testing.assert_allclose(able["load_peak"].sel(pool="h100"), 0.6, rtol=1e-9)
    share = able["share_by_pool"].sel(query_class="chat")
    assert share.sel(pool="h100") > 0.6
    np.testing.assert_allclose(share.sum(), 1.0)
    np.testing.assert_allclose(able["nodes_by_pool_interval"].sel(pool="h100"), serving + 2)


def test_axes_of_loads_levers_and_shares_are_those_of_single_fleets() -> None:
    ds = fleet(load=[0.3, 0.9], levers=["none", "serving"], shares={"chat": [0.2]}, level=0.9)
    one = fleet(load=0.9, levers="serving", shares={"chat": 0.2}, level=0.9)
    here = ds.sel(load=0.9, levers="serving", chat_share=0.2)
    for name in ("energy_per_day", "nodes", "energy_interval", "power_peak_interval", "nodes_by_pool_interval"):
        np.testing.assert_allclose(here[name], one[name], rtol=1e-9, err_msg=name)


def test_levers_by_load_count_hour_by_hour() -> None:
    draft = wq.Lever("draft", by_concurrency={8: 1.6, 32: 1.1}, time_factor={8: 1.8, 32: 1.2})
    pool = {"hardware": "B200", "precision": "FP8", "accelerators": 1, "load": 0.5}
    ds, plain = (fleet({"b200": pool}, by_hour=True, levers=one) for one in (draft, "none"))
    here = ds.isel(pool=0)
    at = table(B200, here["load_by_hour"])
    running = np.maximum(at.batch, 1.0)

    def factor(low: float, high: float) -> np.ndarray:
        return np.exp(np.interp(np.log(running), np.log([8.0, 32.0]), np.log([low, high])))

    completed = float(here["instances_by_pool"]) * rates(at) * factor(1.8, 1.2) * 3600.0
    np.testing.assert_allclose(completed, requests(), rtol=1e-9)
    wh = (0.7 * node_wh(at) + 0.3 * node_wh(table(B200, here["load_by_hour"], "azure_code"))) / factor(1.6, 1.1)
    np.testing.assert_allclose(here["power_by_hour"], PUE * wh * requests() / 1e6, rtol=1e-9)
    assert ds["nodes"] < plain["nodes"]
    assert "lever 'draft' is known from 8 to 32 running sequences, and instances have" in ds.attrs["notes"]


def test_the_least_demand_takes_a_node() -> None:
    ds = fleet({"h100": {**H100, "share": 1.0, "reserve": 0}}, queries_per_day=1e-3, load_profile=None, by_hour=True)
    assert ds["nodes"].item() == 1.0
    np.testing.assert_array_equal(ds["nodes_by_hour"], 1.0)
    idle = ds["power_mean"].item() / (PUE * 8 * IDLE_W / 1e6)
    assert 1.0 <= idle < 1.15  # the mean over what is not known of throughput is above the median


def test_a_pool_without_queries_is_said_to_have_no_reserve() -> None:
    ds = fleet({"h100": {**H100, "share": 0.0, "reserve": 3}, "b200": B200})
    assert ds["nodes_by_pool"].values[0] == 0.0
    assert "pool h100: no queries, and so no nodes and no reserve" in ds.attrs["notes"].split(" | ")
