"""`--boundary`, and boundaries in a spec."""

from __future__ import annotations

import pytest

import wattquery as wq

MODEL = "DeepSeek-R1"
SPEC = """
model = "DeepSeek-R1"
method = "exact"
"""
TABLES = (
    SPEC
    + """
[boundary]
claim = { boundary = "accelerator", accelerator_share = "LogNormal(p5=0.6, p95=0.7)", share_source = "a sheet (p. 3)" }
site = { boundary = "facility", steps = [{ step = "idle", factor = 1.1, source = "our own (2026)" }] }
named = "facility+idle_reserve"
"""
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("node", "node"),
        ("facility+idle_reserve", "facility+idle_reserve"),
        ("Boundary('accelerator', accelerator_share=0.7)", wq.Boundary("accelerator", 0.7)),
        (
            "wq.Boundary('node', steps=[wq.Step('idle', LogNormal(1.05, 1.2), source='x')])",
            wq.Boundary("node", steps=[wq.Step("idle", wq.LogNormal(1.05, 1.2), "x")]),
        ),
    ],
)
def test_estimate(cli, written, meant):
    expected = wq.estimate(MODEL, boundary=meant, method="exact")
    arguments = ("estimate", MODEL, "--method", "exact", "--boundary", written)
    assert cli.json(*arguments) == expected.to_dict()
    assert f"{expected.boundary} boundary" in cli.text(*arguments)


def test_sweep_says_it_above_the_table(cli):
    spec = cli.write("grid.toml", SPEC)
    assert cli.text("sweep", spec).startswith("Energy per query [Wh], facility boundary: ")
    text = cli.text("sweep", spec, "--boundary", "node+idle_reserve")
    assert text.startswith("Energy per query [Wh], node+idle_reserve boundary: ")
    assert "node+idle_reserve: node energy * idle_reserve 1.1" in text
    assert "not counted" in text


def test_tables_of_a_spec_are_boundaries(cli):
    spec = cli.write("grid.toml", TABLES)
    text = cli.text("sweep", spec)
    assert text.startswith("Energy per query [Wh], boundary as in its column: 3 cells (3 boundary)")
    found = cli.json("sweep", spec)
    claim = wq.Boundary("accelerator", wq.LogNormal(0.6, 0.7), share_source="a sheet (p. 3)")
    site = wq.Boundary("facility", steps=[wq.Step("idle", 1.1, "our own (2026)")])
    axis = {"claim": claim, "site": site, "named": "facility+idle_reserve"}
    expected = wq.sweep(MODEL, boundary=axis, method="exact")
    assert found["data_vars"]["energy"]["data"] == expected["energy"].values.tolist()
    attributes = found["coords"]["boundary"]["attrs"]
    assert attributes == expected["boundary"].attrs
    assert "accelerator_share: a sheet (p. 3) | idle: our own (2026)" in attributes["sources"]


def test_sensitivity(cli):
    spec = cli.write("grid.toml", SPEC)
    text = cli.text("sensitivity", spec, "--index", "tornado", "--boundary", "accelerator")
    assert text.startswith("Swing of the median energy per LLM query, one factor at a time, accelerator boundary")
    assert "accelerator_share" in text
    assert "pue" not in text
    assert "looks at levers alone" in cli.refused("sensitivity", spec, "--index", "reduction", "--boundary", "node")


def test_refused(cli):
    assert "Did you mean 'facility'" in cli.refused("estimate", MODEL, "--boundary", "facilty")
    assert "where no boundary counts it" in cli.refused("estimate", MODEL, "--boundary", "node", "--pue", "1.1")
