"""The traps of published rates and measured latencies, each against the raw row."""

from __future__ import annotations

import re

import pytest

from building.cells import HERE, read_table
from building.sources import reference
from wattquery import catalog


def flags(row):
    return row["flags"].split("|")


def test_rates_are_of_generated_tokens(performance, raw):
    """InferenceX publishes all tokens per accelerator: with 8K in and 1K out nine times as much."""
    published = raw("throughput")
    of_total = [row for row in published.values() if row["raw_unit"] == "total (input+output) tokens/s per GPU"]
    assert len(of_total) > 500
    for row in of_total:
        ours = performance[row["row_id"]]
        total = float(row["tokens_per_second_raw"])
        share = float(row["output_tokens"]) / (float(row["input_tokens"]) + float(row["output_tokens"]))
        assert float(ours["output_tps_per_accelerator"]) == pytest.approx(total * share, rel=0.1)
        assert float(ours["output_tps_per_accelerator"]) < 0.95 * total


def test_a_rate_is_that_of_an_instance(performance):
    for row in performance.values():
        if row["accelerators"] and row["output_tps_per_accelerator"]:
            each = float(row["output_tps"]) / float(row["accelerators"])
            assert float(row["output_tps_per_accelerator"]) == pytest.approx(each, rel=2e-4), row["row_id"]


def test_rates_of_one_phase_are_left_out(performance, raw, report):
    one_phase = {row_id for row_id, row in raw("throughput").items() if row["phase"] != "both"}
    assert len(one_phase) == 11
    assert one_phase.isdisjoint(performance)
    assert set(report.left["performance", "one_phase_only"]) == one_phase


def test_a_run_counts_once(performance, raw, report):
    points = raw("serving_points")
    twice = {row_id: row["throughput_row_id"] for row_id, row in points.items() if row["throughput_row_id"]}
    assert len(twice) == 96
    assert performance.keys().isdisjoint(twice)
    assert set(twice.values()) <= performance.keys()
    repeated = report.left["performance", "repeats_inferencex"]
    assert len(repeated) == 99
    assert {points[row_id]["source_family"] for row_id in repeated} == {"unstated (gap analysis)"}


def test_ragged_rows_of_gb200_are_left_out(performance, raw, report):
    left = report.left["performance", "ragged_gb200"]
    points = raw("serving_points")
    assert sum(points[row_id]["confidence"] == "medium" for row_id in left) == 19
    assert {points[row_id]["hardware"] for row_id in left} == {"GB200 NVL72"}
    assert not [
        row
        for row in performance.values()
        if row["hardware"] == "GB200 NVL72" and row["version"].startswith(("Dynamo 0.8", "Dynamo 0.9"))
        and row["disaggregated"] == "False"
    ]  # fmt: skip


def test_accelerators_are_counted_once(performance):
    corrected = [row for row in performance.values() if "accelerators_corrected" in flags(row)]
    assert len(corrected) == 209
    for row in corrected:
        assert float(row["accelerators"]) == float(row["tp"]) * float(row["pp"]) * float(row["dp"])


def test_no_rate_per_accelerator_where_pools_are_not_known(performance):
    unknown = [row for row in performance.values() if "pool_sizes_unknown" in flags(row)]
    assert len(unknown) == 537
    for row in unknown:
        assert (row["accelerators"], row["output_tps_per_accelerator"]) == ("", "")
        assert row["disaggregated"] == "True"


def test_derived_rates_say_so_and_how_far_they_are_off(performance):
    points = [row for row in performance.values() if row["row_id"].startswith("S")]
    for row in points:
        assert "output_tps" in row["derived"].split("|")
        word = "rate_6_percent_high" if row["disaggregated"] == "True" else "rate_3_percent_high"
        assert word in flags(row)
        inflight = float(row["concurrency"]) * float(row["output_tokens"])
        seconds = float(row["ttft_s"]) + float(row["tpot_s"]) * (float(row["output_tokens"]) - 1.0)
        assert float(row["output_tps"]) == pytest.approx(inflight / seconds, rel=2e-3), row["row_id"]


def test_lengths_are_means_and_not_nominal(performance, raw):
    published = raw("throughput")
    nominal = [row for row in performance.values() if "lengths_nominal" in flags(row)]
    assert len(nominal) > 2500
    assert {row["output_tokens"] for row in nominal} == {"921.6", "7372.8"}
    for row in nominal:
        assert {"input_tokens", "output_tokens"} <= set(row["derived"].split("|"))
        if row["row_id"] in published:
            assert float(row["output_tokens"]) == pytest.approx(
                0.9 * float(published[row["row_id"]]["output_tokens"]), rel=1e-9
            )


def test_requests_that_ended_early_keep_their_measured_length(performance):
    early = [row for row in performance.values() if "lengths_doubtful" in flags(row)]
    assert len(early) == 13
    for row in early:
        assert float(row["output_tokens"]) < 600 < float(row["input_tokens"])


def test_load_of_ml_energy_is_the_mean_batch(performance, raw):
    energy = raw("measured_energy").values()
    runs = {(row["model"], row["hardware"], row["output_tokens_per_s"]): row for row in energy}
    rows = [row for row in performance.values() if row["source_id"].startswith("ml-energy-v")]
    assert len(rows) == 892
    for row in rows:
        run = runs[row["model_as_published"], row["hardware"], row["output_tps"]]
        assert row["concurrency"] == run["batch_size_avg"]
        assert bool(row["tpot_s"]) == (row["source_id"] == "ml-energy-v2")
        assert row["input_tokens"] == ""


