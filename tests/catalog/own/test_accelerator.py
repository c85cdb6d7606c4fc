"""Accelerators: from a data sheet, by name."""

from __future__ import annotations

import dataclasses
import math

import pytest

import wattquery as wq
from wattquery.catalog.facts import accelerators
from wattquery.errors import InputError, InputTypeError
from wattquery.quantities import QUANTITIES
from wattquery.quantities.data_sheets import DATA_SHEETS

SHEET = {"memory_gb": 144, "bandwidth_tbps": 6, "fp16_tflops": 1200, "tdp_w": 800}


def test_from_a_data_sheet():
    mine = wq.Accelerator("Abacus", **SHEET, fp8_tflops=2400, idle_w=100, link_gbps=400, family="Hopper")
    facts = mine.facts
    assert (facts.hardware, facts.memory_gb, facts.fp8_tflops, facts.family) == ("Abacus", 144.0, 2400.0, "Hopper")
    assert (facts.accelerators_per_node, facts.idle_w, facts.node_power_kw) == (8, 100.0, None)
    assert mine.label == "Abacus"
    assert mine.notes == ()
    assert mine == wq.Accelerator("Abacus", **SHEET, fp8_tflops=2400, idle_w=100, link_gbps=400, family="Hopper")
    assert hash(mine) != hash(wq.Accelerator("Abacus 2", **SHEET))
    with pytest.raises(dataclasses.FrozenInstanceError):
        mine.tdp_w = 1


@pytest.mark.parametrize("label", accelerators())
def test_by_name(label):
    found = wq.Accelerator(label.lower())
    assert found.facts is accelerators()[label]
    assert (found.label, found.notes) == (label, ())
    assert wq.Accelerator(label) == found


def test_what_is_assumed_and_odd_is_said():
    notes = " ".join(wq.Accelerator("A", **{**SHEET, "fp16_tflops": 2400}, fp8_tflops=9600).notes)
    for words in ("300 GB/s", "without load is not stated", "fp8_tflops is 4 times", "with sparsity"):
        assert words in notes


def test_no_accelerator_of_the_tables_is_odd():
    for label, facts in accelerators().items():
        rates = {
            "fp16_tflops",
            "fp8_tflops",
            "fp4_tflops",
            "memory_gb",
            "bandwidth_tbps",
            "tdp_w",
            "idle_w",
            "link_gbps",
        }
        numbers = {one: getattr(facts, one) for one in rates if getattr(facts, one) is not None}
        if rates - {"fp8_tflops", "fp4_tflops", "idle_w", "link_gbps"} <= set(numbers):
            own = wq.Accelerator(f"{label} again", **numbers)
            assert not [note for note in own.notes if "sparsity" in note]


@pytest.mark.parametrize("missing", SHEET)
def test_what_is_missing(missing):
    numbers = {key: value for key, value in SHEET.items() if key != missing}
    with pytest.raises(InputError, match=f"Accelerator 'A' lacks {missing} of memory_gb"):
        wq.Accelerator("A", **numbers)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bandwidth_tbps": 3350}, "Give TB/s: 3.35"),
        ({"memory_gb": 80e9}, "Give gigabytes"),
        ({"memory_gb": 0.08}, "Give gigabytes"),
        ({"fp16_tflops": 0.989}, "1 PFLOP/s is 1000"),
        ({"fp16_tflops": 989e12}, "with sparsity"),
        ({"fp8_tflops": 600}, "must be at least fp16_tflops"),
        ({"tdp_w": 0.7}, "Give watts"),
        ({"idle_w": 900}, "idle_w must be below tdp_w"),
        ({"link_gbps": 7200}, "in one direction"),
        ({"accelerators_per_node": 0}, "above 0"),
        ({"accelerators_per_node": 8.5}, "whole number"),
        ({"node_power_kw": 10200}, "Give it in kW"),
        ({"node_power_kw": 6.3}, "at least accelerators_per_node x tdp_w, got 6.3 and 6.4 kW"),
        ({"memory_gb": "80 GB"}, "without quotes"),
        ({"memory_gb": math.nan}, "finite number"),
        ({"memory_gb": True}, "finite number"),
        ({"family": "Hoper"}, "Did you mean 'Hopper'"),
        ({"family": 3}, "family must be one of 'Hopper'"),
    ],
)
def test_refusals(change, words):
    with pytest.raises(InputError, match=words) as raised:
        wq.Accelerator("A", **{**SHEET, **change})
    assert str(raised.value).startswith("Accelerator 'A'")


def test_refusals_of_names():
    with pytest.raises(InputError, match=r"another than that of 'H100 SXM' in the tables.*'h100 \(own\)'"):
        wq.Accelerator("h100", **SHEET)
    with pytest.raises(InputError, match=r"wq\.Accelerator\('H100 SXN', .* Did you mean"):
        wq.Accelerator("H100 SXN")
    with pytest.raises(InputError, match="family and accelerators_per_node must be left out for one of the tables"):
        wq.Accelerator("H100", family="Hopper")
    with pytest.raises(InputTypeError, match="name must be text"):
        wq.Accelerator(SHEET)
    with pytest.raises(InputError, match="is empty"):
        wq.Accelerator("", **SHEET)


def test_what_is_meant_can_be_vouched_for():
    assert wq.Accelerator("Wafer", **{**SHEET, "bandwidth_tbps": wq.unchecked(21_000)}).facts.bandwidth_tbps == 21_000.0


def test_a_number_that_nothing_takes_is_told():
    with_it = wq.Accelerator("A", **SHEET, link_inter_node_gbps=50)
    told = [one for one in with_it.notes if one not in wq.Accelerator("A", **SHEET).notes]
    assert told == ["A: link_inter_node_gbps changes no result, since the load model has no traffic between nodes"]


def test_a_node_takes_its_boards():
    assert wq.Accelerator("A", **SHEET, node_power_kw=0.8, accelerators_per_node=1).facts.node_power_basis == "rating"


def test_written_and_read_again():
    mine = wq.Accelerator("Abacus", **SHEET, family="Ada")
    assert mine.to_dict() == {"name": "Abacus", **SHEET, "family": "Ada"}
    assert wq.Accelerator.from_dict(mine.to_dict()) == mine
    assert repr(mine) == (
        "Accelerator('Abacus', memory_gb=144.0, bandwidth_tbps=6.0, fp16_tflops=1200.0, tdp_w=800.0, family='Ada')"
    )
    with pytest.raises(InputError, match="Did you mean 'memory_gb'"):
        wq.Accelerator.from_dict({"name": "A", "memory": 3})


def test_every_number_has_a_quantity():
    for row in DATA_SHEETS:
        assert QUANTITIES[row.name] is row
        assert hasattr(wq.Accelerator("H100"), row.name)
        assert row.suggestion


@pytest.mark.parametrize(
    ("kilowatts", "said"), [(5.6, "0 W"), (5.7, "12.5 W"), (6.15, "68.8 W"), (6.17, ""), (10.2, "")]
)
def test_a_rating_that_leaves_next_to_nothing_for_the_host_is_said(kilowatts, said):
    own = wq.Accelerator(
        "X", memory_gb=80, bandwidth_tbps=3.0, fp16_tflops=900, tdp_w=700, idle_w=70, link_gbps=450,
        node_power_kw=kilowatts,
    )  # fmt: skip
    words = f"leaves {said} for each accelerator beside its board"
    assert [words in note for note in own.notes] == ([True] if said else [])
