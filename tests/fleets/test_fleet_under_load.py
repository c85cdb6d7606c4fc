"""Fleets under load: against sums over pairs of lengths, simulations in NumPy, and sweeps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy.special import ndtri

import wattquery as wq
from fleets.under_load import MODEL, PUE, fleet, one
from load_queries import kilojoules
from wattquery import catalog
from wattquery.throughput.load.deployments import LengthCase, LoadCases, LoadTable, load_table
from wattquery.throughput.load_form import LoadForm
from wattquery.workloads.converters import workload

OTHER = "DeepSeek-V3"
STANDARD_ERRORS = 4.5
"""Beyond which one of some 60 z-tests lies with a probability below 5e-4."""


MIXED = {"chat": one(0.7), "code": one("rest", "azure_code")}
APART = {"chat": one(0.7), "code": one("rest", "azure_code", model=OTHER, hardware="B200", load=0.2)}


def table(lengths: str, batch: Sequence[tuple[float, str]], model: str, hardware: str, load: float) -> LoadTable:
    cases = LoadCases(
        models=(catalog.architecture(model),),
        hardware=(catalog.accelerator(hardware),),
        serving=("vLLM",),
        precision=("",),
        accelerators=(None,),
        loads=(load,),
        lengths=(LengthCase.of(workload(lengths), batch=[(share, workload(name)) for share, name in batch]),),
    )
    return load_table(cases)


def node_wh(of: LoadTable, lengths: str) -> float:
    """Return the mean energy of a query at the node, a sum over the pairs of its workload [Wh]."""
    rows = workload(lengths).rows
    form = LoadForm(tuple(of.units[1, :, 0].tolist()), tuple(of.reach_of(0).tolist()))
    output, inputs, cached = rows.lengths
    shares = rows.weights / rows.weights.sum()
    expected = math.exp(of.shift[1, 0] + 0.5 * of.sigma[1, 0] ** 2)
    return float(shares @ kilojoules(form, output, inputs, cached)) / 3.6 * expected


def simulated(tables: Sequence[LoadTable], draws: int) -> list[np.ndarray]:
    """Return draws of what the load model leaves open of each mean energy, with a mean of 1: by name and key alone."""
    rng = np.random.default_rng(20261127)
    normals: dict[tuple[str, str, int], np.ndarray] = {}
    factors = []
    for of in tables:
        logs = np.full(draws, -0.5 * of.sigma[1, 0] ** 2)
        for effect in of.effects(0, 1):
            for k, loading in enumerate(effect.loadings or (1.0,)):
                place = effect.name, effect.key, k
                if place not in normals:
                    normals[place] = rng.standard_normal(draws)
                logs += effect.sigma * loading * normals[place]
        factors.append(np.exp(logs))
    return factors


def tables_of(classes: Mapping[str, Any]) -> list[LoadTable]:
    if classes is MIXED:
        batch = [(0.7, "azure_conversation"), (0.3, "azure_code")]
        return [table(name, batch, MODEL, "H100 SXM", 0.5) for _, name in batch]
    first = table("azure_conversation", [(1.0, "azure_conversation")], MODEL, "H100 SXM", 0.5)
    return [first, table("azure_code", [(1.0, "azure_code")], OTHER, "B200", 0.2)]


LENGTHS = ("azure_conversation", "azure_code")
BOTH = pytest.mark.parametrize("classes", [MIXED, APART], ids=["on the same instances", "on others"])


# Totals


@BOTH
def test_the_total_is_a_sum_over_the_pairs_of_both_workloads(classes: Mapping[str, Any]) -> None:
    ds = fleet(classes)
    means = [node_wh(of, lengths) for of, lengths in zip(tables_of(classes), LENGTHS, strict=True)]
    pue = math.exp(PUE.mu + 0.5 * PUE.sigma**2)
    np.testing.assert_allclose(ds["energy_per_query"], pue * np.array(means), rtol=1e-9)
    assert ds["energy_per_day"].item() == pytest.approx(pue * (0.7 * means[0] + 0.3 * means[1]), rel=1e-9)
    np.testing.assert_allclose(ds["energy_per_day_by_class"].sum(), ds["energy_per_day"], rtol=1e-12)


@BOTH
def test_intervals_share_the_effects_of_one_name_and_key(classes: Mapping[str, Any]) -> None:
    """Against draws in NumPy: quantiles by the error of their level, and both parts of the variance."""
    draws, levels = 200_000, (0.05, 0.25, 0.5, 0.75, 0.95)
    ds = fleet(classes, level=[0.5, 0.9], shared_draws=2**13)
    tables = tables_of(classes)
    means = [node_wh(of, lengths) for of, lengths in zip(tables, LENGTHS, strict=True)]
    pue = PUE.ppf(np.random.default_rng(7).uniform(size=draws))
    first, second = simulated(tables, draws)
    totals = pue * (0.7 * means[0] * first + 0.3 * means[1] * second)
    found = ds["energy_credible"].values
    assert ds["credible"].values.tolist() == list(levels)
    for value, error, level in zip(found, ds["energy_credible_stderr"].values, levels, strict=True):
        apart = math.sqrt(level * (1.0 - level) / draws)
        low, high = np.quantile(totals, [level - STANDARD_ERRORS * apart, level + STANDARD_ERRORS * apart])
        assert low - STANDARD_ERRORS * error < value < high + STANDARD_ERRORS * error
    centred = (totals - totals.mean()) ** 2
    stderr = centred.std() / math.sqrt(draws)
    assert abs(ds["variance_shared"].item() - centred.mean()) < STANDARD_ERRORS * stderr
    assert ds["variance_total"].item() == ds["variance_query"].item() + ds["variance_shared"].item()


def test_what_two_fleets_have_in_common_is_neither_all_nor_nothing() -> None:
    """The parameters of the load model are common to all, an architecture to its instances, and hardware is not."""
    batch = [(1.0, "azure_conversation")]
    pair = [table("azure_conversation", batch, MODEL, name, 0.5) for name in ("H100 SXM", "B200")]
    first, second = simulated(pair, 100_000)
    assert 0.1 < np.corrcoef(np.log(first), np.log(second))[0, 1] < 0.9
    first, second = simulated(tables_of(MIXED), 100_000)
    assert np.corrcoef(np.log(first), np.log(second))[0, 1] > 0.98
    apart = {"a": one(0.5), "b": one(0.5, model=OTHER, hardware="B200")}
    same = {"a": one(0.5), "b": one(0.5)}

    def width(classes: Mapping[str, Any]) -> float:
        low, high = fleet(classes)["energy_interval"].sel(interval="epistemic").values
        return float(np.log(high / low))

    assert width(apart) < 0.95 * width(same)


def test_one_class_has_a_closed_form() -> None:
    ds = fleet({"chat": one()})
    sigma = math.hypot(PUE.sigma, tables_of(APART)[0].sigma[1, 0])
    expected = ds["energy_per_day"].item() * np.exp(-0.5 * sigma**2 + sigma * ndtri(ds["credible"].values))
    np.testing.assert_allclose(ds["energy_credible"], expected, rtol=1e-9)
    assert not ds["energy_credible_stderr"].values.any()
    same = fleet({"a": one(0.4), "b": one("rest", levers="serving")}, pue=1.1, scopes={"levers": "query"})
    assert not same["energy_credible_stderr"].values.any()


def test_effects_that_are_drawn_for_each_query_average_out() -> None:
    ds = fleet({"chat": one()}, pue=1.2, scopes={"load_model": "query"})
    low, high = ds["energy_interval"].sel(interval="epistemic").values
    assert low == pytest.approx(ds["energy_per_day"].item(), rel=1e-12) == high
    some = fleet({"chat": one()}, pue=1.2, scopes={"load_model:parameters": "query"})
    assert 0.0 < some["variance_shared"].item() < fleet({"chat": one()}, pue=1.2)["variance_shared"].item()


def test_a_sampled_mean_is_near_the_sum() -> None:
    exact = fleet(MIXED)
    sampled = fleet(MIXED, method="monte_carlo", draws=100_000)
    errors = np.sqrt(exact["variance_total"].item() / 100_000) / exact["energy_per_query"].values.min()
    np.testing.assert_allclose(sampled["energy_per_query"], exact["energy_per_query"], rtol=10 * errors)


# Pools


def test_a_pool_is_the_batch_of_a_sweep() -> None:
    ds = fleet(MIXED)
    for name, lengths in zip(("chat", "code"), LENGTHS, strict=True):
        alone = wq.sweep(
            MODEL,
            hardware="H100 SXM",
            load=0.5,
            pue=PUE,
            workload=lengths,
            batch_workload={"azure_conversation": 0.7, "azure_code": 0.3},
            method="exact",
        )
        assert ds["energy_per_query"].sel(query_class=name).item() == pytest.approx(
            alone["energy_mean"].item(), rel=1e-7
        )
    assert ds["shares_instances_with"].values.tolist() == ["chat, code"] * 2
    assert "batches: classes chat, code run on the same instances" in ds.attrs["notes"]


@pytest.mark.parametrize(
    "other",
    [{"load": 0.4}, {"hardware": "H200 SXM"}, {"precision": "BF16"}, {"pue": 1.2}, {"batch_workload": "azure_code"}],
    ids=str,
)
def test_other_instances_are_other_pools(other: Mapping[str, Any]) -> None:
    ds = fleet({"chat": one(0.7), "code": one("rest", "azure_code", **other)})
    alone = fleet({"code": one(1, "azure_code", **other)})
    per_query = ds["energy_per_query"].sel(query_class="code").item()
    is_native = other == {"precision": "BF16"}  # as the model was published, and so the same instances
    assert (per_query == pytest.approx(alone["energy_per_query"].item(), rel=1e-12)) is not is_native
    assert ds["shares_instances_with"].values.tolist() == (["chat, code"] * 2 if is_native else ["chat", "code"])


def test_shares_on_an_axis_fill_other_batches() -> None:
    shares = [0.0, 0.4, 1.0]
    ds = fleet(MIXED, shares={"chat": shares}, levers=["none", "serving"])
    assert ds["energy_per_day"].dims == ("chat_share", "levers")
    assert ds["share"].sel(query_class="code").values.tolist() == pytest.approx([1.0, 0.6, 0.0])
    for share in shares:
        point = fleet({"chat": one(share), "code": one("rest", "azure_code")}, levers=["none", "serving"])
        for name in ("energy_per_day", "energy_per_query", "energy_interval", "instances"):
            xr.testing.assert_equal(ds[name].sel(chat_share=share, drop=True), point[name])
    chat = ds["energy_per_query"].sel(query_class="chat", levers="none").values
    assert len(set(chat.tolist())) == 3


def test_two_axes_of_shares_are_taken_together() -> None:
    classes = {**MIXED, "chat": one(0.5), "more": one(0.2, "agent")}
    ds = fleet(classes, shares={"chat": [0.1, 0.6], "more": [0.3]})
    assert ds["energy_per_day"].dims == ("chat_share", "more_share")
    np.testing.assert_allclose(ds["share"].squeeze().values, [[0.1, 0.6, 0.3], [0.6, 0.1, 0.3]], atol=1e-12)


def test_lengths_on_an_axis_fill_the_batch_too() -> None:
    plain = {"workload": None, "output_tokens": 300}
    classes = {"a": one(0.5, **plain), "b": one(0.5, **{**plain, "output_tokens": wq.Exponential(median=1000)})}
    ds = fleet(classes, input_tokens=[500, 5000], cached_tokens=[0.0, 0.8])
    assert ds["energy_per_query"].dims == ("input_tokens", "cached_tokens", "query_class")
    for inputs in (500, 5000):
        alone = fleet(classes, input_tokens=inputs, cached_tokens=0.8)
        np.testing.assert_allclose(
            ds["energy_per_query"].sel(input_tokens=inputs, cached_tokens=0.8), alone["energy_per_query"], rtol=1e-12
        )


# Instances, idle time, components


@BOTH
def test_instances_are_held_as_long_as_their_throughput_says(classes: Mapping[str, Any]) -> None:
    """Over all that fill a batch, seconds of a query are output tokens by throughput, as in Little's law."""
    ds = fleet(classes)
    tables = tables_of(classes)
    outputs = [workload(name).mean("output_tokens") for name in LENGTHS]
    if classes is MIXED:
        seconds = (0.7 * outputs[0] + 0.3 * outputs[1]) / tables[0].throughput[0]
    else:
        alone = (out / of.throughput[0] for out, of in zip(outputs, tables, strict=True))
        seconds = sum(share * each for share, each in zip((0.7, 0.3), alone, strict=True))
    assert ds["instance_hours"].item() == pytest.approx(1e9 * seconds / 3600, rel=1e-9)
    assert ds["instances"].item() == pytest.approx(ds["instance_hours"].item() / 24, rel=1e-12)
    assert ds["instances"].attrs["long_name"].startswith("instances needed")
    if classes is MIXED:
        assert ds["accelerator_hours"] == pytest.approx(
            ds["instance_hours"].item() * tables[0].accelerators[0], rel=1e-12
        )