def test_speculation_is_never_guessed(performance, raw):
    rows = {**raw("throughput"), **raw("throughput_added"), **raw("serving_points")}
    said = {"True": "on", "False": "off", "": "unknown", "unknown": "unknown"}
    assert all(row["speculation"] == said[rows[row_id]["speculative"]] for row_id, row in performance.items())
    assert {row["speculation"] for row in performance.values()} == {"on", "off", "unknown"}


def test_precisions_that_do_not_fit_are_marked(performance):
    doubtful = [row for row in performance.values() if "precision_doubtful" in flags(row)]
    assert {row["source_id"] for row in doubtful} == {"mlperf-4.1"}
    assert {row["precision"] for row in doubtful} == {"FP16"}
    assert sum(row["hardware"] == "H200" for row in doubtful) > 30
    of_round = [row for row in performance.values() if row["source_id"] == "mlperf-4.1" and row["precision"] == "FP16"]
    assert doubtful == of_round
    assert {"vLLM", "not stated"} < {row["serving"] for row in doubtful}


def test_the_larger_gh200_is_told_apart(performance, raw):
    """By the name of its system in the notes."""
    for row_id, row in raw("throughput").items():
        if row_id in performance and row["hardware"] == "GH200":
            assert ("GH200-144GB" in row["notes"]) == ("gh200_144gb" in flags(performance[row_id]))
    larger = [row for row in performance.values() if "gh200_144gb" in flags(row)]
    assert len(larger) == 12


def test_each_result_of_mlperf_has_its_number(performance):
    rows = [row for row in performance.values() if row["source_id"].startswith("mlperf-")]
    assert len(rows) > 700
    for row in rows:
        if row["source_id"] == "mlperf-6.1":  # not numbered yet
            assert row["reference"]
        else:
            assert re.fullmatch(rf"{row['source_id'].removeprefix('mlperf-')}-\d{{4}}", row["reference"])


@pytest.mark.parametrize(
    ("text", "start", "found"),
    [
        ("mlcommons/r_v4.1:s.json@4a0c874 #v4.1-0044", "mlcommons/r_v4.1:s.json", "4.1-0044"),
        ("fork/r (fork of r):s.json@4a0c874 #6.0-0026", "fork/r", "6.0-0026"),
        ("N/T:docs/overview.md@9bd15f1937f5 (read in a fork)", "N/T:docs/overview.md@9bd15f19", "overview.md"),
        ("N/T:docs/Best_practice_on_R1.md@01c4ece9", "N/T:docs/Best_practice", "Best_practice_on_R1.md"),
        ("N/T:overview.md (second-hand), another)", "N/T:overview.md (second-hand), another", ""),
        ("InferenceX issue 870", "InferenceX issue ", "issue 870"),
        ("S/I:runner/conc128.json@1aadd1e5", "S/I:", "runner/conc128.json"),
    ],
)
def test_the_place_of_a_row_in_its_source(text, start, found):
    assert reference(text, start) == found


def test_a_source_error_is_in_no_table(performance):
    assert not [row for row in performance.values() if row["output_tps"] in ("54939", "54939.0")]


def test_maximum_load_is_the_end_of_a_curve_or_offline(performance):
    for row in performance.values():
        is_at_maximum = row["at_maximum_load"] == "True"
        if row["scenario"] == "offline max throughput":
            assert is_at_maximum
        elif row["scenario"].startswith(("online SLO", "production", "latency")):
            assert not is_at_maximum


def test_figures_read_a_second_time_agree(built):
    """In the files of their sources, independently of the raw tables."""
    shipped = {row["row_id"]: row for row in (*built.performance, *built.energy)}
    checks = read_table(HERE / "spot_checks.csv")
    assert len({check["row_id"] for check in checks}) == 55
    assert len({check["source_id"] for check in checks}) == 9
    for check in checks:
        row = shipped[check["row_id"]]
        assert row["source_id"] == check["source_id"]
        expected = float(check["published"]) * float(check["factor"])
        assert float(row[check["column"]]) == pytest.approx(expected, rel=1e-5), check["row_id"]


def test_added_rates_are_of_configurations_that_were_lacking(raw):
    def configuration(row):
        names = ("stack_version", "model", "hardware", "precision", "tp", "input_tokens", "output_tokens")
        return tuple(row[name] for name in names)

    added = raw("throughput_added").values()
    there = {configuration(row) for row in raw("throughput").values()}
    assert len({configuration(row) for row in added}) == len(added) == 144
    assert there.isdisjoint(map(configuration, added))
    for row in added:
        assert float(row["output_tps_per_accel"]) == pytest.approx(
            float(row["output_tps_total"]) / int(row["tp"]), rel=1e-5
        )


def test_the_papers_rows_are_found_again(performance):
    """Fifteen rows of its table are those of TensorRT-LLM 0.17 and 0.19, on eight H100."""
    ours = {
        (float(row["input_tokens"]), float(row["output_tokens"]), round(float(row["output_tps"]), 1))
        for row in performance.values()
        if row["source_id"] in ("tensorrt-llm-0.17", "tensorrt-llm-0.19") and row["accelerators"] == "8"
    }
    theirs = [row for row in catalog.load("oviedo2026").rows if row.source.startswith("tensorRT-LLM-")]
    found = [row for row in theirs if (row.input_tokens, row.output_tokens, round(row.tokens_per_second, 1)) in ours]
    assert len(found) == 15
