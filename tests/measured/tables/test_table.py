"""All rows of a table: which can be used, and why others cannot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wattquery.measured.tables import measured_table
from wattquery.throughput.load import QUANTITIES, Observations, shipped_observations

RAW = Path(__file__).parents[3] / "data" / "raw"
TABLES = ("measured_energy", "measured_energy_2", "serving_points")
ROW = {"model": "Qwen/Qwen3-8B", "hardware": "H100", "precision": "bf16", "n_gpus": 1, "batch_size_avg": 8.0}

needs_raw = pytest.mark.skipif(not RAW.is_dir(), reason="an installed package has no raw tables")


def test_rows_that_cannot_be_used_keep_their_place() -> None:
    rows = [{**ROW, "row_id": "a"}, {**ROW, "row_id": "b", "hardware": "TPU v9"}, {**ROW, "row_id": "c", "n_gpus": 2}]
    read = measured_table(pd.DataFrame(rows))
    assert read.row_ids == ("a", "b", "c")
    assert read.places.tolist() == [0, 2]
    assert list(read.observations.row_id) == ["a", "c"]
    assert [bool(reason) for reason in read.reasons] == [False, True, False]


def test_rows_without_an_id_are_numbered() -> None:
    rows = [ROW, {**ROW, "n_gpus": 2, "row_id": "mine"}, {**ROW, "n_gpus": 4}]
    assert measured_table(pd.DataFrame(rows)).row_ids == ("row 1", "mine", "row 3")


def test_a_row_that_stands_twice_counts_once() -> None:
    rows = [{**ROW, "row_id": "a"}, {**ROW, "row_id": "a"}, {**ROW, "row_id": "a", "batch_size_avg": 16.0}]
    read = measured_table(pd.DataFrame(rows))
    assert read.places.tolist() == [0, 2]
    assert "as 'a': it counts once" in read.reasons[1]


def test_a_table_of_useless_rows_is_a_table() -> None:
    read = measured_table(pd.DataFrame([{**ROW, "n_gpus": "many"}]))
    assert len(read) == 1
    assert len(read.observations) == 0


def test_tables_may_be_mixed() -> None:
    energy = {**ROW, "avg_power_w_per_gpu": 400.0, "output_tokens_per_s": 100.0}
    serving = {
        "model": "qwen3-8b",
        "hardware": "H100 SXM",
        "precision": "bf16",
        "n_accelerators": 1,
        "batch_or_concurrency": 8,
        "ttft_mean_s": 0.5,
        "output_tps_per_accel_derived": 90.0,
    }
    read = measured_table(pd.DataFrame([energy, serving])).observations
    assert read.output_tps_per_accelerator.tolist() == [100.0, 90.0]
    assert read.accelerators.tolist() == [1.0, 1.0]
    np.testing.assert_array_equal(read.batch, [8.0, np.nan])
    np.testing.assert_array_equal(read.concurrency, [np.nan, 8.0])


@needs_raw
@pytest.mark.parametrize("name", TABLES)
def test_no_sane_row_of_the_raw_tables_is_refused(name: str) -> None:
    read = measured_table(RAW / f"{name}.csv")
    refused = sorted(set(range(len(read))) - set(read.places.tolist()))
    assert {read.reasons[i].partition(" is not known")[0] for i in refused} <= {"hardware 'TPU (fleet)'"}
    assert read.notes == ()
    known = (
        "median_itl_ms is a median",
        "They were measured of whole nodes",
        "The total power counts more accelerators",
        "The number of accelerators is not known",
    )
    assert all(reason.startswith(known) for i, reason in enumerate(read.reasons) if reason and i not in refused)


@needs_raw
def test_rows_of_a_user_are_those_that_ship() -> None:
    """What the catalog's build makes of the raw tables, and what is read of them here, is the same."""
    shipped = shipped_observations()
    read = Observations.joined(measured_table(RAW / f"{name}.csv").observations for name in TABLES)
    places = {row_id: i for i, row_id in enumerate(shipped.row_id)}
    both = [i for i, row_id in enumerate(read.row_id) if row_id in places]
    assert len(both) > 3500
    own, theirs = read.take(np.array(both)), shipped.take(np.array([places[read.row_id[i]] for i in both]))
    labels = ("architecture", "hardware", "serving", "version", "precision", "source_id", "confidence", "task")
    for name in labels:
        assert list(getattr(own, name)) == list(getattr(theirs, name)), name
    for name in (
        "accelerators",
        "nodes",
        "tp",
        "ep",
        "dp",
        "pp",
        "batch",
        "concurrency",
        "input_tokens",
        "output_tokens",
        "tpot_s",
        "ttft_s",
        "date",
    ):
        np.testing.assert_allclose(getattr(own, name), getattr(theirs, name), rtol=1e-5, err_msg=name)
    for quantity in QUANTITIES:
        compared = np.isfinite(own.measured(quantity))
        np.testing.assert_allclose(own.measured(quantity)[compared], theirs.measured(quantity)[compared], rtol=1e-4)