def test_what_is_held_under_a_load_is_called_instances_and_says_their_size() -> None:
    sized = {"chat": one(0.5, accelerators=4), "code": one(0.5, "azure_code", accelerators=8)}
    ds = fleet(sized)
    assert not {"nodes", "node_hours"} & set(ds)
    assert 4.0 < ds["accelerators_per_instance"].item() < 8.0
    product = ds["instance_hours"].item() * ds["accelerators_per_instance"].item()
    assert product == pytest.approx(ds["accelerator_hours"].item(), rel=1e-12)
    said = "those of class chat of 4 accelerators each; those of class code of 8 accelerators each"
    assert f"instances: at the median throughput of their load, {said}" in ds.attrs["notes"]
    assert "of 4 accelerators each" in fleet({"chat": one(accelerators=4)}, accelerators=[4]).attrs["notes"]
    paper = wq.fleet("mixed", structural=False, shared_draws=2**8)
    assert {"nodes", "node_hours"} <= set(paper)
    assert not {"instances", "instance_hours", "accelerators_per_instance"} & set(paper)


def test_a_fleet_at_a_low_load_pays_for_its_idle_time() -> None:
    """Below one running sequence the idle time of a query, and its energy with it, grows as 1/B."""
    batches = np.array([0.05, 0.1, 0.2, 0.5])
    ds = fleet({"chat": one(load=None)}, concurrency=batches.tolist(), pue=1.2)
    energies = ds["energy_per_day"].values
    slopes = np.diff(energies) / np.diff(1.0 / batches)
    np.testing.assert_allclose(slopes, slopes[0], rtol=1e-9)
    assert slopes[0] > 0.0
    loads = fleet({"chat": one(load=None)}, load=[0.1, 0.5, 1.0])["energy_per_day"].values
    assert loads[0] > 1.5 * loads[1] > 1.5 * loads[2]


