"""What parameters leave open, as moves of numbers of cells, against the numbers themselves."""

from __future__ import annotations

import numpy as np
import pytest

from load_rows import rows
from load_tables import cases
from wattquery.kernels.load.elasticities import MOVED
from wattquery.kernels.load.numbers import FULL_CACHE_BYTES, STEPS_PER_TOKEN, WINDOW_CACHE_BYTES
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.deployments import LoadSettings, load_table, parameter_spread
from wattquery.throughput.load.deployments.parameter_spread import ParameterSpread
from wattquery.throughput.load.equations import LoadEquations
from wattquery.throughput.load.shipped_model import parameter_draws, shipped_parameters

PARAMETERS = shipped_parameters()
LAYOUT = PARAMETERS.layout


def draws():
    names, every = parameter_draws()
    return every[:, [names.index(name) for name in LAYOUT.names]]


def spread(table, **options):
    return ParameterSpread.of(PARAMETERS, draws(), table, Conditions.of(table), **options)


def instances(**columns):
    return rows(**{"batch": 1.0, "source_id": "", **columns})


def test_draws_move_numbers_as_far_as_they_are_apart():
    table = instances(architecture=["llama-3.1-70b", "gpt-oss-120b"])
    cells = LoadEquations(LAYOUT, Conditions.of(table)).cells
    found = spread(table).draws
    assert found.shape == (2, 80, len(MOVED))
    for draw in (0, 41):
        there, here = (cells.numbers(vector).of(slice(None)) for vector in (draws()[draw], PARAMETERS.vector))
        for move, number in enumerate(MOVED):
            if number not in (FULL_CACHE_BYTES,) and (here[number] > 0.0).all():
                expected = np.log(there[number] / here[number]) / np.sqrt(80)
                np.testing.assert_allclose(found[:, draw, move], expected, rtol=1e-9, atol=1e-12)


def test_caches_with_and_without_windows_move_as_one():
    table = instances(architecture="gpt-oss-120b")
    cells = LoadEquations(LAYOUT, Conditions.of(table)).cells
    there, here = (cells.numbers(vector).of(slice(None)) for vector in (draws()[3], PARAMETERS.vector))
    assert here[WINDOW_CACHE_BYTES, 0] > 0.0
    both = (there[FULL_CACHE_BYTES] + there[WINDOW_CACHE_BYTES]) / (here[FULL_CACHE_BYTES] + here[WINDOW_CACHE_BYTES])
    found = spread(table).draws[0, 3, MOVED.index(FULL_CACHE_BYTES)]
    assert found == pytest.approx(np.log(both[0]) / np.sqrt(80))


def test_a_stated_precision_of_the_cache_is_not_in_doubt():
    table = instances()
    found = spread(table, cache_known=True).draws[:, :, MOVED.index(FULL_CACHE_BYTES)]
    assert not found.any()
    assert spread(table).draws[:, :, MOVED.index(FULL_CACHE_BYTES)].any()


def test_many_instances_are_computed_as_few_are(monkeypatch):
    table = instances(architecture=["llama-3.1-70b", "gpt-oss-120b", "qwen3-8b"])
    few = spread(table)
    monkeypatch.setattr(parameter_spread, "_FEW", 0)
    many = spread(table)
    for name in ("draws", "hardware", "stack", "source", "speculation"):
        np.testing.assert_array_equal(getattr(few, name), getattr(many, name))


def test_labels_that_no_fit_saw_have_their_priors():
    table = instances(hardware=["H100 SXM", "A30", "H100 SXM"], serving=["vLLM", "vLLM", "Acme"])
    found = spread(table)
    assert [bool(one.any()) for one in found.hardware] == [False, True, False]
    assert [bool(one.any()) for one in found.stack] == [False, False, True]


def test_unknown_speculation_is_half_of_what_it_may_save():
    table = instances(speculation=["off", "unknown"])
    found = spread(table).speculation
    assert not found[0].any()
    expected = 0.5 * PARAMETERS.numbers()["tokens_per_step"]
    assert np.abs(found[1]).sum() == pytest.approx(expected)
    assert abs(found[1, 0, MOVED.index(STEPS_PER_TOKEN)]) == pytest.approx(expected)


def test_unknown_speculation_widens_a_table():
    one = {"models": ("llama-3.2-3b",), "hardware": ("H100 SXM",)}  # of which no row was measured, with or without
    sigmas = [load_table(cases(**one, settings=LoadSettings(speculation=word))).sigma for word in ("off", "unknown")]
    assert (sigmas[1] > sigmas[0] + 0.005).all()
