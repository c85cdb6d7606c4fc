"""What nodes draw beside their accelerators: judged, by their rating, or by their boards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import wattquery as wq
from load_deployments import cases
from wattquery.catalog.facts import Accelerator, accelerators
from wattquery.throughput.load.deployments import load_table
from wattquery.throughput.load.deployments.nodes import NODE_WATTS_SD, SCALED_SD, node_draw, node_notes

OWN = Accelerator(
    "Abacus",
    tdp_w=300.0,
    accelerators_per_node=4,
    node_power_kw=2.0,
    node_power_basis="rating",
    memory_gb=96.0,
    bandwidth_tbps=3.0,
    fp16_tflops=500.0,
)


@pytest.mark.parametrize("name", ["H100 SXM", "H200", "B200"])
def test_nodes_that_were_judged(name):
    found = node_draw(accelerators()[name])
    assert (found.watts, found.sd, found.basis) == (250.0, NODE_WATTS_SD, "judged")


def test_the_share_of_the_rating_agrees_with_the_judgement_that_it_is_from():
    """Each of the three nodes draws by that share what it was judged to, within the stated error."""
    ratings = {(10.2, 700.0): 575.0, (14.3, 1000.0): 787.5}
    share = 250.0 / np.mean([575.0, 575.0, 787.5])
    for (kilowatts, board), left in ratings.items():
        scaled = node_draw(replace(OWN, tdp_w=board, accelerators_per_node=8, node_power_kw=kilowatts))
        assert (scaled.basis, scaled.watts) == ("rated", pytest.approx(share * left))
        assert abs(share * left - 250.0) < NODE_WATTS_SD


def test_a_described_accelerator_is_no_judged_node_by_its_numbers():
    """Those of a DGX node are no reason to take its judgement: watts grow evenly with the rating, as does the error."""
    judged = accelerators()["H100 SXM"]
    twin = wq.Accelerator(
        "Twin",
        **{name: getattr(judged, name) for name in ("memory_gb", "bandwidth_tbps", "fp16_tflops", "tdp_w", "idle_w")},
        node_power_kw=judged.node_power_kw,
    ).facts
    found = [node_draw(replace(twin, node_power_kw=kilowatts)) for kilowatts in (10.19, 10.2, 10.21)]
    assert {one.basis for one in found} == {"rated"}
    np.testing.assert_allclose(np.diff([one.watts for one in found]), 0.387 * 10.0 / 8.0, rtol=1e-2)
    assert found[1].sd == pytest.approx(SCALED_SD * found[1].watts)
    assert found[1].node_type != node_draw(judged).node_type


def test_an_accelerator_of_the_tables_by_its_name_has_its_judgement():
    assert node_draw(wq.Accelerator("H100").facts).basis == "judged"


def test_other_nodes_by_what_their_rating_leaves():
    share = 250.0 / np.mean([575.0, 575.0, 787.5])
    for facts, left in ((OWN, 200.0), (accelerators()["GB200 NVL72"], 120e3 / 72 - 1200.0)):
        found = node_draw(facts)
        assert found.watts == pytest.approx(share * left)
        assert (found.sd, found.basis) == (pytest.approx(SCALED_SD * found.watts), "rated")


@pytest.mark.parametrize(("board", "watts"), [(70.0, 25.0), (350.0, 125.0), (700.0, 250.0), (1400.0, 250.0)])
def test_nodes_without_a_rating_by_their_boards(board, watts):
    for facts in (replace(OWN, tdp_w=board, node_power_kw=None), replace(OWN, tdp_w=board, node_power_basis="derived")):
        found = node_draw(facts)
        assert (found.watts, found.basis) == (pytest.approx(watts), "unrated")
        assert found.sd == pytest.approx(SCALED_SD * watts)


def test_accelerators_in_nodes_of_one_type_share_it():
    """H100 and H200 stand in nodes of the same rating, cards of the same power in servers of one kind."""
    types = {name: node_draw(one).node_type for name, one in accelerators().items()}
    assert types["H100 SXM"] == types["H200"] != types["B200"]
    assert types["L40S"] == types["H100 PCIe"] != types["L4"]
    assert node_draw(Accelerator("Abacus")).node_type == ""
    assert np.isnan(node_draw(Accelerator("Abacus")).watts)


def test_the_effect_is_keyed_by_the_type_of_the_node():
    table = load_table(cases("llama-3.1-8b", "H100 SXM, H200, B200"))
    keys = [next(one.key for one in table.effects(number, 1) if one.name.endswith(":node")) for number in range(3)]
    assert keys[0] == keys[1] != keys[2]


def test_energy_at_the_node_has_the_watts_of_its_type():
    """L40S in a server of cards, H100 in a node of eight: watts for each second that an accelerator is held."""
    table = load_table(cases("llama-3.1-8b", "L40S, H100 SXM", accelerators=(1,)))
    seconds = table.points.seconds[:, :, 0] * table.uncertainty.knowledge.of(np.arange(2)).errors.expected_time[:, 0]
    beside = table.uncertainty.units[1, :, :, 0] - 1.05 * table.uncertainty.units[0, :, :, 0]
    np.testing.assert_allclose(beside, seconds * [125.0, 250.0], rtol=1e-9)


def test_a_data_sheet_s_rating_and_count_change_the_energy():
    """What a user says of a node is used: each number moves the energy, and is told."""
    sheet = {"memory_gb": 192, "bandwidth_tbps": 6.0, "fp16_tflops": 1500, "tdp_w": 900}
    own = [
        wq.Accelerator("X1", **sheet, node_power_kw=12.0),
        wq.Accelerator("X2", **sheet, node_power_kw=20.0),
        wq.Accelerator("X3", **sheet, node_power_kw=20.0, accelerators_per_node=4),
        wq.Accelerator("X4", **sheet),
    ]
    found = [node_draw(one.facts).watts for one in own]
    assert found[0] < found[3] < found[1] < found[2]
    told = " ".join(node_notes([one.facts for one in own], 1.05, None))
    for words in ("232 W (X1)", "(X2)", "(X3)", "250 W (X4)", "1.05 times", "neither measured nor rated"):
        assert words in told


def test_watts_that_are_stated_hold_for_all():
    table = load_table(cases("llama-3.1-8b", "L40S, H100 SXM", accelerators=(1,), settings={"node_watts": 90.0}))
    assert set(table.points.nodes.watts) == {90.0}
    assert any("90 W are added for each accelerator" in note for note in table.notes)