def test_components_are_those_of_the_load_model() -> None:
    ds = fleet({"chat": one()}, boundary=["accelerator", "node", "facility"], overhead={"network": 1.05}, pue=1.2)
    parts = ds["energy_per_day_by_class"].squeeze("query_class")
    of = tables_of(APART)[0]
    energies = ds["energy_per_day"].values
    network = parts.sel(component="network").values
    assert network / energies == pytest.approx([0.05 / 1.05] * 3)
    accelerator = parts.sel(component="accelerator").values
    assert accelerator[1] == pytest.approx(accelerator[0], rel=1e-9)  # a part of the node is what it is alone
    assert parts.sel(component="host").values[0] == 0.0
    node = accelerator[1] + parts.sel(component="host").values[1]
    assert node == pytest.approx(1e-9 * 1e9 * node_wh(of, "azure_conversation"), rel=1e-9)
    assert ds["component_source"].sel(component="accelerator").item() == "load model"


def test_support_is_said_by_class() -> None:
    own = wq.Model("Mine", total_parameters=100, active_parameters=10)
    ds = fleet({"known": one(0.5), "own": one(0.5, model=own)})
    assert ds["extrapolated"].values.tolist() == [False, True]
    assert ds["models"].values.tolist()[1] == "Mine 1"


def test_peaks_follow_demand_at_the_same_load() -> None:
    day = {"00-12": 0.5, "12-24": 1.5}
    ds = fleet({"chat": one()}, load_profile=day)
    plain = fleet({"chat": one()})
    assert ds["power_peak"] == pytest.approx(1.5 * ds["power_mean"].item())
    assert ds["instances"] == pytest.approx(1.5 * plain["instances"].item())
    assert ds["energy_per_day"].item() == plain["energy_per_day"].item()
    assert "instances follow demand, each with its load in every hour" in ds.attrs["notes"]


