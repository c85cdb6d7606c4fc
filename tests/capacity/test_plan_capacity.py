"""`plan_capacity` against a search of whole grids by `wattquery.sweep`, and a simulation hour by hour in NumPy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import wattquery as wq
from one_sentence import is_one_sentence
from wattquery.plans import load_build
from wattquery.throughput.load.deployments.idle_power import idle_watts
from wattquery.throughput.load.query_energy import NODE_WATTS

MODEL = "Llama 3.1 70B"
TOKENS = 300
CASE = {"precision": "FP8", "pue": 1.2, "output_tokens": TOKENS, "input_tokens": 1000}
HARDWARE = ["H100 SXM", "B200"]
SIZES = [1, 2, 4]
ON_A_NODE = 8
HOUR = 3600.0


def grid(**arguments):
    """Return the same instances at many loads."""
    return wq.sweep(MODEL, method="exact", quantiles=[0.5], **{**CASE, **arguments})


@pytest.fixture(scope="module")
def fine():
    return grid(hardware=HARDWARE, accelerators=SIZES, load=np.geomspace(1 / 256, 1.0, 240).tolist())


@pytest.fixture(scope="module")
def one():
    """Return one instance at many numbers of sequences."""
    return grid(hardware="B200", accelerators=2, concurrency=np.geomspace(0.05, 256, 1500).tolist())


@pytest.mark.parametrize(
    "targets", [{"interactivity": 45}, {"time_per_output_token": 0.03, "time_to_first_token": 0.15}], ids=str
)
def test_it_is_never_worse_than_a_grid(fine, targets) -> None:
    many = 1e13
    ds = wq.plan_capacity(MODEL, **CASE, hardware=HARDWARE, accelerators=SIZES, requests_per_hour=many / 24, **targets)
    limits = {name: value for name, value in targets.items() if name != "interactivity"}
    if "interactivity" in targets:
        limits["time_per_output_token"] = 1.0 / targets["interactivity"]
    met = xr_all(fine[name] <= most for name, most in limits.items())
    energy = fine["energy_mean"].where(met)
    each = (many / 24) / (fine["throughput"] / TOKENS * HOUR)
    nodes = np.ceil(each / (ON_A_NODE // fine["accelerators"])).where(met)
    for place in range(ds.sizes["candidate"]):
        found = ds.isel(candidate=place)
        at = {name: found[name].item() for name in ("hardware", "accelerators")}
        least, fewest = float(energy.sel(at).min()), float(nodes.sel(at).min())
        assert bool(found["meets"]) == np.isfinite(least)
        # What is between two loads of the grid is looked at as well: steps are 2.3 % of a load.
        if found["meets"]:
            assert 0.98 * least < float(found["energy_per_query"]) <= 1.0005 * least
            assert 0.97 * fewest < float(found["nodes"]) <= 1.0005 * fewest
            assert all(float(found[name]) <= 1.0001 * most for name, most in limits.items())
    assert bool(ds["best"][0])
    assert float(ds["energy_per_query"][0]) == pytest.approx(float(ds["energy_per_query"].min()))


def xr_all(conditions):
    """Return where all of some conditions hold."""
    found = True
    for condition in conditions:
        found = condition & found
    return found


def test_a_day_is_that_of_a_simulation(one) -> None:
    hourly = np.array([2e4] * 8 + [9e4] * 8 + [2e5] + [6e4] * 7)
    ds = wq.plan_capacity(
        MODEL, **CASE, hardware="B200", accelerators=2, requests_per_hour=hourly.tolist(), interactivity=45, reserve=2
    ).isel(candidate=0)
    rate = one["throughput"].values / TOKENS * HOUR
    watts = one["energy_mean"].values * rate
    speed = one["interactivity"].values

    # The fewest nodes of four instances at which users are served fast enough in the highest hour.
    serving = 1
    while np.interp(hourly.max() / (4 * serving), rate, speed, right=0.0) < 45:
        serving += 1
    # An idle node has 1.05 times what its accelerators draw, and 250 W for each in the rest.
    waiting = 2 * ON_A_NODE * (1.05 * idle_watts(wq.catalog.accelerator("B200")) + NODE_WATTS) * CASE["pue"]
    power = [4 * serving * np.interp(now / (4 * serving), rate, watts) + waiting for now in hourly]

    assert ds["nodes"].item() == serving + 2
    assert ds["instances"].item() == 4 * serving
    assert ds["accelerators_in_all"].item() == ON_A_NODE * (serving + 2)
    assert ds["power_mean"].item() == pytest.approx(np.mean(power) / 1e6, rel=1e-3)
    assert ds["power_peak"].item() == pytest.approx(np.max(power) / 1e6, rel=1e-3)
    assert ds["energy_per_query"].item() == pytest.approx(np.sum(power) / hourly.sum(), rel=1e-3)
    assert ds["energy_per_day"].item() == pytest.approx(np.sum(power) / 1e9, rel=1e-3)
    sequences = np.interp(hourly.max() / (4 * serving), rate, one["concurrency"].values)
    assert ds["running_sequences"].item() == pytest.approx(sequences, rel=1e-3)
    assert ds["interactivity"].item() == pytest.approx(np.interp(sequences, one["concurrency"].values, speed), rel=1e-3)


def test_a_chance_is_that_of_the_load_model() -> None:
    rate = {"requests_per_hour": 1e8, "time_per_output_token": 0.025}
    case = {**CASE, "hardware": "B200", "accelerators": 2}
    median, sure = (wq.plan_capacity(MODEL, **case, **rate, chance=one).isel(candidate=0) for one in (0.5, 0.9))
    assert 0.5 <= median["chance_of_meeting"].item() < 0.6
    assert 0.9 <= sure["chance_of_meeting"].item() < 0.93
    assert sure["nodes"] > median["nodes"]
    again = wq.estimate(MODEL, **case, concurrency=sure["running_sequences"].item(), method="exact")
    sd = again.log_stderrs["time_per_output_token"]
    assert sure["chance_of_meeting"].item() == pytest.approx(
        norm.cdf(np.log(0.025 / again.time_per_output_token) / sd), abs=2e-3
    )


def test_an_interval_is_that_of_a_fleet() -> None:
    """Of a fleet at the same load, in every hour the same, whose PUE is a distribution."""
    case = {"hardware": "B200", "accelerators": 2, "precision": "FP8", "output_tokens": TOKENS, "input_tokens": 1000}
    ds = wq.plan_capacity(MODEL, **case, queries_per_day=1e11, interactivity=45).isel(candidate=0)
    lone = {"share": 1.0, "model": MODEL, **case, "load": ds["load"].item()}
    fleet = wq.fleet(classes={"all": lone}, queries_per_day=1e11, level=0.9, structural=False)
    assert ds["energy_per_day"].item() == pytest.approx(fleet["energy_per_day"].item(), rel=1e-3)
    ends = ds["energy_per_query_interval"] / ds["energy_per_query"]
    theirs = fleet["energy_interval"].sel(interval="epistemic") / fleet["energy_per_day"]
    np.testing.assert_allclose(ends.values, theirs.values.ravel(), rtol=1e-3)
    assert (ds["nodes_interval"].values[0] < ds["nodes"] < ds["nodes_interval"].values[1]).item()


def test_a_day_is_that_of_a_fleet_with_a_pool() -> None:
    """Which solves Little's law for each hour itself, without a table of loads."""
    case = {"hardware": "B200", "accelerators": 2, "precision": "FP8"}
    lengths = {"output_tokens": TOKENS, "input_tokens": 1000}
    day = {"queries_per_day": 2e7, "load_profile": {"00-08": 0.4, "08-24": 1.3}}
    ds = wq.plan_capacity(MODEL, **case, **lengths, **day, interactivity=45, reserve=1).isel(candidate=0)
    fleet = wq.fleet(
        classes={"all": {"share": 1.0, "model": MODEL, **lengths}}, **day, level=0.9, structural=False,
        pools={"all": {**case, "interactivity": 45, "reserve": 1, "share": "rest"}},
    )  # fmt: skip
    assert ds["nodes"].item() == fleet["nodes"].item() == 7.0
    assert ds["nodes_interval"].values.tolist() == fleet["nodes_interval"].values.tolist()
    for name in ("power_mean", "power_peak", "energy_per_day"):
        assert ds[name].item() == pytest.approx(fleet[name].item(), rel=1e-4), name
    assert ds["load"].item() == pytest.approx(fleet["load_peak"].item(), rel=1e-4)
    # What is not known of an hour is taken to be the same in all of them here, and so a little wider.
    wide = [np.log(np.divide(*one["power_mean_interval"].values[::-1])) for one in (ds, fleet)]
    assert wide[1] <= wide[0] < 1.15 * wide[1]


