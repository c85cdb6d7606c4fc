"""Measured levers: pairs differ in one thing alone, and the table is what a second computation makes of them."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest

import build_levers as script
from building import levers
from building.cells import HERE


@pytest.fixture(scope="module")
def pairs(built):
    return levers.pairs(built.energy, built.performance, built.architectures)


def of(pairs, lever, quantity, hardware):
    return [one for one in pairs if one.group[:3] == (lever, quantity, hardware)]


def test_what_ships_is_what_the_script_makes():
    for name, text in script.files().items():
        assert (script.ROOT / name).read_text(encoding="utf-8") == text, name


def test_pairs_differ_in_the_lever_alone(pairs):
    assert len(pairs) > 900
    for one in pairs:
        row, other = one.with_row, one.without_row
        for name in ("architecture", "hardware", "accelerators", "input_tokens", "disaggregated"):
            assert row[name] == other[name], (one.lever, name)
        if one.lever == "multi_token_prediction":
            assert (row["speculation"], other["speculation"]) == ("on", "off")
            assert one.same_stack == (one.quantity == "throughput")
        elif one.lever != "larger_batch":
            assert row["precision"] != other["precision"]
        assert (one.lever == "larger_batch") == (row["concurrency"] != other["concurrency"])


def test_ratios_of_multi_token_prediction_by_hand(pairs):
    """J per output token of rows F00091 over F00077 and so on, as the source has them."""
    by_hand = {7.68172 / 11.0357, 5.7128 / 6.77734, 1.80057 / 2.45214, 8.8411 / 14.1873, 4.12793 / 5.31104}
    found = {one.ratio for one in of(pairs, "multi_token_prediction", "energy", "MI355X")}
    assert sorted(found) == pytest.approx(sorted(by_hand))


@pytest.mark.parametrize(
    ("lever", "quantity", "hardware"),
    [
        ("multi_token_prediction", "energy", "MI355X"),
        ("multi_token_prediction", "throughput", "GB200 NVL72"),
        ("fp4_from_fp8", "energy", "MI355X"),
    ],
)
def test_a_line_is_that_of_numpy(pairs, lever, quantity, hardware):
    mine = of(pairs, lever, quantity, hardware)
    places, logs = np.log([[one.concurrency, one.ratio] for one in mine]).T
    slope, start = np.polyfit(places, logs, 1)
    rows = levers.table(mine)
    for row in rows:
        assert float(row["ratio"]) == pytest.approx(
            math.exp(start + slope * math.log(float(row["concurrency"]))), rel=1e-3
        )
        assert float(row["log_sd"]) >= levers.SMALLEST_SD
    assert [float(row["concurrency"]) for row in rows[:2]] == [mine[0].concurrency, mine[-1].concurrency]
    falls = (slope > 0) == (quantity == "energy")
    assert len(rows) == 2 + falls, "only a saving that falls goes on"


def test_the_pairs_are_told():
    with (HERE / "lever_pairs.csv").open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    assert {"with_row": "F00091", "without_row": "F00077", "ratio": "0.6961"}.items() <= next(
        row for row in told if row["with_row"] == "F00091"
    ).items()
