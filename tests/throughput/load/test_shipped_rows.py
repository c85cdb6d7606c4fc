"""Measured rows that ship as operating points, held against the tables by another reader."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wattquery import catalog
from wattquery.catalog.tables import frame_of
from wattquery.throughput.load import Observations, shipped_observations


@pytest.fixture(scope="module")
def rows() -> Observations:
    return shipped_observations()


def of(rows: Observations, source: str) -> Observations:
    return rows.take(rows.source_id == source)


def test_each_run_counts_once_and_none_is_lost(rows: Observations) -> None:
    performance, energy = frame_of("performance"), frame_of("energy")
    twins = energy.merge(performance, on=["architecture", "hardware", "output_tps"], suffixes=("", "_twin"))
    expected = {*energy["row_id"], *performance["row_id"]} - {*twins["row_id_twin"]}
    assert len(twins) > 800
    assert set(rows.row_id) == expected
    assert len(rows) == len(expected)


def test_energy_rows_have_what_their_table_says(rows: Observations) -> None:
    energy = frame_of("energy").set_index("row_id")
    kept = rows.take(np.isin(rows.row_id, energy.index))
    table = energy.loc[kept.row_id]
    np.testing.assert_array_equal(kept.power_w_per_accelerator, table["power_w_per_accelerator"])
    np.testing.assert_array_equal(kept.joules_per_output_token, table["joules_per_output_token"])
    np.testing.assert_array_equal(kept.batch, table["batch"])
    np.testing.assert_allclose(
        kept.output_tps_per_accelerator, (table["output_tps"] / table["accelerators"]).astype(float)
    )


def test_only_the_time_of_2024_is_a_mean(rows: Observations) -> None:
    assert np.isfinite(of(rows, "ml-energy-v2").tpot_s).all()
    assert np.isnan(of(rows, "ml-energy-v3").tpot_s).all()


def test_a_mean_batch_is_no_concurrency(rows: Observations) -> None:
    for source in ("ml-energy-v2", "ml-energy-v3"):
        found = of(rows, source)
        assert np.isfinite(found.batch).all()
        assert np.isnan(found.concurrency).all()
    clients = of(rows, "inferencex-app-runs")
    assert np.isnan(clients.batch).all()
    assert (clients.concurrency >= 1).all()


def test_energy_rows_take_from_their_twin_what_they_lack(rows: Observations) -> None:
    found = of(rows, "inferencex")
    energy = found.take(np.isfinite(found.power_w_per_accelerator))
    assert len(energy) == 13
    assert np.isfinite(energy.input_tokens).all()
    assert set(of(rows, "ml-energy-v3").speculation) == {"off"}


def test_only_queued_rows_are_at_maximum_load(rows: Observations) -> None:
    assert of(rows, "tensorrt-llm-1.0").at_maximum_load.all()
    assert not of(rows, "inferencex-dumps").at_maximum_load.any()
    wall = of(rows, "mlperf-5.1")
    wall = wall.take(np.isfinite(wall.power_w_per_accelerator))
    assert wall.at_maximum_load.any()
    assert not wall.at_maximum_load.all()


def test_power_at_the_wall_is_flagged(rows: Observations) -> None:
    energy = frame_of("energy")
    wall = {row for row, flags in zip(rows.row_id, rows.flags, strict=True) if "boundary:node" in flags.split("|")}
    assert wall == set(energy["row_id"][energy["boundary"] == "node"])


def test_labels_are_those_of_the_catalog(rows: Observations) -> None:
    assert set(rows.architecture) <= set(catalog.architectures()["architecture"])
    assert set(rows.hardware) <= set(catalog.accelerators()["hardware"])
    assert set(rows.speculation) == {"on", "off", "unknown"}


def test_dates_are_decimal_years(rows: Observations) -> None:
    table = pd.concat([frame_of(name)[["row_id", "date"]] for name in ("performance", "energy")]).set_index("row_id")
    written = table.loc[rows.row_id, "date"]
    assert ((written != "") == np.isfinite(rows.date)).all()
    known = np.isfinite(rows.date)
    assert (np.floor(rows.date[known]) == written[known].str[:4].astype(float)).all()