@pytest.fixture(scope="module")
def hard():
    """Return a target that most cannot meet: one for lack of memory, others for lack of speed."""
    return wq.plan_capacity(
        MODEL, **CASE | {"precision": ["FP8", "BF16"]}, hardware=HARDWARE, accelerators=SIZES, queries_per_day=1e6,
        interactivity=70,
    )  # fmt: skip


def test_those_that_cannot_are_there_with_the_nearest(hard) -> None:
    assert hard.sizes["candidate"] == 2 * 2 * 3
    assert 0 < hard["meets"].sum() < hard.sizes["candidate"]
    missed = hard.isel(candidate=~hard["meets"].values)
    assert not hard["meets"].values[int(hard["meets"].sum()) :].any()  # last
    assert np.isnan(missed["energy_per_query"]).all()
    assert (missed["reason"] != "").all()
    slow = missed.isel(candidate=np.isfinite(missed["interactivity"].values))
    for place in range(slow.sizes["candidate"]):
        found = slow.isel(candidate=place)
        at = {name: found[name].item() for name in ("hardware", "accelerators", "precision")}
        alone = wq.estimate(MODEL, **{**CASE, **at}, concurrency=1, method="exact")
        assert found["interactivity"].item() == pytest.approx(alone.interactivity, rel=1e-6)
        assert f"interactivity is {alone.interactivity:.3g} tokens/s per user at most" in found["reason"].item()
        assert found["chance_of_meeting"].item() < 0.5
    assert missed["reason"].sel(candidate="1 x H100 SXM, BF16, vLLM").item().startswith("its weights take 141 GB")


