"""Node powers of the preset ``default``: each row's own, and what is said where that is no rating."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import wattquery as wq
from wattquery.catalog import Catalog
from wattquery.errors import InputError

LLAMA = {"model": "Llama 3.1 405B", "serving": "TensorRT-LLM", "precision": "FP8"}


def derived():
    """Return a deployment on hardware without a rating that has a throughput of one row."""
    notes = wq.catalog.load("default").power_notes
    row = next(row for row in wq.catalog.load("default").rows if row.hardware in notes)
    return row, {"model": row.model, "hardware": row.hardware, "serving": row.serving, "precision": row.precision}


def test_the_node_power_is_that_of_the_rows():
    found = wq.estimate(**LLAMA, hardware="h100", preset="default", method="exact")
    assert found.assumptions["node_power"] == "10.2 kW"
    assert not [note for note in found.notes if note.startswith("node power")]
    assert (found.provenance["preset"], found.provenance["catalog"]) == ("default", "default")
    assert found.provenance["catalog_hash"] == wq.catalog.load("default").content_hash


def test_a_derived_one_is_said():
    row, labels = derived()
    held = wq.catalog.load("default")
    table = Catalog("mine", (row,), power_notes=held.power_notes)
    found = wq.estimate(**labels, catalog=table, method="exact", input_tokens=row.input_tokens or 500)
    (note,) = [note for note in found.notes if note.startswith(f"node power of {row.hardware}")]
    assert f"{row.node_power:g} kW is derived, as no rating was found" in note
    ds = wq.sweep([row.model], catalog=table, method="exact")
    assert ds.attrs["node_power_notes"] == note
    own = wq.estimate(**labels, catalog=table, method="exact", node_power=10.0)
    assert not [note for note in own.notes if note.startswith("node power")]


def test_the_note_is_the_accelerators_own_arithmetic():
    for hardware, note in wq.catalog.load("default").power_notes.items():
        found = wq.catalog.accelerator(hardware)
        assert found.node_power_basis == "derived"
        factor = 1e3 * found.node_power_kw / (found.accelerators_per_node * found.tdp_w)
        assert f"{factor:.3g} x {found.accelerators_per_node} accelerators x {found.tdp_w:g} W TDP" in note
        product = float(f"{factor:.3g}") * found.accelerators_per_node * found.tdp_w / 1e3
        assert product == pytest.approx(found.node_power_kw, rel=1e-3)  # as a reader multiplies it


def test_rows_that_disagree_need_a_power():
    rows = tuple(
        dataclasses.replace(wq.catalog.load("oviedo2026").rows[3], node_power=power, line=line)
        for line, power in enumerate((10.2, 11.0), 2)
    )
    table, preset = Catalog("mine", rows), dataclasses.replace(wq.catalog.preset("default"), catalog="mine")
    with pytest.raises(InputError, match=r"no single node power in catalog 'mine'.*Pass node_power= in kW"):
        wq.estimate("Llama 3.1 405B", catalog=table, preset=preset, method="exact")
    assert wq.estimate("Llama 3.1 405B", catalog=table, preset=preset, node_power=11.0, method="exact").mean > 0


def test_the_presets_of_the_paper_say_nothing_of_it():
    ds = wq.sweep(wq.ALL, method="exact")
    assert "node_power_notes" not in ds.attrs
    assert np.nanmax(ds["node_power"].values) == 12.8


def test_there_is_no_frontier_and_nothing_published():
    with pytest.raises(InputError, match="Preset 'default' has no frontier"):
        wq.fleet(classes={"all": {"share": 1, "model": "frontier"}}, queries_per_day=1e6, preset="default")
    with pytest.raises(InputError, match=r"one of 'v2-code'.*got 'default', which stands for none"):
        wq.paper.reproduce(preset="default")


def test_a_fleet_under_it():
    fleet = wq.fleet(
        classes={"all": {"share": 1, **LLAMA, "hardware": "H100"}}, queries_per_day=1e6, preset="default", draws=1_000
    )
    assert float(fleet["energy_per_day"]) > 0
    assert fleet.attrs["catalog"] == "default"
