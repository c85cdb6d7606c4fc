"""What a table stands on: the model that ships, or the same with a user's measured points."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import wattquery as wq
from load_deployments import cases
from own_points import POINT, measured, points_of
from wattquery.throughput.load import shipped
from wattquery.throughput.load.deployments import LengthCase, load_table
from wattquery.throughput.load.deployments.standing import standing_of

LENGTHS = LengthCase.of(output_tokens=wq.Fixed(300), input_tokens=wq.Fixed(1000))
AXES = {
    "models": "gemma-3-27b qwen3-14b",
    "precision": ("BF16",),
    "accelerators": (2, 4),
    "lengths": (LENGTHS,),
    "loads": (0.25, 1.0),
}
MINE, TWICE, OTHERS = slice(0, 2), slice(2, 4), slice(4, None)
"""Forms of the instance that was measured, of one with twice its accelerators, and of another model."""


@pytest.fixture(scope="module")
def before():
    return load_table(cases(**AXES))


@pytest.fixture(scope="module")
def after():
    return load_table(cases(**AXES, measured=measured(POINT), measured_as="mine.csv"))


def test_a_slow_point_makes_its_instance_slower_and_surer(before, after):
    assert (after.throughput[MINE] < 0.8 * before.throughput[MINE]).all()
    assert (after.sigma[:, MINE] < 0.8 * before.sigma[:, MINE]).all()
    assert (after.units[:, :, MINE].sum(axis=1) > before.units[:, :, MINE].sum(axis=1)).all()
    assert (after.log_sds["time_per_output_token"][MINE] < before.log_sds["time_per_output_token"][MINE]).all()


def test_neighbours_move_as_far_as_they_have_something_in_common(before, after):
    there, mine = (np.log(after.throughput[one] / before.throughput[one]) for one in (TWICE, MINE))
    assert (mine < there).all()
    assert (there < -0.02).all()
    for name in ("throughput", "sigma", "units", "power"):
        one, other = getattr(before, name), getattr(after, name)
        assert np.array_equal(one[..., OTHERS], other[..., OTHERS], equal_nan=True), name


def test_support_counts_the_points_and_names_their_source(before, after):
    assert before.support[0] != "measured"
    assert after.support[MINE].tolist() == ["measured"] * 2
    assert after.support_rows[0] == 1
    assert after.support_basis[0].endswith("2 x H100 SXM, vLLM, BF16: your measurements (mine.csv)")
    assert after.support_rows[2] == before.support_rows[2] + 1


def test_effects_are_those_of_what_is_left(before, after):
    for table in (before, after):
        total = sum(one.sigma**2 for one in table.effects(0, 1))
        assert total == pytest.approx(table.sigma[1, 0] ** 2)
    names = [{one.name: abs(one.sigma) for one in table.effects(0, 0)} for table in (before, after)]
    assert names[1]["load_model:configuration"] < 0.7 * names[0]["load_model:configuration"]


@pytest.mark.parametrize(("count", "name"), [(1, "measured: one point"), (2, "measured: two points"), (3, "measured")])
def test_intervals_of_few_points_are_of_a_class_of_their_own(count, name):
    points = [{**POINT, "concurrency": 4.0**one} for one in range(1, count + 1)]
    table = load_table(cases(**{**AXES, "accelerators": (2,)}, measured=measured(*points)))
    assert table.points.interval_class[0] == name


def test_few_points_are_never_surer_than_many_nor_less_sure_than_none():
    calibration = shipped().calibration
    for quantity in ("joules_per_output_token", "output_tps_per_accelerator", "power_w_per_accelerator", "ttft_s"):
        many, two, one, none = (
            calibration.outer(support, quantity)
            for support in ("measured", "measured: two points", "measured: one point", "supported")
        )
        assert many < min(one, two)
        assert max(one, two) < none


def test_what_is_known_of_one_calibration_is_no_others(before, after):
    again = load_table(cases(**AXES))
    for name in ("throughput", "sigma", "units", "shift", "power"):
        assert np.array_equal(getattr(before, name), getattr(again, name), equal_nan=True)
    faster = load_table(cases(**AXES, measured=measured({**POINT, "output_tps_per_accelerator": 1800.0})))
    assert faster.throughput[0] > before.throughput[0] > after.throughput[0]
    known = standing_of(measured(POINT), "off", "mine.csv")
    assert known is standing_of(measured(POINT), "off", "mine.csv")
    assert known is not standing_of(measured(POINT), "on", "mine.csv")
    assert known is not standing_of(measured({**POINT, "row_id": "another"}), "off", "mine.csv")
    assert standing_of(None).model is shipped()


def test_a_table_travels_to_workers(after):
    there = pickle.loads(pickle.dumps(after))
    assert np.array_equal(there.units, after.units, equal_nan=True)


def test_power_moves_with_power_and_energy_with_time(before):
    power = {**POINT, "output_tps_per_accelerator": None, "power_w_per_accelerator": 400.0}
    table = load_table(cases(**AXES, measured=measured(power)))
    assert (table.power[MINE] < 0.85 * before.power[MINE]).all()
    both = load_table(cases(**AXES, measured=measured({**POINT, "power_w_per_accelerator": 650.0})))
    joules = both.power / both.throughput
    assert joules[1] == pytest.approx(650.0 / (2 * 750.0), rel=0.35)
    assert both.sigma[0, 0] < table.sigma[0, 0]


def test_idle_watts_are_those_that_were_measured(before):
    idle = {"H100 SXM": (90.0, 0.02)}
    low = {**AXES, "loads": (0.01,), "is_concurrency": True}
    table, shipped_one = (load_table(cases(**low, measured=one)) for one in (measured(idle_watts=idle), None))
    assert table.points.idle_watts.tolist() == [90.0] * len(table.points.idle_watts)
    assert set(table.points.idle_relative_sd.tolist()) == {0.02}
    assert table.power[0] == pytest.approx(90.0, rel=0.1)
    assert table.power[0] < 0.8 * shipped_one.power[0]
    assert any("Idle accelerators draw what you measured: H100 SXM 90 W" in one for one in table.notes)


def test_a_table_moves_as_the_rows_do_that_were_validated():
    """What the folds count of `LoadModel.predict` holds of grids: the same residuals, and widths of the same class."""
    given = measured({**POINT, "power_w_per_accelerator": 560.0})
    batches = (8.0, 40.0, 150.0)
    axes = {**AXES, "models": "gemma-3-27b", "accelerators": (2,), "loads": batches, "is_concurrency": True}
    tables = [load_table(cases(**axes, measured=one)) for one in (None, given)]
    own = standing_of(given).own.rows
    there = {**POINT, "concurrency": None, "speculation": "off", "version": "0.22.0", "date": own.date[0]}
    rows = points_of(*({**there, "batch": one} for one in batches))
    predicted = [shipped().predict(rows), shipped().predict(rows, given=own)]
    assert predicted[1].interval_class.tolist() == ["measured: one point"] * 3
    for quantity, name in (("output_tps_per_accelerator", "throughput"), ("power_w_per_accelerator", "power")):
        moved = np.exp(predicted[1].log_median(quantity) - predicted[0].log_median(quantity))
        assert getattr(tables[1], name) / getattr(tables[0], name) == pytest.approx(moved, rel=1e-4)
        width = predicted[1].log_sd(quantity) * shipped().calibration.outer("measured: one point", quantity)
        assert tables[1].log_sds[name] == pytest.approx(width, rel=0.05)
