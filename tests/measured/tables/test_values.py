"""What was found: rates, times, power and energy that can be held against a prediction."""

from __future__ import annotations

import pytest

from wattquery.measured.tables.row import Row
from wattquery.measured.tables.setting import setting_of
from wattquery.measured.tables.values import measured_in, values_of

GIVEN = {"model": "Qwen/Qwen3-8B", "hardware": "H100", "precision": "bf16", "n_gpus": "2", "batch_size_avg": "8"}
GPU = "GPU only (Zeus/NVML)"


def read(**cells: str) -> tuple[dict[str, float | None], str]:
    cells = {**GIVEN, **cells}
    row = Row(tuple(cells), tuple(cells.values()))
    values = values_of(row)
    found = measured_in(row, values, setting_of(row, values))
    assert not row.wrong
    return found, " ".join(row.unscored)


def test_the_rate_is_that_of_one_accelerator() -> None:
    assert read(output_tokens_per_s="800")[0]["output_tps_per_accelerator"] == 400.0
    assert read(output_tps_per_accel_derived="300")[0]["output_tps_per_accelerator"] == 300.0
    found, why = read(output_tokens_per_s="800", n_gpus="")
    assert found["output_tps_per_accelerator"] is None
    assert "number of accelerators is not known" in why


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [
        ({"source_date": "2024-09-19"}, 0.025),
        ({"source_date": "2024"}, 0.025),
        ({"stack_version": "0.5.4"}, 0.025),
        ({"stack_version": "0.5.4", "source_date": "2026-01-01"}, None),
        ({"source_date": "2026-02-16", "stack_version": "0.11.1"}, None),
        ({"source_date": "2026-02-16", "notes": "mean TPOT stored in median_itl_ms"}, 0.025),
        ({"stack_version": "0.15.1"}, None),
        ({}, None),
    ],
)
def test_a_median_is_a_mean_in_the_rows_of_2024_alone(cells: dict[str, str], seconds: float | None) -> None:
    found, why = read(median_itl_ms="25", **cells)
    assert found["tpot_s"] == seconds
    assert ("is a median" in why) == (seconds is None)


def test_a_mean_time_per_token_comes_before_a_median() -> None:
    assert read(tpot_mean_s="0.03", median_itl_ms="25")[0]["tpot_s"] == 0.03


def test_energy_per_token_is_stated_or_of_a_request() -> None:
    assert read(joules_per_output_token="2")[0]["joules_per_output_token"] == 2.0
    assert read(joules_per_request="600", avg_output_tokens="300")[0]["joules_per_output_token"] == 2.0
    assert read(joules_per_request="600")[0]["joules_per_output_token"] is None


def test_power_is_that_of_one_accelerator() -> None:
    assert read(avg_power_w_per_gpu="400", measurement_scope=GPU)[0]["power_w_per_accelerator"] == 400.0
    assert read(avg_power_w_total="800", measurement_scope=GPU)[0]["power_w_per_accelerator"] == 400.0


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"measurement_scope": "whole node, AC wall power"}, "whole nodes"),
        ({"boundary": "node"}, "whole nodes"),
        ({"measurement_scope": "full stack incl. host, PUE"}, "a whole facility"),
        ({"measurement_scope": "by feel"}, "names neither accelerators nor a node"),
        ({"notes": "avg_power_w_per_gpu is NODE power / GPUs"}, "whole nodes"),
        ({"measurement_scope": "GPU only (nvidia-smi), all 8 GPUs of the node"}, "more accelerators than the 2"),
        ({"measurement_scope": GPU, "avg_power_w_total": "1600"}, "more accelerators than the 2"),
        ({"measurement_scope": GPU, "avg_power_w_total": "400"}, "is less than 2 accelerators of 400 W draw"),
    ],
)
def test_power_and_energy_of_something_else_are_not_compared(cells: dict[str, str], why: str) -> None:
    found, said = read(avg_power_w_per_gpu="400", joules_per_output_token="1", output_tokens_per_s="800", **cells)
    assert found["power_w_per_accelerator"] is None
    assert found["joules_per_output_token"] is None
    assert found["output_tps_per_accelerator"] == 400.0
    assert why in said
    assert "Power and energy are not compared." in said


def test_a_scope_without_power_needs_no_word() -> None:
    assert read(output_tokens_per_s="800", measurement_scope="wall")[1] == ""


def test_a_power_that_no_accelerator_has() -> None:
    found, why = read(avg_power_w_per_gpu="1900", output_tokens_per_s="800", measurement_scope=GPU)
    assert found["power_w_per_accelerator"] is None
    assert found["output_tps_per_accelerator"] == 400.0
    assert "its rating of 700 W" in why


def test_a_rate_that_no_machine_reaches() -> None:
    found, why = read(output_tokens_per_s="500000", avg_power_w_per_gpu="400", measurement_scope=GPU)
    assert found["output_tps_per_accelerator"] is None
    assert found["power_w_per_accelerator"] == 400.0
    assert "What depends on it is not compared." in why


def test_one_bad_cell_takes_its_quantity_alone() -> None:
    found, why = read(ttft_mean_s="soon", tpot_mean_s="0.02")
    assert (found["ttft_s"], found["tpot_s"]) == (None, 0.02)
    assert "ttft_mean_s 'soon' is not a number" in why
