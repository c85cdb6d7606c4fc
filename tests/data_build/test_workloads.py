"""The named workloads are what the script makes of the raw tables, and agree with all requests of the traces."""

from __future__ import annotations

import re

import numpy as np
import pytest

import build_workloads as script
import wattquery as wq
from building.length_errors import energies, fits, product
from building.licences import allowed
from wattquery.specs.joint_lengths.stated_error import weighted_quantiles
from wattquery.throughput import fit_throughput

PAPERS = ("Llama 3.1 405B", "Llama 3.1 70B", "DeepSeek-R1", "Mixtral 8x22B")
"""Whose throughput is fitted to lengths in the catalog oviedo2026."""

LEVELS = (0.25, 0.5, 0.95)
PUBLISHED = (0.117, 0.404, 0.901)
"""Wh per query of Azure's conversations on Llama 3.1 405B, from all requests."""


def test_what_ships_is_what_the_script_makes():
    """Bit for bit, of one and of the nodes of another; `make catalog-check` does it for all."""
    nodes, table = script.built(["azure_code"])
    assert (script.SHIPPED / "azure_code.csv").read_bytes() == nodes[1]
    header, row = table[1].splitlines()
    shipped = (script.SHIPPED / "workloads.csv").read_bytes().splitlines()
    assert header == shipped[0]
    assert row in shipped
    margins, _ = script.lattice(*script.margins_of(script.described()["servegen_m_small"]))
    assert (script.SHIPPED / "servegen_m_small.csv").read_bytes() == script.node_table(margins).encode()


def test_no_file_ships_that_the_script_does_not_make():
    assert {path.stem for path in script.SHIPPED.glob("*.csv")} == {*script.described(), "workloads"}


def test_every_source_has_a_licence_on_the_list():
    sources = {row["source_id"]: row for row in script.records(script.RAW / "sources.csv")}
    assert {entry["source"] for entry in script.described().values()} == set(sources)
    assert {row["licence"] for row in sources.values()} <= set(allowed())
    for row in script.records(script.SHIPPED / "workloads.csv"):
        assert row["url"] in {source["url"] for source in sources.values()}, row["name"]
        assert row["licence"] in allowed(), row["name"]


def energy(output, inputs):
    """Return Wh per query: PUE 1.1, a node of 10.2 kW of which half is drawn, an input token a thirtieth."""
    rows = wq.catalog.load("oviedo2026").deployment("Llama 3.1 405B").rows
    rate = fit_throughput(rows, "Llama 3.1 405B").predict(inputs, output)
    return 1.1 * 10.2 * 0.5 * (output + inputs / 30.0) / (3.6 * rate)


def test_azure_conversations_against_all_of_their_requests():
    requests = script.pairs("azure2023_conv")
    assert round(requests.weights.sum()) == 1
    weights = np.round(requests.weights * 19_366)
    assert weights.sum() == 19_366
    whole = weighted_quantiles(energy(*requests.lengths[:2]), weights, LEVELS)
    assert tuple(np.round(whole, 3)) == PUBLISHED
    nodes = wq.workloads.load("azure_conversation")
    compressed = nodes.quantile(LEVELS, lambda output, inputs, cached: energy(output, inputs))
    assert tuple(np.round(compressed, 3)) == PUBLISHED
    assert np.abs(compressed / whole - 1.0).max() < nodes.quantile_error


@pytest.mark.parametrize("method", ["exact", "quasi_monte_carlo", "monte_carlo"])
def test_a_sweep_gives_the_same(method):
    found = wq.sweep(
        "Llama 3.1 405B",
        workload="azure_conversation",
        pue=1.1,
        power_utilization=0.5,
        prefill_weight=1 / 30,
        method=method,
        quantiles=LEVELS,
        catalog="oviedo2026",
    )
    error = 4.0 * found["energy_stderr"].to_numpy() + 5e-4
    assert np.all(np.abs(found["energy"].to_numpy() - PUBLISHED) < error)
    assert np.all(error < 0.02)


@pytest.mark.parametrize("name", ["azure_conversation", "azure_code"])
def test_pairs_are_within_their_stated_error_whatever_is_computed(name):
    """Every fit of the catalogs, in both forms, with prefill weights from 0 to 1."""
    requests = script.pairs(script.described()[name]["raw"])
    nodes = wq.workloads.load(name)
    error = energies(nodes.rows, fits()) / energies(requests, fits()) - 1.0
    assert np.abs(error).max() <= nodes.quantile_error
    assert np.sqrt(np.mean(error**2)) < 0.3 * nodes.quantile_error


@pytest.mark.parametrize("name", ["mooncake_conversation", "agent"])
def test_margins_are_within_their_stated_error_for_fits_of_all_sorts(name):
    nodes = wq.workloads.load(name)
    entry = script.described()[name]
    pairs = product(*script.margins_of(entry)[:2])
    some = fits()[::60]
    assert np.abs(energies(nodes.rows, some) / energies(pairs, some) - 1.0).max() <= nodes.quantile_error


@pytest.mark.parametrize("weight", [0, 1 / 30, 0.1, 0.42, 1])
@pytest.mark.parametrize("form", ["log_linear", "reciprocal"])
def test_quantiles_of_sweeps_are_within_the_error_that_they_state(weight, form):
    models = list(PAPERS)
    levels = tuple(np.round(np.arange(1, 20) / 20, 2))
    found = wq.sweep(
        models,
        workload="azure_conversation",
        pue=1.1,
        power_utilization=0.5,
        prefill_weight=weight,
        method="exact",
        quantiles=levels,
        throughput_model=form,
        catalog="oviedo2026",
    )
    (said,) = re.findall(r"P5 to P95 by up to about ([0-9.]+) %", found.attrs["workload_notes"])
    requests = script.pairs("azure2023_conv")
    output, inputs = requests.lengths[:2]
    for model in models:
        rate = fit_throughput(wq.catalog.load("oviedo2026").deployment(model).rows, model, form).predict(inputs, output)
        whole = weighted_quantiles((output + weight * inputs) / rate, requests.weights, levels)
        energy = found["energy"].sel(model=model).to_numpy()
        error = energy / whole / (found["node_power"].sel(model=model).item() * 1.1 * 0.5 / 3.6) - 1.0
        assert np.abs(error).max() <= float(said) / 100.0, model


def test_the_tail_of_a_margin_has_the_mean_of_its_trace():
    summary = {row["trace"]: row for row in script.records(script.RAW / "summary.csv")}["servegen_m_mid"]
    table = script.records(script.RAW / "servegen_m_mid_quantiles.csv")
    margin = script.margin(table, summary, "output")
    levels, values = ([float(row[key]) for row in table] for key in ("quantile", "output_tokens"))
    straight = np.interp(np.linspace(0, 1, 100_001), levels, values)
    assert straight.mean() > 1.1 * float(summary["mean_output"])  # what a straight line to the maximum would make
    assert margin.mean() == pytest.approx(float(summary["mean_output"]), rel=2e-3)
    assert margin.ppf(1.0) == 15_968
