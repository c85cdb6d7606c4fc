"""What was measured: instance, load and lengths of a row."""

from __future__ import annotations

from typing import Any

import pytest

from wattquery.measured.tables.row import Row
from wattquery.measured.tables.setting import setting_of
from wattquery.measured.tables.values import values_of

GIVEN = {"model": "Qwen/Qwen3-8B", "hardware": "H100", "precision": "bf16"}


def read(**cells: str) -> tuple[Row, dict[str, Any]]:
    cells = {**GIVEN, **cells}
    row = Row(tuple(cells), tuple(cells.values()))
    return row, setting_of(row, values_of(row))


def setting(**cells: str) -> dict[str, Any]:
    row, found = read(**cells)
    assert not row.wrong
    return found


def refused(**cells: str) -> str:
    return " ".join(read(**cells)[0].wrong)


def test_labels_are_those_of_the_catalog() -> None:
    found = setting(serving_stack="trt-llm", stack_version="v1.0", speculative="True", source_date="2026-01-29")
    assert (found["architecture"], found["hardware"], found["precision"]) == ("qwen3-8b", "H100 SXM", "BF16")
    assert (found["serving"], found["version"], found["speculation"]) == ("TensorRT-LLM", "1.0", "on")
    assert found["date"] == pytest.approx(2026.078, abs=1e-3)


def test_what_is_not_stated() -> None:
    found = setting()
    assert (found["serving"], found["version"], found["speculation"]) == ("not stated", "", "unknown")
    assert not found["disaggregated"]
    assert not found["at_maximum_load"]
    assert found["accelerators"] is None


def test_a_stack_of_its_own_kind() -> None:
    assert setting(serving_stack="Our Engine")["serving"] == "Our Engine"
    found = setting(serving_stack="vLLM", source="argonne-lcf/LLM-Inference-Bench:Plots/a.csv@42")
    assert (found["version"], found["source_id"]) == ("LLM-Inference-Bench", "llm-inference-bench")


def test_the_name_of_a_model_is_looked_for_in_several_columns() -> None:
    assert setting(model="ours", canonical_id="llama-3.1-8b")["architecture"] == "llama-3.1-8b"
    assert setting(model="", model_as_published="meta-llama/Llama-3.1-8B")["architecture"] == "llama-3.1-8b"
    assert setting(model="", architecture="llama-3.1-8b")["architecture"] == "llama-3.1-8b"
    assert setting(architecture="mamba-transformer hybrid")["architecture"] == "qwen3-8b"


def test_an_unknown_model_keeps_its_name_and_sizes() -> None:
    found = setting(model="Ours", architecture="moe", total_params_b="480", active_params_b="35")
    assert (found["architecture"], found["total_params_b"], found["active_params_b"]) == ("Ours", 480.0, 35.0)
    found = setting(model="Ours", architecture="dense", total_params_b="9")
    assert found["active_params_b"] == 9.0
    row, found = read(model="Ours 480B-A35B")
    assert (found["total_params_b"], found["active_params_b"]) == (480.0, 35.0)
    assert "read from the name" in row.unscored[0]


def test_a_mixture_of_which_all_is_active_is_not_believed() -> None:
    row, found = read(model="Ours", architecture="moe", total_params_b="141", active_params_b="141")
    assert found["active_params_b"] is None
    assert "Not all parameters" in row.unscored[0]
    assert "is more than" in refused(model="Ours", total_params_b="35", active_params_b="480")


def test_sizes_of_a_known_model_are_not_looked_at() -> None:
    assert "total_params_b" not in setting(total_params_b="much")
    assert "total_params_b 'much'" in refused(model="Ours", total_params_b="much")


def test_what_a_row_needs() -> None:
    assert "No model is named" in refused(model="")
    assert "No accelerator is named" in refused(hardware="")
    assert "hardware 'H10' is not known, perhaps 'H100 NVL'" in refused(hardware="H10")
    assert "precision 'fp6' is not known: 'FP8'" in refused(precision="fp6")
    assert "counts a part of the work" in refused(phase="decode only")
    assert not refused(phase="both")


def test_a_precision_that_is_not_stated() -> None:
    assert setting(precision="", model="Qwen/Qwen3-8B-FP8")["precision"] == "FP8"
    row, found = read(precision="")
    assert found["precision"] == "BF16"
    assert "BF16 is assumed" in row.unscored[0]


