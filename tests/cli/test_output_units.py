"""Units stand in every printed table and in the keys of JSON, and the boundary wherever energies are printed."""

from __future__ import annotations

import re

import pytest

from wattquery.quantities import QUANTITIES

ENERGIES = {
    "estimate": ("estimate", "DeepSeek-R1", "--method", "exact"),
    "node": ("estimate", "DeepSeek-R1", "--method", "exact", "--boundary", "node"),
    "sweep": ("sweep", "spec.toml"),
    "tornado": ("sensitivity", "spec.toml", "--index", "tornado"),
    "nested": ("sensitivity", "spec.toml", "--index", "nested"),
    "conversions": ("estimate", "DeepSeek-R1", "--method", "exact", "--carbon-intensity", "350"),
    "trajectory": ("trajectory", "adoption"),
}
TABLES = {
    "power-profile": ("power-profile", "Llama 3.1 70B", "--hardware", "H100 SXM"),
    "catalog show": ("catalog", "show", "default", "--hardware", "B200", "--precision", "FP4"),
    "trajectory": ("trajectory", "adoption"),
    "tornado": ("sensitivity", "spec.toml", "--index", "tornado"),
    "conversions": ENERGIES["conversions"],
}
PURE = {"load", "running sequences", "rows", "swing", "date"}
"""Heads of numbers that have no unit."""

DIMENSIONLESS = {"throughput_ln_stderr", "throughput_model"}
UNITS = ("_wh", "_per_s", "_s", "_w", "_ln_stderr")


@pytest.mark.usefixtures("spec")
@pytest.mark.parametrize("name", ENERGIES)
def test_energies_are_printed_with_unit_and_boundary(cli, name: str) -> None:
    text = cli(*ENERGIES[name], "--no-progress").stdout
    assert re.search(r"\bG?Wh\b", text)
    boundary = "node" if name == "node" else "facility"
    assert re.search(rf"{boundary} boundary|boundary +{boundary}", text)


@pytest.mark.usefixtures("spec")
@pytest.mark.parametrize("name", TABLES)
def test_columns_of_numbers_have_a_unit_in_their_head(cli, name: str) -> None:
    lines = cli(*TABLES[name]).stdout.splitlines()
    tables = [i for i, line in enumerate(lines) if i and re.fullmatch(r"-+(  -+)*", line)]
    assert tables
    for ruler in tables:
        spans = [match.span() for match in re.finditer("-+", lines[ruler])]
        for start, end in spans:
            head, cell = lines[ruler - 1][start:end].strip(), lines[ruler + 1][start:end].strip()
            is_number = re.fullmatch(r"-?[\d.,]+(e[+-]\d+)?", cell) is not None
            assert not is_number or "[" in head or head in PURE, (head, cell)


def test_keys_of_json_carry_units(cli) -> None:
    arguments = ("estimate", "Llama 3.1 70B", "--hardware", "H100 SXM", "--load", "0.5", "--method", "exact")
    plain = cli.json(*arguments)
    counts = {"accelerators", "running_sequences", "most_sequences", "support_rows"}
    numbers = [key for key, value in plain.items() if isinstance(value, (int, float, dict))]
    without = {key for key in numbers if not key.endswith(UNITS)} - counts - DIMENSIONLESS
    assert without == {"assumptions", "provenance"}


def test_help_of_axes_names_the_unit_of_each_quantity_that_has_one(cli) -> None:
    help_text = " ".join(cli.text("estimate", "--help").split())
    for name in ("node_power", "input_tokens"):
        assert f"[{QUANTITIES[name].unit}]" in help_text