def test_the_frontier_is_what_nothing_beats(hard) -> None:
    can = hard.isel(candidate=hard["meets"].values)
    for mark, other in (("on_frontier", can["nodes"]), ("on_interactivity_frontier", -can["interactivity"])):
        two = np.stack([can["energy_per_query"].values, other.values])
        for place in range(can.sizes["candidate"]):
            beaten = (two <= two[:, [place]]).all(axis=0) & (two < two[:, [place]]).any(axis=0)
            assert bool(can[mark][place]) == (not beaten.any()), (mark, place)
    assert not hard["on_frontier"].values[~hard["meets"].values].any()
    # Over all loads, too: each faster point takes more, and the first that is fast enough is no worse than the best.
    speed, energy = hard["frontier_interactivity"].values, hard["frontier_energy"].values
    assert (np.diff(speed) > 0).all()
    assert (np.diff(energy) > 0).all()
    assert energy[speed >= 70][0] <= float(can["energy_per_query"].min()) * 1.05


def test_sizes_are_those_of_each_node() -> None:
    """An NVL72 has more accelerators in a node than an H100 has."""
    ds = wq.plan_capacity(
        MODEL, **CASE | {"precision": ["FP8", "FP4"]}, hardware=["GB200 NVL72", "H100 SXM"], queries_per_day=1e6,
        interactivity=5, serving=["vLLM", "SGLang"],
    )  # fmt: skip
    assert "8 (H100 SXM); 72 (GB200 NVL72)." in ds.attrs["notes"]
    for hardware, sizes in (("H100 SXM", [1, 2, 4, 8]), ("GB200 NVL72", [1, 2, 4, 8, 16, 32, 64])):
        own = ds.isel(candidate=ds["hardware"].values == hardware)
        assert sorted(set(own["accelerators"].values.tolist())) == sizes
        assert own.sizes["candidate"] == 2 * 2 * len(sizes)


def test_fewer_nodes_may_take_more_energy() -> None:
    case = {**CASE, "hardware": HARDWARE, "queries_per_day": 3e7, "interactivity": 40}
    energy, nodes = (wq.plan_capacity(MODEL, **case, minimize=one) for one in ("energy", "nodes"))
    assert float(nodes["nodes"][0]) == float(nodes["nodes"].min())
    assert float(energy["energy_per_query"][0]) == float(energy["energy_per_query"].min())


