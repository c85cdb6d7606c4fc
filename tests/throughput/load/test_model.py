"""The model as it is used, on rows that ship: nothing leaks, points calibrate, what is unknown is wide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from load_rows import rows
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.fitting.output_errors import output_errors
from wattquery.throughput.load.model import APART_SDS, LoadModel
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.support import SUPPORTS, Seen, configuration

FEW = 250
"""Rows of an architecture: few are solved fast."""


@pytest.fixture(scope="module")
def some(used):
    """Return a sample of rows of architectures with few of them, with and without a latency, power and task."""
    names, place, counts = np.unique(used.architecture.astype(str), return_inverse=True, return_counts=True)
    few = np.flatnonzero((counts[place] < FEW) & ~used.disaggregated)
    chosen = np.random.default_rng(4).choice(few, 60, replace=False)
    assert len(names) > 20
    return used.take(np.sort(chosen))


@pytest.fixture(scope="module")
def blank(model):
    """Return the model that ships as if nothing had been measured, with its parameters."""
    nothing = np.array([], dtype=np.intp)
    posterior = model.process.condition(model.posterior.places.take(nothing), model.posterior.residuals[nothing])
    none = rows(concurrency=1.0).take(nothing)
    return replace(model, posterior=posterior, seen=Seen.of(none, Conditions.of(none)))


def same(one, other, rtol=1e-9):
    np.testing.assert_allclose(one.log_medians, other.log_medians, rtol=rtol, atol=rtol)
    np.testing.assert_allclose(one.log_sds, other.log_sds, rtol=1e-6)
    assert list(one.support) == list(other.support)


def measured_at(model, table, factor):
    """Return rows that measured the medians of the model times a factor."""
    found = model.predict(table)
    return replace(table, **{name: factor * np.exp(found.log_median(name)) for name in QUANTITIES[:4]})


def test_what_was_measured_on_a_row_plays_no_part(model, some):
    changed = replace(some, **{name: 7.0 * some.measured(name) + 3.0 for name in QUANTITIES})
    same(model.predict(some), model.predict(changed))
    without = replace(some, **{name: np.full(len(some), np.nan) for name in QUANTITIES})
    same(model.predict(some), model.predict(without))


def test_rows_do_not_depend_on_which_others_are_asked(model, some):
    together = model.predict(some)
    backwards = model.predict(some.take(np.arange(len(some))[::-1]))
    np.testing.assert_allclose(backwards.log_medians[::-1], together.log_medians, rtol=1e-9)
    for number in (0, 17, 59):
        alone = model.predict(some.take(np.array([number])))
        np.testing.assert_allclose(alone.log_medians[0], together.log_medians[number], rtol=1e-9)
        np.testing.assert_allclose(alone.log_sds[0], together.log_sds[number], rtol=1e-6)
        assert alone.support[0] == together.support[number]


def test_a_prediction_leaves_the_model_as_it_was(model, some):
    before = model.predict(some)
    model.predict(some, given=measured_at(model, some, 3.0))
    same(before, model.predict(some))


def test_energy_is_power_over_throughput(model, some):
    found = model.predict(some)
    ratio = found.log_median("power_w_per_accelerator") - found.log_median("output_tps_per_accelerator")
    np.testing.assert_allclose(found.log_median("joules_per_output_token"), ratio, atol=1e-9)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_quantiles_are_in_order(model, some, quantity):
    found = model.predict(some)
    table = np.array([found.quantile(quantity, p) for p in (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)])
    able = np.isfinite(found.log_median(quantity))
    assert able.any()
    assert (np.diff(table[:, able], axis=0) > 0).all()
    assert np.isnan(table[:, ~able]).all()


@pytest.mark.parametrize("factor", [0.8, 1.25])
@pytest.mark.parametrize(("closed", "speed"), [(True, "tpot_s"), (False, "output_tps_per_accelerator")])
def test_points_move_their_configuration_towards_them_and_narrow_it(blank, some, factor, closed, speed):
    """At a given batch the rate says how fast an instance is, and not the published time per token."""
    table = some.take(np.flatnonzero(~some.at_maximum_load & (np.isnan(some.batch) == closed))[:12])
    assert len(table)
    before = blank.predict(table)
    for number in range(len(table)):
        one = table.take(np.array([number]))
        after = blank.predict(one, given=measured_at(blank, one, factor))
        moved = (after.log_medians - before.log_medians[number])[0] / np.log(factor)
        for name in (speed, "power_w_per_accelerator"):
            place = QUANTITIES.index(name)
            assert 0.3 < moved[place] < 1.0, name
            assert after.log_sds[0, place] < before.log_sds[number, place]
        assert after.support[0] == "measured"
        assert before.support[number] == "extrapolated"


def test_more_points_bring_it_nearer(blank):
    table = rows(architecture="qwen3-32b", concurrency=[4.0, 8.0, 16.0])
    asked = table.take(np.array([1]))
    points = measured_at(blank, table, 1.3)
    moved = [
        float(blank.predict(asked, given=points.take(np.arange(count))).log_median("tpot_s")[0]) for count in range(4)
    ]
    assert (np.diff(moved) > 0).all()


def test_points_of_another_architecture_change_nothing(model, some):
    asked = some.take(some.architecture == some.architecture[0])
    others = some.take(some.architecture != some.architecture[0])
    assert len(others)
    same(model.predict(asked), model.predict(asked, given=measured_at(model, others, 1.4)))


def test_points_without_a_measured_quantity_change_nothing_not_even_the_support(model):
    asked = rows(architecture="qwen3-32b", concurrency=3.0, input_tokens=777.0)
    assert model.predict(asked).support[0] != "measured"
    same(model.predict(asked), model.predict(asked, given=asked))
    same(model.predict(asked), model.predict(asked, given=asked.take(np.array([], dtype=np.intp))))


def test_points_of_which_nothing_can_be_predicted_are_passed_over(model):
    asked = rows(architecture="qwen3-32b", concurrency=3.0)
    lost = rows(architecture="qwen3-32b", concurrency=3.0, hardware="abacus", tpot_s=0.02)
    same(model.predict(asked), model.predict(asked, given=lost))


def test_power_of_whole_nodes_calibrates_nothing(model):
    asked = rows(architecture="qwen3-32b", batch=8.0)
    node = replace(asked, power_w_per_accelerator=np.array([5000.0]), flags=np.array(["boundary:node"], dtype=object))
    same(model.predict(asked), model.predict(asked, given=node))


def test_prefill_on_accelerators_of_its_own_is_wider_and_calibrates_its_own_kind(model):
    plain = rows(architecture="qwen3-32b", concurrency=16.0, accelerators=8.0)
    apart = replace(plain, disaggregated=np.array([True]))
    points = measured_at(model, apart, 2.0)
    same(model.predict(plain), model.predict(plain, given=points))
    before, after = model.predict(apart), model.predict(apart, given=points)
    assert (after.log_medians[0, :2] > before.log_medians[0, :2] + 0.05).all()
    assert before.support[0] == after.support[0] == "extrapolated"
    assert (before.log_sds[0, [0, 1, 3]] > APART_SDS).all()
    assert (model.predict(plain).log_sds[0, [0, 1, 3]] < before.log_sds[0, [0, 1, 3]]).all()


@pytest.mark.parametrize(
    "columns",
    [
        {"serving": "mystery"},
        {"serving": ""},
        {"hardware": "L4"},
        {"input_tokens": None, "task": "poetry"},
        {"input_tokens": None},
        {"source_id": "nowhere"},
    ],
    ids=str,
)
def test_what_no_fit_saw_widens_by_what_the_parameters_do_not_know(blank, columns):
    table = rows(architecture="qwen3-32b", concurrency=16.0, **columns)
    known = rows(architecture="qwen3-32b", concurrency=16.0, source_id="inferencex")
    assert set(known.source_id) <= set(blank.parameters.layout.labels["source"])
    prior = blank.process.levels.sum(axis=0)
    wide, narrow = blank.predict(table), blank.predict(known)
    extra = output_errors(blank.parameters, Conditions.of(table))[0]
    for place, name in enumerate(("tpot_s", "ttft_s", "power_w_per_accelerator")):
        assert wide.log_sd(name)[0] == pytest.approx(np.sqrt(prior[place, place] + extra[place, place]))
    assert wide.log_sd("ttft_s")[0] > narrow.log_sd("ttft_s")[0]


def test_support(model, some):
    found = model.predict(some)
    assert set(found.support) == {"measured"}
    unmeasured = replace(some, input_tokens=np.full(len(some), 333.0))
    assert set(model.predict(unmeasured).support) == {"supported"}
    names = np.full(len(some), "unheard-of-2b", dtype=object)
    new = replace(some, architecture=names, total_params_b=np.full(len(some), 2.0))
    assert set(model.predict(new).support) == {"extrapolated"}


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"hardware": "abacus"}, "the accelerator is not known"),
        ({"concurrency": None}, "neither a batch nor a concurrency"),
        ({"architecture": "unheard-of"}, "the architecture is not known"),
        ({"precision": "FP3"}, "the precision is not known"),
        ({"accelerators": None}, "the number of accelerators"),
        ({"concurrency": 0.0}, "the load is not positive"),
        ({"input_tokens": -5.0}, "a length is not positive"),
    ],
)
def test_where_nothing_can_be_predicted_there_is_a_reason(model, columns, words):
    found = model.predict(rows(**{"concurrency": 8.0, "architecture": "qwen3-32b", **columns}))
    assert found.support[0] == SUPPORTS[-1] == "none"
    assert words in found.reason[0]
    assert np.isnan(found.log_medians).all()
    assert np.isnan(found.log_sds).all()
    assert np.isnan(found.quantile("tpot_s", 0.5)).all()


def test_rows_without_a_reason_are_predicted_beside_those_with_one(model):
    table = rows(architecture="qwen3-32b", hardware=["abacus", "H100 SXM"], concurrency=8.0)
    found = model.predict(table)
    assert list(found.reason) == ["the accelerator is not known", ""]
    np.testing.assert_allclose(found.log_medians[1], model.predict(table.take(np.array([1]))).log_medians[0], rtol=1e-9)


def test_no_rows_no_predictions(model):
    assert len(model.predict(rows(concurrency=8.0).take(np.array([], dtype=np.intp)))) == 0


def test_the_model_knows_the_rows_that_a_fit_uses(model, used):
    table = used.take(np.flatnonzero((used.architecture == "qwen3-32b") & ~used.disaggregated)[:20])
    low = replace(table, confidence=np.full(len(table), "low", dtype=object))
    known = LoadModel.of(model.parameters, model.process, model.calibration, table)
    unknown = LoadModel.of(model.parameters, model.process, model.calibration, low)
    assert set(known.predict(table).support) == {"measured"}
    assert set(unknown.predict(table).support) == {"extrapolated"}
    assert known.seen.configurations == set(configuration(table))