def test_notes_and_choices() -> None:
    classes = {"chat": one(pue=None), "mixed": one(0, model=[MODEL, "DeepSeek-R1"], levers="serving", pue=None)}
    ds = fleet(classes, structural=True, overhead={"factor_1": 1.1})
    notes = ds.attrs["notes"]
    assert "step factor_1: whether it holds idle capacity, which a load counts already, cannot be told" in notes
    assert "lever 'serving' overlaps the load model" in notes
    assert "throughput fits: none under a load" in notes
    assert notes.count("PUE is taken to be the same at every load") == 1
    assert ds["choice"].values.tolist() == [
        "v2-code, untrimmed",
        "v2-code, trimmed",
        "v2-text, untrimmed",
        "v2-text, trimmed",
    ]
    assert "power is not varied, for the load model says it" in notes
    assert ds.attrs["catalog"] == "default"
    assert ds.attrs["throughput_fit"].startswith("none under a load")
    choice = ds["energy_by_choice"].sel(choice="v2-code, untrimmed").item()
    assert choice == pytest.approx(ds["energy_per_day"].item(), rel=1e-12)


def test_a_trajectory_is_the_fleet_on_its_first_date() -> None:
    course = {"start": "2026-01-01", "stop": "2028-01-01", "shared_draws": 2**10}
    ds = wq.trajectory(classes=MIXED, queries_per_day=1e9, growth=0.5, **course)
    now = fleet(MIXED, level=[0.5, 0.9])
    assert ds["energy_per_day"].values[0] == pytest.approx(now["energy_per_day"].item(), rel=1e-12)
    np.testing.assert_allclose(ds["energy_credible"].values[0], now["energy_credible"], rtol=1e-12)
    assert ds["energy_per_day"].values[-1] == pytest.approx(1.5**2 * now["energy_per_day"].item(), rel=1e-3)
    shares = wq.trajectory(
        classes=MIXED, queries_per_day=1e9, shares={"chat": [0.2, 0.7]}, adoption={"routing": 0.5}, **course
    )
    assert shares["energy_per_day"].dims == ("chat_share", "date")