def test_nobody_fits() -> None:
    ds = wq.plan_capacity("DeepSeek-V3", hardware="H100 SXM", accelerators=2, queries_per_day=1e6, interactivity=5)
    assert not ds["meets"].any()
    assert not ds["best"].any()
    assert "its weights take" in ds["reason"].item()
    larger = wq.plan_capacity("DeepSeek-V3", hardware="H100 SXM", precision="FP8", queries_per_day=1e6, interactivity=5)
    assert larger["accelerators"].values.min() == 16  # of which a half is on one node
    assert not (larger["accelerators"] < 16).any()
    assert (larger["nodes"] % (larger["accelerators"] / 8) == 0).sel(candidate=larger["meets"].values).all()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"interactivity": None}, "needs a target"),
        ({"queries_per_day": None}, "needs one rate of requests"),
        ({"requests_per_hour": 5.0}, "needs one rate of requests"),
        ({"queries_per_day": -1.0}, "queries_per_day must be above 0"),
        ({"queries_per_day": None, "requests_per_hour": [1.0, 2.0]}, "requests_per_hour must have 24 numbers"),
        ({"queries_per_day": None, "requests_per_hour": 1.0, "load_profile": [1.0] * 24}, "load_profile must be left"),
        ({"load": 0.5}, "load is what plan_capacity looks for"),
        ({"minimize": "cost"}, "minimize must be one of"),
        ({"reserve": 0.5}, "reserve must be a whole number of nodes"),
        ({"chance": 90}, "chance must be a probability"),
        ({"level": 2.0}, "level must lie between 0 and 1"),
        ({"pue": [1.1, 1.2]}, "plan_capacity takes one value for each axis but"),
        ({"hardware": None}, "hardware must be named"),
        ({"draws": 5}, "plan_capacity() has no argument 'draws'"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(arguments, words) -> None:
    case = {"hardware": "B200", "queries_per_day": 1e6, "interactivity": 40}
    with pytest.raises(wq.InputError) as caught:
        wq.plan_capacity(MODEL, **{**case, **arguments})
    assert words in str(caught.value)


def test_a_target_in_two_ways_is_refused_in_one_sentence() -> None:
    with pytest.raises(wq.InputError) as caught:
        wq.plan_capacity(MODEL, hardware="B200", queries_per_day=1.0, interactivity=40, time_per_output_token=0.02)
    assert is_one_sentence(str(caught.value))


def test_a_thousand_candidates_are_one_table(monkeypatch) -> None:
    """The load model is asked for all of them and all loads at once: for a look at sizes, and for the answer."""
    asked = []
    table = load_build.load_table

    def counted(cases):
        asked.append(len(cases.hardware) * len(cases.accelerators) * len(cases.loads))
        return table(cases)

    monkeypatch.setattr(load_build, "load_table", counted)
    ds = wq.plan_capacity(MODEL, hardware=wq.ALL, precision="FP8", queries_per_day=1e6, interactivity=5)
    assert len(asked) == 3
    assert asked[-1] > 50 * ds.sizes["candidate"] > 5000


def test_own_measurements_count() -> None:
    """What was measured of an instance moves it, and makes it surer that a target is met or missed."""
    rows = pd.DataFrame(
        [{
            "model": "Gemma 3 27B", "hardware": "H100", "precision": "bf16", "n_gpus": 2, "serving": "vLLM",
            "concurrency": 64, "input_tokens": 1000, "output_tokens": 300, "output_tokens_per_s": 1500.0,
        }]
    )  # fmt: skip
    case = {"hardware": "H100 SXM", "precision": "BF16", "accelerators": 2, "output_tokens": 300, "input_tokens": 1000}
    plan = {**case, "requests_per_hour": 1e7, "interactivity": 20}
    plain, known = (wq.plan_capacity("Gemma 3 27B", **plan, measured=one).isel(candidate=0) for one in (None, rows))
    assert known["support"].item() == "measured"
    assert known["nodes"] > 1.1 * plain["nodes"]
    width = [np.log(one["nodes_interval"][1] / one["nodes_interval"][0]).item() for one in (plain, known)]
    assert width[1] < 0.8 * width[0]
