"""`wattquery audit` tells findings and effects; the computation itself is replaced, but for a small run."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pytest
import xarray as xr

import wattquery.paper as real

QUANTITIES = [
    "frontier, traditional, p25",
    "frontier, traditional, p50",
    "frontier, traditional, p75",
    "frontier, long, p50",
    "fleet, traditional",
    "fleet, mixed",
    "Llama 3.1 405B at 16 bits, traditional, p50",
]
PUBLISHED = [0.16, 0.31, 0.6, 3.91, 0.7, 1.7, np.nan]


@pytest.fixture
def paper(monkeypatch):
    """Replace the computation: every number is 1, but where a change moves it; returns the arguments it got."""
    table = real.findings()

    class Paper(ModuleType):
        def __init__(self):
            super().__init__("wattquery.paper")
            self.arguments = {}
            self.stderr = 0.001
            self.findings = lambda: table

        def audit(self, chosen, **arguments):
            arguments.pop("progress")
            self.chosen = chosen
            self.arguments = arguments
            corrected = list(table.index[table["correction"] != ""])
            changes = ["v2-code", *corrected, "corrected", "borrowed-slopes"]
            value = np.ones((len(changes), len(QUANTITIES)))
            value[changes.index("power-of-deepseek"), 1] = 0.94
            value[changes.index("sixteen-gpus"), 6] = 2.0
            kinds = ["published", *["correction"] * len(corrected), "together", "what_if"]
            dims = ("change", "quantity")
            return xr.Dataset(
                {
                    "value": (dims, value),
                    "stderr": (dims, np.full(value.shape, self.stderr)),
                    "ratio": (dims, value),
                    "moves": (dims, value != 1),
                    "published": ("quantity", PUBLISHED),
                },
                coords={
                    "change": changes,
                    "kind": ("change", kinds),
                    "finding": ("change", changes),
                    "words": ("change", ["words"] * len(changes)),
                    "quantity": QUANTITIES,
                    "unit": ("quantity", ["Wh"] * 4 + ["GWh/day"] * 2 + ["Wh"]),
                },
                attrs={"draws": 16_384},
            ).sel(change=["v2-code", *chosen] if chosen else changes)

    fake = Paper()
    monkeypatch.setitem(sys.modules, "wattquery.paper", fake)
    return fake


def test_findings_and_effects_are_printed(cli, paper):
    lines = cli.text("audit", "--draws", "1e3", "--seed", "3").splitlines()
    assert lines[0].split() == ["finding", "lines", "corrected", "moves", "title"]
    rows = {line.split()[0]: line for line in lines[2 : lines.index("")]}
    assert "20, 23, 24    yes        headlines" in rows["power-of-deepseek"]
    assert "yes        16-bit rows" in rows["sixteen-gpus"]
    assert "yes        nothing" in rows["power-column"]
    assert rows["read-off-charts"].split()[2:4] == ["no", "-"]
    effects = lines[lines.index("") + 1 :]
    assert effects[0].split("  ")[0] == "change"
    cells = [line.split() for line in effects]
    assert ["as", "published", "0.16", "0.31", "0.60", "3.9", "0.70", "1.7"] in cells
    assert ["power-of-deepseek", "1.00", "0.940", *["1.00"] * 4, "0.940"] in cells
    assert effects.index("") < len(effects)
    assert any(line.startswith("what if: borrowed-slopes") for line in effects)
    assert lines[-1] == "Largest sampling error: 0.11% of a value."
    assert paper.arguments == {"method": "quasi_monte_carlo", "draws": 1000, "seed": 3, "threads": None}


def test_one_change_only(cli, paper):
    lines = cli.text("audit", "--change", "sixteen-gpus").splitlines()
    assert paper.chosen == ("sixteen-gpus",)
    assert next(line for line in lines if line.startswith("power-column")).split()[3:5] == ["not", "computed"]
    assert next(line.split()[0] for line in lines[lines.index("") + 5 :] if line) == "sixteen-gpus"


def test_in_full(cli, paper):
    text = cli.text("audit", "--full")
    assert "sixteen-gpus (line 4): A run on 16 GPUs is counted as one node of 8" in text
    assert "pue-below-one (preset): " in text
    assert "  correction: none. The lengths are not published." in text
    assert "  evidence: " in text
    assert max(map(len, text.split("\n\n")[-1].splitlines()[1:])) <= 110


def test_an_error_that_cannot_be_told(cli, paper):
    paper.stderr = np.inf
    assert cli.text("audit").splitlines()[-1].endswith("raise --draws.")


def test_json(cli, paper):
    found = cli.json("audit")
    assert (found["method"], found["draws"], found["seed"]) == ("quasi_monte_carlo", 16_384, 42)
    assert [one["finding"] for one in found["findings"]] == list(paper.findings().index)
    by_name = {one["change"]: one for one in found["changes"]}
    power = by_name["power-of-deepseek"]
    assert (power["kind"], power["words"]) == ("correction", "words")
    assert power["quantities"]["frontier, traditional, p50"] == {
        "value": 0.94,
        "stderr": 0.001,
        "ratio": 0.94,
        "moves": True,
        "published": 0.31,
        "unit": "Wh",
    }
    assert by_name["v2-code"]["quantities"][QUANTITIES[-1]]["published"] is None


def test_the_exact_method_is_refused(cli):
    assert "cannot take the corrections that bound a distribution" in cli.refused("audit", "--method", "exact")
