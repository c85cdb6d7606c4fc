"""The traps of measured energy and power."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def energy(built):
    return {row["row_id"]: row for row in built.energy}


def flags(row):
    return row["flags"].split("|")


def test_power_is_of_all_accelerators_and_per_accelerator(energy):
    for row in energy.values():
        count = 8 if "idle_accelerators_counted" in flags(row) else int(row["accelerators"])
        assert float(row["power_w_total"]) == pytest.approx(count * float(row["power_w_per_accelerator"]), rel=1e-3)


def test_joules_are_power_over_rate(energy):
    for row in energy.values():
        if row["joules_per_output_token"] and row["output_tps"] and "posted_average" not in flags(row):
            each = float(row["power_w_total"]) / float(row["output_tps"])
            assert float(row["joules_per_output_token"]) == pytest.approx(each, rel=0.02), row["row_id"]


def test_wall_power_is_that_of_the_node(energy):
    at_the_wall = [row for row in energy.values() if row["boundary"] == "node"]
    assert len(at_the_wall) == 13
    assert {row["source_id"] for row in at_the_wall} == {"mlperf-4.1", "mlperf-5.1"}
    assert {row["boundary"] for row in energy.values()} == {"node", "accelerator"}
    tuned = [row for row in at_the_wall if row["hardware"] == "H200"]
    assert len(tuned) == 6
    assert all({"power_optimised", "precision_doubtful"} <= set(flags(row)) for row in tuned)


def test_idle_accelerators_are_said(energy):
    rows = [row for row in energy.values() if row["model"] == "gpt-oss-120b" and row["source_id"] == "inferencex"]
    assert len(rows) == 5
    assert all("idle_accelerators_counted" in flags(row) and row["confidence"] == "low" for row in rows)


def test_times_per_token_are_means_in_the_old_rows_only(energy, raw):
    published = {**raw("measured_energy"), **raw("measured_energy_2")}
    means = [row for row in energy.values() if row["tpot_s"]]
    assert {row["source_id"] for row in means} == {"ml-energy-v2"}
    assert {row["date"][:4] for row in means} == {"2024"}
    medians = [row for row in energy.values() if row["median_itl_s"]]
    assert len(means) + len(medians) == sum(bool(row["median_itl_ms"]) for row in published.values()) - 1  # ATOM's
    for row in (*means, *medians):
        seconds = float(row["tpot_s"] or row["median_itl_s"])
        assert 1000.0 * seconds == pytest.approx(float(published[row["row_id"]]["median_itl_ms"]), rel=1e-5)


def test_the_outlier_of_atom_is_left_out(energy, report):
    assert report.left["energy", "outlier_atom"] == ["F00084"]
    assert "F00084" not in energy
    assert "F00083" in energy


def test_a_claim_about_a_fleet_is_no_row(energy, report):
    assert len(report.left["energy", "not_a_deployment"]) == 2
    assert {row["hardware"] for row in energy.values()}.isdisjoint({"TPU (fleet)"})


def test_llm_inference_bench_is_a_stack_of_its_own(energy):
    rows = [row for row in energy.values() if row["source_id"] == "llm-inference-bench"]
    assert len(rows) == 48
    assert {row["version"] for row in rows} == {"LLM-Inference-Bench"}
    crowded = [row for row in rows if "kv_cache_exceeds_memory" in flags(row)]
    assert crowded
    assert {row["model"] for row in crowded} == {"Llama 2 7B"}