@pytest.mark.parametrize(
    ("cells", "accelerators"),
    [
        ({"n_gpus": "4", "tp": "2"}, 4.0),
        ({"n_accelerators": "4"}, 4.0),
        ({"avg_power_w_total": "2400", "avg_power_w_per_gpu": "600.1"}, 4.0),
        ({"avg_power_w_total": "2400", "avg_power_w_per_gpu": "700"}, None),
        ({"output_tps_total_derived": "800", "output_tps_per_accel_derived": "100"}, 8.0),
        ({"n_prefill_gpus": "4", "n_decode_gpus": "8", "disaggregated": "True"}, 12.0),
        ({"tp": "4", "pp": "2"}, 8.0),
        ({"tp": "4", "dp": "8"}, 32.0),
        ({"tp": "4", "disaggregated": "True"}, None),
        ({}, None),
    ],
)
def test_the_number_of_accelerators(cells: dict[str, str], accelerators: float | None) -> None:
    assert setting(**cells)["accelerators"] == accelerators


def test_the_division_of_an_instance() -> None:
    assert setting(n_gpus="16", dp="2", pp="2")["tp"] is None  # the model decides, as for the rows that ship
    # Attention runs data parallel where tensors and stages divide it over fewer.
    assert setting(n_gpus="8", tp="1", ep="8")["tp"] == 1.0
    assert "tp x pp is 16 and the accelerators are 8" in refused(n_gpus="8", tp="8", pp="2")


@pytest.mark.parametrize(
    ("cells", "batch", "concurrency", "offline"),
    [
        ({"batch_size_avg": "60", "batch_size_max": "64"}, 60.0, None, False),
        ({"batch_size_max": "64"}, None, 64.0, False),
        ({"batch_or_concurrency": "64"}, None, 64.0, False),
        ({"concurrency": "64", "scenario": "steady state at fixed max batch size"}, 64.0, None, False),
        ({"scenario": "offline max throughput"}, None, None, True),
        ({"task": "MLPerf v5.1 llama2-70b-99 Offline"}, None, None, True),
        ({"task": "MLPerf v5.1 llama2-70b-99 Server"}, None, None, False),
    ],
)
def test_the_load(cells: dict[str, str], batch: float | None, concurrency: float | None, offline: bool) -> None:
    found = setting(**cells)
    assert (found["batch"], found["concurrency"], found["at_maximum_load"]) == (batch, concurrency, offline)


@pytest.mark.parametrize(
    ("cells", "lengths"),
    [
        ({"avg_input_tokens": "500", "avg_output_tokens": "300", "task": "random 1k/1k"}, (500.0, 300.0)),
        ({"avg_output_tokens": "300", "task": "random 8k/1k"}, (8192.0, 300.0)),
        ({"task": "fixed 1024/512"}, (1024.0, 512.0)),
        ({"task": "gpqa", "avg_output_tokens": "300"}, (None, 300.0)),
        (
            {"input_tokens": "1000", "output_tokens": "500", "lengths_basis": "nominal; requests average about 0.9x"},
            (900.0, 450.0),
        ),
        ({"input_tokens": "1000", "output_tokens": "500", "lengths_basis": "nominal"}, (1000.0, 500.0)),
    ],
)
def test_the_lengths(cells: dict[str, str], lengths: tuple[float | None, float | None]) -> None:
    found = setting(**cells)
    assert (found["input_tokens"], found["output_tokens"]) == lengths
    assert found["task"] == cells.get("task", "")


def test_speculation_that_no_column_states() -> None:
    source = "ml-energy/leaderboard:public/data/tasks/gpqa.json@0cd5"
    assert setting(source=source)["speculation"] == "off"
    assert setting(source=source, speculative="True")["speculation"] == "on"
    assert setting(source="ours")["speculation"] == "unknown"


def test_traps_that_a_source_warns_of_are_flags() -> None:
    found = setting(flags="pool sizes not recorded; about 95 % of input tokens come from the cache")
    assert found["flags"] == "cached_input|pool_sizes_unknown"
    assert setting(confidence="LOW")["confidence"] == "low"
    assert setting(confidence="so so")["confidence"] == ""