def test_notes_say_what_the_fleet_rests_on() -> None:
    course = {"start": "2026-01-01", "stop": "2027-01-01", "shared_draws": 256}
    (basis,) = set(
        wq.sweep(MODEL, hardware="H100 SXM", load=0.5, method="exact")["support_basis"].values.ravel().tolist()
    )
    for notes in (
        fleet({"chat": one()}).attrs["notes"],
        wq.trajectory(classes={"chat": one()}, queries_per_day=1e9, **course).attrs["notes"],
    ):
        (line,) = (note for note in notes.split(" | ") if note.startswith("support"))
        assert line.startswith(f"support of {MODEL} on H100 SXM at load ")
        assert basis in line


def test_levers_that_save_time_save_instances() -> None:
    """E[1/T] at the running sequences of each load, and the energy factor for levers that are named alone."""
    curve = wq.Lever("draft", by_concurrency={4: 1.5, 64: 1.1}, time_factor={4: 2.0, 64: wq.LogNormal(1.1, 1.5)})
    alone = wq.Lever("alone", 2.0, kind="other")
    named = wq.Lever("named", by_concurrency={4: 1.6, 64: 1.2}, kind="other")
    levers = {"none": "none", "draft": curve, "alone": alone, "named": named, "both": [curve, alone]}
    ds = fleet({"chat": one(load=None, concurrency=16)}, levers=levers, node_time_levers=["named"])
    hours = (ds["instance_hours"] / ds["instance_hours"].sel(levers="none")).values
    mu, sigma = 0.5 * math.log(2.0) + 0.25 * math.log(1.1 * 1.5), 0.5 * math.log(1.5 / 1.1) / 3.29
    shorter = math.exp(-mu + 0.5 * sigma**2)
    np.testing.assert_allclose(hours, [1.0, shorter, 1.0, 1 / math.sqrt(1.6 * 1.2), shorter], rtol=1e-12)
    energy = (ds["energy_per_query"] / ds["energy_per_query"].sel(levers="none")).values.ravel()
    known = [1.0, 1 / math.sqrt(1.5 * 1.1), 0.5, 1 / math.sqrt(1.6 * 1.2), 0.5 / math.sqrt(1.5 * 1.1)]
    np.testing.assert_allclose(energy, known, rtol=1e-12)
    save, keep = "energy and nodes", "energy, nodes as they are"
    assert ds["levers_save"].values.tolist() == ["", save, keep, save, save]
    (told,) = (one for one in ds.attrs["notes"].split(" | ") if "not shortened by" in one)
    assert "not shortened by alone (" in told
    of_class = fleet({"chat": one(load=None, concurrency=16, levers=[curve])})
    known = ds["instance_hours"].sel(levers="draft").item()
    assert of_class["instance_hours"].item() == pytest.approx(known, rel=1e-12)
