"""Tables against the load model's own predictions, its coefficients of a query, and what must hold of any load."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import wattquery as wq
from load_deployments import CHAT, FIXED, cases
from wattquery.catalog.facts import Accelerator, architectures
from wattquery.kernels.load.points import RATES
from wattquery.throughput.load import Observations
from wattquery.throughput.load.attention_reach import AttentionReach
from wattquery.throughput.load.deployments import LengthCase, LoadCases, load_table
from wattquery.throughput.load.equations import LoadEquations
from wattquery.throughput.load.model import LoadModel
from wattquery.throughput.load.query_energy import OperatingPoint, query_coefficients
from wattquery.throughput.load.shipped_model import shipped

LOADS = (0.002, 0.1, 0.5, 1.0)
MODELS = "llama-3.1-70b deepseek-v3 gpt-oss-120b deepseek-v3.2 nemotron-3-nano-30b-a3b"
"""Dense; latent; with windows; sparse; hybrid."""


@pytest.fixture(scope="module")
def model() -> LoadModel:
    return shipped()


@pytest.fixture(scope="module")
def table():
    return load_table(
        cases(MODELS, "H100 SXM, B200", precision=("FP8", "FP4"), accelerators=(8,), loads=LOADS, lengths=(CHAT, FIXED))
    )


def rows_of(table, numbers) -> Observations:
    """Return the forms as rows with a mean batch, of the lengths `FIXED`."""
    pair, instances = table.forms.pair[numbers], table.points.rows
    rows = instances.take(table.points.instance[pair])
    count = len(rows)
    return dataclasses.replace(
        rows,
        batch=np.maximum(table.batch[numbers], 1.0),
        input_tokens=np.full(count, 1000.0),
        output_tokens=np.full(count, 500.0),
    )


def known(table, lengths=1):
    """Return the forms of `FIXED` of which something is known."""
    numbers = np.arange(len(table))
    return numbers[(numbers % 2 == lengths) & (table.reason == "")]


def at_rates(table, numbers, name):
    pair, load = table.forms.pair[numbers], table.forms.load[numbers]
    return table.points.rates[RATES.index(name), pair, load]


def test_without_residuals_it_is_what_the_equations_say(table, model):
    """Of fixed lengths. A window bends at the mean context there, and at every token here."""
    from wattquery.throughput.load.conditions import Conditions

    numbers = known(table)
    assert len(numbers) > 60
    rows = rows_of(table, numbers)
    rates = LoadEquations(model.parameters.layout, Conditions.of(rows)).rates(model.parameters.vector)
    bent = np.array([one in ("gpt-oss-120b", "deepseek-v3.2") for one in rows.architecture])
    busy = np.minimum(table.batch[numbers], 1.0)
    expected = np.exp(rates.output_tps_per_accelerator) * busy * rows.accelerators
    found = at_rates(table, numbers, "throughput")
    np.testing.assert_allclose(found[~bent], expected[~bent], rtol=1e-12)
    np.testing.assert_allclose(found[bent], expected[bent], rtol=0.02)
    full = (busy == 1.0) & ~bent
    power = at_rates(table, numbers, "power")[full]
    np.testing.assert_allclose(power, np.exp(rates.power_w_per_accelerator)[full], rtol=1e-12)
    means = FIXED.batch(AttentionReach())
    joules = table.points.units[:, table.forms.pair[numbers], table.forms.load[numbers]] * means.drivers[:, None]
    per_token = joules[:, full].sum(axis=0) / means.output_tokens
    np.testing.assert_allclose(per_token, np.exp(rates.joules_per_output_token)[full], rtol=1e-12)


def test_with_residuals_medians_are_those_of_the_model(table, model):
    """Throughput of the round and power; the residuals of a long grid of loads are interpolated."""
    numbers = known(table)
    rows = rows_of(table, numbers)
    predicted = model.predict(rows)
    busy = np.minimum(table.batch[numbers], 1.0)
    throughput = np.exp(predicted.log_median("output_tps_per_accelerator")) * rows.accelerators * busy
    plain = np.array([one in ("llama-3.1-70b", "deepseek-v3") for one in rows.architecture])
    np.testing.assert_allclose(table.throughput[numbers][plain], throughput[plain], rtol=0.01)
    full = plain & (busy == 1.0)
    power = np.exp(predicted.log_median("power_w_per_accelerator"))
    np.testing.assert_allclose(table.power[numbers][full], power[full], rtol=0.01)


@pytest.mark.parametrize("boundary", [0, 1])
def test_units_are_the_coefficients_of_a_query(table, boundary):
    """Before residuals, for every kind of attention and below one running sequence, too."""
    for number in known(table)[::5]:
        pair, load = table.forms.pair[number], table.forms.load[number]
        instance = table.points.instance[pair]
        cell, idle = table.points.numbers[:, instance], table.points.idle_watts[instance]
        reach = AttentionReach.of_cell(cell)
        point = OperatingPoint.of_cell(cell, FIXED.batch(reach), table.batch[number], idle_watts=idle)
        expected = query_coefficients(point, FIXED.batch(reach), boundary=("accelerator", "node")[boundary])
        units = table.points.units[:, pair, load]
        if boundary:
            units = 1.05 * units + 250.0 * table.points.seconds[:, pair, load]
        found = (
            *(expected.per_request, expected.per_output_token, expected.per_context_read),
            *(expected.per_input_token, expected.per_attention_pair),
        )
        np.testing.assert_allclose(units, found, rtol=1e-9)


def test_the_books_close(table):
    """Queries per second times their mean energy is the power of the instance, before residuals."""
    for lengths in (0, 1):
        numbers = known(table, lengths)
        pair, load = table.forms.pair[numbers], table.forms.load[numbers]
        drivers = table.points.drivers[:, pair]
        joules = (table.points.units[:, pair, load] * drivers).sum(axis=0)
        watts = at_rates(table, numbers, "power") * table.accelerators[numbers]
        requests = at_rates(table, numbers, "throughput") / drivers[1]
        np.testing.assert_allclose(joules * requests, watts, rtol=1e-12)


def test_what_must_rise_and_fall(table):
    """More running sequences: more tokens, each slower, for less energy. Power may fall: the host is waited for."""
    shape = (5, 2, 2, len(LOADS), 2)
    fine = table.reason.reshape(shape) == ""

    def steps(values):
        return np.diff(values.reshape(shape), axis=3)[fine[:, :, :, 1:]]

    forms = np.flatnonzero(table.reason == "")
    for name in ("throughput", "time_per_output_token", "time_to_first_token"):
        values = np.full(len(table), np.nan)
        values[forms] = at_rates(table, forms, name)
        assert (steps(values) >= -1e-12 * np.nanmax(values)).all(), name
    energy = np.full(len(table), np.nan)
    pair, load = table.forms.pair[forms], table.forms.load[forms]
    energy[forms] = (table.points.units[:, pair, load] * table.points.drivers[:, pair]).sum(axis=0)
    assert (steps(energy) < 0.0).all()


def test_idle_time_is_in_power_and_in_the_energy_of_a_request(table):
    """At 0.2 % of 256 places an instance is busy half of the time."""
    numbers = known(table)
    below = numbers[table.batch[numbers] < 1.0]
    assert len(below)
    assert (table.units[:, 0, below] > 0.0).all()
    above = numbers[table.batch[numbers] >= 1.0]
    assert (table.units[:, 0, above] == 0.0).all()
    idle = table.points.idle_watts[table.points.instance[table.forms.pair[below]]]
    assert (at_rates(table, below, "power") > idle).all()


def test_prefill_share(table):
    numbers = known(table)
    own = table.points.own_drivers[:, table.forms.pair[numbers]]
    parts = table.units[:, :, numbers] * own
    np.testing.assert_allclose(
        table.prefill_share[:, numbers], parts[:, 3:].sum(axis=1) / parts.sum(axis=1), rtol=1e-12
    )


def test_a_query_in_a_batch_of_others():
    """Another query leaves the batch as it is, and takes its own part of each driver."""
    chat = wq.workloads.load("azure_conversation")
    alone = load_table(cases(lengths=(LengthCase.of(chat),)))
    other = load_table(
        cases(
            lengths=(
                LengthCase.of(output_tokens=wq.Fixed(10), input_tokens=wq.Fixed(9)),
                LengthCase.of(output_tokens=wq.Fixed(10), input_tokens=wq.Fixed(9), batch=[(1.0, chat)]),
            )
        )
    )
    for name in ("batch", "most_sequences", "throughput", "power", "time_per_output_token"):
        assert getattr(other, name)[1] == pytest.approx(getattr(alone, name)[0], rel=1e-12)
    np.testing.assert_allclose(other.points.units[:, 1], alone.points.units[:, 0], rtol=1e-14)
    assert other.power[0] != other.power[1]
    assert other.time_to_first_token[1] < alone.time_to_first_token[0]
    assert other.prefill_share[0, 1] != alone.prefill_share[0, 0]


def test_concurrency_is_a_number_of_running_sequences():
    table = load_table(cases(loads=(0.5, 4.0, 500.0), is_concurrency=True))
    assert table.batch[:2].tolist() == [0.5, 4.0]
    assert table.reason[2] == "500 sequences are asked for, and 256 of these lengths run at once"
    assert np.isnan(table.units[:, :, 2]).all()
    assert table.support[2] == "none"
    close = load_table(cases(loads=(256.0001,), is_concurrency=True))
    assert close.reason[0] == "256.0001 sequences are asked for, and 256 of these lengths run at once"
    assert not table.points.by_memory.any()


def test_more_accelerators_of_an_instance_than_of_a_node_pay_for_each():
    """The watts of a node go for each accelerator of an instance, however many its node has."""
    table = load_table(cases(accelerators=(2, 16), loads=(1.0,)))
    found = table.points.seconds * table.points.drivers[:, :, None]
    requests = table.points.rates[RATES.index("throughput")] / table.points.drivers[1][:, None]
    np.testing.assert_allclose(requests * found.sum(axis=0), [[2.0], [16.0]], rtol=1e-12)


def test_nothing_known_of_any_form():
    table = load_table(cases("llama-3.1-405b", accelerators=(1,), loads=LOADS))
    assert len(table) == len(LOADS)
    assert set(table.support) == {"none"}
    assert np.isnan(table.reach_of(np.arange(4))).all()
    assert table.effects(0, 0) == ()
    assert (table.support_basis == table.reason).all()


def test_reach_is_that_of_the_cell(table):
    for number in known(table)[::7]:
        instance = table.points.instance[table.forms.pair[number]]
        expected = AttentionReach.of_cell(table.points.numbers[:, instance]).numbers
        np.testing.assert_allclose(table.reach_of(int(number)), expected, rtol=1e-10)
    assert table.reach_of(np.arange(len(table))).shape == (len(table), 9)


def test_models_and_accelerators_of_a_users_own():
    """The numbers of a known one under another name give what the known one gives, but for what was fitted to it."""
    facts = dataclasses.replace(architectures()["llama-3.1-70b"], architecture="own:mine", model="mine")
    abacus = Accelerator(
        "Abacus", memory_gb=80.0, bandwidth_tbps=3.35, fp16_tflops=989.0, fp8_tflops=1979.0, tdp_w=700.0
    )
    axes = {"serving": ("vLLM",), "precision": ("FP8",), "accelerators": (4,), "loads": (0.5,), "lengths": (FIXED,)}
    table = load_table(LoadCases(models=(facts,), hardware=(abacus,), **axes))
    twin = load_table(cases())
    assert table.most_sequences[0] == twin.most_sequences[0]
    assert table.support[0] == "extrapolated"
    assert "no row of this model" in table.support_basis[0]
    assert table.throughput[0] == pytest.approx(twin.throughput[0], rel=0.7)
    assert table.sigma[0, 0] > twin.sigma[0, 0]
