"""A user's measured points as rows of the instances that a grid asks for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from own_points import POINT, points_of
from wattquery.throughput.load import shipped, shipped_observations
from wattquery.throughput.load.deployments.own_rows import MOST_POINTS, is_yours, own_rows


def rows_of(*points, **settings):
    return own_rows(points_of(*points), shipped(), **settings)


@pytest.mark.parametrize(
    ("told", "asked", "counted"), [(None, "off", "off"), ("unknown", "on", "on"), ("on", "off", "on")]
)
def test_what_a_point_does_not_tell_of_speculation_is_what_is_asked_for(told, asked, counted):
    assert rows_of({**POINT, "speculation": told}, speculation=asked).rows.speculation[0] == counted


def test_builds_no_newer_than_the_label_of_a_grid():
    found = rows_of(POINT, {**POINT, "date": 2030.0}, {**POINT, "date": 2025.5})
    newest = float(np.nanmax(found.rows.date))
    assert sorted(found.rows.date.tolist()) == [2025.5, newest, newest]
    assert 2026.0 < newest < 2027.0
    old = rows_of({**POINT, "version": "0.11.0", "date": None})
    assert old.rows.date[0] < newest


def test_replicas_are_instances_of_their_own():
    found = rows_of({**POINT, "accelerators": 4, "tp": 2, "dp": 2, "concurrency": 128}).rows
    assert (found.accelerators[0], found.concurrency[0]) == (2.0, 64.0)
    assert found.output_tps_per_accelerator[0] == POINT["output_tps_per_accelerator"]


def test_sixteen_bits_are_one_precision_and_sources_are_named():
    found = rows_of({**POINT, "precision": "FP16"}, name="mine.csv").rows
    assert found.precision[0] == rows_of(POINT).rows.precision[0]
    assert found.source_id[0] == "your measurements (mine.csv)"
    assert is_yours(found.source_id[0])
    assert not is_yours("inferencex")


def test_points_that_calibrate_nothing_are_named_with_the_reason():
    found = rows_of(
        {**POINT, "row_id": "good"},
        {**POINT, "row_id": "pools", "disaggregated": True},
        {**POINT, "row_id": "idle", "concurrency": None},
        {**POINT, "row_id": "wall", "output_tps_per_accelerator": None, "power_w_per_accelerator": 900.0,
         "flags": "boundary:node"},
    )  # fmt: skip
    assert found.rows.row_id.tolist() == ["good"]
    said = dict(found.passed_over)
    assert said["pools"] == "prefill has accelerators of its own"
    assert said["idle"] == "neither a batch nor a concurrency is stated"
    assert "of the accelerators alone" in said["wall"]


def test_points_that_ship_count_once():
    shipped_rows = shipped_observations()
    some = np.flatnonzero(~shipped_rows.disaggregated & np.isfinite(shipped_rows.tpot_s) & (shipped_rows.tp == 4))[:1]
    row = shipped_rows.take(some)
    again = replace(row, tpot_s=1.0004 * row.tpot_s, row_id=np.array(["again"], dtype=object))
    found = own_rows(again, shipped())
    assert found.passed_over == (("again", "it ships with the package, and counts once"),)
    assert len(found) == 0
    other = replace(row, tpot_s=1.1 * row.tpot_s)
    assert len(own_rows(other, shipped())) == 1
    elsewhere = replace(row, concurrency=2.0 * row.concurrency)
    assert len(own_rows(elsewhere, shipped())) == 0  # the same numbers to the digit
    assert len(own_rows(replace(elsewhere, tpot_s=again.tpot_s), shipped())) == 1


def test_the_order_of_points_changes_nothing():
    many = [{**POINT, "concurrency": one} for one in (4, 64, 16)]
    there, back = (rows_of(*order).rows.concurrency.tolist() for order in (many, many[::-1]))
    assert there == back


def test_of_very_many_points_all_instances_keep_some():
    many = [{**POINT, "concurrency": 1 + one / 100, "row_id": f"{one}"} for one in range(MOST_POINTS + 20)]
    few = [{**POINT, "accelerators": 4, "concurrency": one, "row_id": f"four {one}"} for one in (1, 2, 4)]
    found = rows_of(*many, *few)
    assert len(found) == MOST_POINTS
    assert {"four 1", "four 2", "four 4"} <= set(found.rows.row_id)
    assert len(found.passed_over) == 23
    assert set(found.rows.row_id) == set(rows_of(*few, *many[::-1]).rows.row_id)
