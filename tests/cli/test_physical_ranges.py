"""One table of quantities and one of doors: a value beyond the physical range is refused at each of them alike."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

import wattquery as wq
from wattquery.quantities import QUANTITIES
from wattquery.scenarios import QueryClass

MODEL = "Llama 3.1 405B"
HEADER = (
    "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW),"
    "Total Parameter Count (B)\n"
)

# Quantity, values that are refused, and one that passes. Text is a distribution as the shell and files write it.
VALUES = [
    ("pue", ["0.9", "12", "120", "LogNormal(p5=0.6, p95=1.6)", "Empirical(samples=[1.1, 1.2, 13])"], "3"),
    ("power_utilization", ["60", "1.01", "LogNormal(p5=0.5, p95=1.5)", "Empirical(samples=[0.5, 0.6, 95])"], "0.02"),
    ("node_power", ["10200", "0.0102", "LogNormal(p5=900, p95=1100)", "Uniform(low=10, high=12000)"], "130"),
    ("output_tokens", ["0.5", "2e9", "1e308", "Exponential(median=1e300)", "5e-324"], "1e6"),
    ("input_tokens", ["0", "2e9", "1e300", "LogNormal(p5=1, p95=1e29)"], "1e6"),
]
CASES = [(name, bad) for name, values, _ in VALUES for bad in values]


def parsed(text):
    from wattquery.specs.expressions import parse_factor

    return parse_factor("value", text)


def toml(text):
    return f'"{text}"' if "(" in text else text


def by_sweep(cli, name, text):
    wq.sweep(MODEL, method="exact", **{name: [parsed(text)]})


def by_estimate(cli, name, text):
    wq.estimate(MODEL, method="exact", **{name: parsed(text)})


def by_class(cli, name, text):
    QueryClass(1, MODEL, **{name: parsed(text)})


def by_preset(cli, name, text):
    """Presets hold node powers as numbers and workloads by name."""
    value = {"mine": parsed(text)} if name == "output_tokens" else parsed(text)
    preset = dataclasses.replace(wq.catalog.preset("v2-code"), **{name: value})
    workload = "mine" if name == "output_tokens" else "traditional"
    wq.estimate(MODEL, method="exact", preset=preset, output_tokens=workload)


PYTHON = [by_sweep, by_estimate, by_class, by_preset]


@pytest.mark.parametrize("door", PYTHON)
@pytest.mark.parametrize(("name", "bad"), CASES)
def test_python_refuses(cli, door, name, bad):
    with pytest.raises(wq.InputError) as caught:
        door(cli, name, bad)
    # A number that is no number of any quantity is refused where it is read.
    assert name in str(caught.value) or "magnitude" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("name", "bad"), CASES)
def test_shell_and_files_refuse(cli, name, bad):
    option = "--" + name.replace("_", "-")
    cli.write("spec.toml", f'model = "{MODEL}"\nmethod = "exact"\n{name} = {toml(bad)}\n')
    cli.write(
        "fleet.toml", f'queries_per_day = 1e6\n[classes.chat]\nshare = 1\nmodel = "{MODEL}"\n{name} = {toml(bad)}\n'
    )
    for arguments in (
        ["estimate", MODEL, option, bad],
        ["sweep", "spec.toml", "-o", "out.nc"],
        ["sensitivity", "spec.toml", "-o", "out.nc"],
        ["fleet", "fleet.toml"],
        *([["fleet", "traditional", option, bad]] if name != "output_tokens" else []),
    ):
        assert name in cli.refused(*arguments)


@pytest.mark.parametrize(("name", "good"), [(name, good) for name, _, good in VALUES])
def test_what_is_allowed_passes_every_door(cli, name, good):
    for door in PYTHON:
        door(cli, name, good)
    cli.write("spec.toml", f'model = "{MODEL}"\nmethod = "exact"\n{name} = {good}\n')
    cli.text("sweep", "spec.toml", "-o", "out.nc", "--no-progress")
    assert "unchecked" not in cli.text("estimate", MODEL, f"--{name.replace('_', '-')}", good, "--method", "exact")


ROW_OF_CATALOG = wq.catalog.load("oviedo2026").rows[0]

# Numbers that are no axis, by the Python calls and command lines that take them.
SCALARS = [
    ("prefill_weight", 30, lambda value: wq.estimate(MODEL, method="exact", prefill_weight=value)),
    ("prefill_weight", 1e308, lambda value: wq.sweep(MODEL, method="exact", prefill_weight=value)),
    ("prefill_weight", 30, lambda value: dataclasses.replace(wq.catalog.preset("v1"), prefill_weight=value)),
    ("node_power", 10200, lambda value: dataclasses.replace(wq.catalog.preset("v1"), node_power=value)),
    ("node_power", 10200, lambda value: dataclasses.replace(wq.catalog.preset("v1"), node_power_by_model={"a": value})),
    ("node_power", 10200, lambda value: dataclasses.replace(ROW_OF_CATALOG, node_power=value)),
    ("tokens_per_second", 1e9, lambda value: dataclasses.replace(ROW_OF_CATALOG, tokens_per_second=value)),
    ("queries_per_day", 1e16, lambda value: wq.fleet("traditional", queries_per_day=value)),
    ("queries_per_day", 1e300, lambda value: wq.scenarios.Scenario("a", {"b": {"share": 1, "model": MODEL}}, value)),
    ("carbon_intensity", 4e5, lambda value: wq.fleet("traditional", carbon_intensity=value)),
    ("water_intensity", 1e4, lambda value: wq.fleet("traditional", water_intensity=value)),
    ("growth", 1e300, lambda value: wq.trajectory("adoption", growth={"2026-01-01": value, "2030-01-01": 1e9})),
    ("Lever 'a'", 1e10, lambda value: wq.Lever("a", value)),
    ("Lever 'a'", wq.LogNormal(0.5, 0.9), lambda value: wq.Lever("a", value)),
    ("Step 'a'", 110, lambda value: wq.Step("a", value)),
    ("Step 'a'", wq.Uniform(0.2, 0.9), lambda value: wq.Boundary("node", steps=[wq.Step("a", value)])),
    ("accelerator_share", 70, lambda value: wq.Boundary("accelerator", value)),
    ("fleet_serving_lever", {"distribution": "Fixed", "value": 0.5}, lambda value: wq.paper.reproduce(
        dataclasses.replace(wq.catalog.preset("v1"), fleet_serving_lever={"traditional": value, "long": value}))),
    ("wh", 1e308, lambda value: wq.catalog.PublicClaim("a", "b", wh=value)),
    ("output_tokens", 1e308, lambda value: wq.catalog.PublicClaim("a", "b", wh=1, output_tokens=value)),
    ("pue", 12, lambda value: wq.claims.restate(0.3, pue=value)),
    ("idle_reserve", 110, lambda value: wq.claims.restate(0.3, idle_reserve=value)),
    ("base", 1e-300, lambda value: wq.ThroughputProportional(value, 0.5)),
    ("factors['x']", wq.LogNormal(1, 1e29), lambda value: wq.sensitivity.sobol_of(lambda x: x, {"x": value})),
    ("pue", 12, lambda value: wq.sensitivity.tornado(MODEL, pue=value)),
    ("pue", wq.LogNormal(0.6, 1.6), lambda value: wq.sensitivity.given(MODEL, factor="pue", pue=value)),
    ("node_power", 10200, lambda value: wq.sensitivity.sobol(MODEL, node_power=value)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "door"), SCALARS, ids=[f"{i}-{one[0]}" for i, one in enumerate(SCALARS)])
def test_numbers_beside_axes_are_refused(name, value, door):
    with pytest.raises(wq.InputError) as caught:
        door(value)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["claims", "1e308"], "wh"),
        (["claims", "1e-320"], "wh"),
        (["estimate", MODEL, "--prefill-weight", "1e308"], "prefill_weight"),
        (["estimate", MODEL, "--prefill-weight", "30"], "prefill_weight"),
        (["estimate", MODEL, "--prefill-weight", "thirty"], "unchecked(30)"),
        (["estimate", MODEL, "--pue", "Uniform(1, 1e40)"], "magnitude"),
        (["estimate", MODEL, "--levers", "Lever('a', 1e10)"], "Lever 'a'"),
        (["estimate", MODEL, "--boundary", "Boundary('node', steps=[Step('a', 110)])"], "Step 'a'"),
        (["estimate", MODEL, "--power-utilization", "ThroughputProportional(1e-300, 0.5)"], "base"),
        (["fleet", "traditional", "--queries-per-day", "1e300"], "queries_per_day"),
        (["fleet", "traditional", "--carbon-intensity", "400000"], "carbon_intensity"),
        (["fleet", "traditional", "--overhead", "network=105"], "network"),
        (["claims", "epoch_base", "--output-tokens", "1e308"], "output_tokens"),
        (["estimate", MODEL, "--pue", "unchecked(1e40)"], "magnitude"),
        (["estimate", MODEL, "--pue", "unchecked(12, 13)"], "one number or distribution"),
    ],
)
def test_the_shell_refuses(cli, arguments, named):
    assert named in cli.refused(*arguments)


ROW = ["M", "H", "FP8", "21000", "500", "300", "10.2", "8"]


@pytest.mark.parametrize(
    ("place", "cell", "fix"),
    [
        (3, "1e9", "unchecked(1e9)"),
        (3, "0.001", "unchecked(0.001)"),
        (4, "2e9", "tokens per query"),
        (6, "10200", "Give it in kW"),
        (6, "0.0102", "Give it in kW"),
        (7, "405e9", "Give billions"),
        (6, "unchecked(1e40)", "kW"),
        (6, "unchecked(-1)", "kW"),
    ],
)
def test_tables_refuse(cli, place, cell, fix):
    row = [*ROW[:place], cell, *ROW[place + 1 :]]
    cli.write("mine.csv", HEADER + ",".join(row) + "\n")
    for arguments in (["catalog", "validate", "mine.csv"], ["estimate", "M", "--catalog", "mine.csv"]):
        message = cli.refused(*arguments)
        assert HEADER.strip().split(",")[place] in message
        assert fix in message


def test_unchecked_passes_every_door_and_is_said(cli):
    said = "is not within 0.02 to 1000 kW, and was passed as unchecked"
    cli.write("mine.csv", HEADER + ",".join([*ROW[:6], "unchecked(3000)", "8"]) + "\n")
    cli.write("spec.toml", f'model = "{MODEL}"\nmethod = "exact"\nnode_power = "unchecked(3000)"\n')
    entry = '{distribution = "Fixed", value = 3000, outside_range = "allow"}'
    cli.write(
        "fleet.toml", f'queries_per_day = 1e6\n[classes.chat]\nshare = 1\nmodel = "{MODEL}"\nnode_power = {entry}\n'
    )
    assert said in cli.text("estimate", "M", "--catalog", "mine.csv", "--method", "exact")
    assert said in cli.text("estimate", MODEL, "--node-power", "unchecked(3000)", "--method", "exact")
    shown = cli.json("estimate", MODEL, "--node-power", "unchecked(3000)", "--method", "exact")
    assert any(said in note for note in shown["notes"])
    cli.text("sweep", "spec.toml", "-o", "out.nc", "--no-progress")
    assert said in cli.text("fleet", "fleet.toml", "--no-structural")
    preset = dataclasses.replace(
        wq.catalog.preset("v2-code"), node_power=wq.unchecked(3000), prefill_weight=wq.unchecked(30)
    )
    assert dataclasses.replace(preset, name="mine").node_power == 3000
    ds = wq.sweep(MODEL, method="exact", preset=preset)
    assert said in ds.attrs["outside_range"]
    assert "prefill_weight = 30 is not within 0 to 10" in ds.attrs["outside_range"]
    assert float(ds["node_power"]) == 3000
    assert "unchecked" in wq.sensitivity.elasticity(MODEL, pue=wq.unchecked(12)).attrs["outside_range"]


def test_a_scenario_with_what_is_unchecked_can_be_written_and_read():
    classes = {"chat": QueryClass(1, MODEL, pue=wq.unchecked(12), levers=wq.Lever("mine", wq.unchecked(0.5)))}
    made = wq.scenarios.Scenario("a", classes, wq.unchecked(1e20), overhead=[wq.Step("net", wq.unchecked(0.9))])
    read = wq.scenarios.Scenario.from_dict(json.loads(json.dumps(made.to_dict())), "a")
    assert read == made
    assert read.queries_per_day == 1e20
    assert read.classes["chat"].lever_factors["mine"] == wq.Fixed(0.5)


def test_small_shares_outside_are_said_everywhere(cli):
    share = 100 * float(wq.LogNormal(1.05, 1.6).cdf(1.0))
    said = f"1.9 % of power_utilization above 1; {share:.2g} % of pue below 1"
    assert said.endswith("2.1 % of pue below 1")
    assert wq.sweep(MODEL, method="exact").attrs["outside_range"] == said
    assert f"note: outside physical ranges: {said}\n" in cli.text("estimate", MODEL, "--method", "exact")
    assert f"outside physical ranges: {said}" in wq.fleet("traditional", structural=False).attrs["notes"]
    assert "pue" not in wq.sweep(MODEL, method="exact", boundary="node").attrs["outside_range"]
    assert "outside_range" not in wq.sweep(MODEL, method="exact", pue=1.2, power_utilization=0.6).attrs


def test_energies_that_no_number_holds_are_refused():
    steps = [wq.Step(f"s{i}", 100) for i in range(16)]
    levers = [wq.Lever(f"l{i}", 1000) for i in range(11)]
    with pytest.raises(
        wq.InputError, match=r"boundary = 'node.* must multiply to at most 1e\+30, and multiplies up to 1e32"
    ):
        wq.Boundary("node", steps=steps)
    with pytest.raises(wq.InputError, match=r"levers = .*multiplies up to 1e33"):
        wq.sweep(MODEL, levers=[levers])
    with pytest.raises(wq.InputError, match=r"energy of a query would be .* Wh\. It must be between .* and 1e\+12 Wh"):
        wq.sweep(MODEL, method="exact", boundary=wq.Boundary("node", steps=steps[:15]), node_power=wq.unchecked(1e9))


def test_every_quantity_that_users_give_has_a_range():
    given = [one for one in QUANTITIES.values() if one.has_range]
    assert {name for name, *_ in VALUES} < {one.name for one in given}
    for one in given:
        assert one.lowest < one.highest
        assert np.isfinite([one.lowest, one.highest]).all()
