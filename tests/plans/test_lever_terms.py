"""Levers by load in plans: each cell has the lever at its own running sequences, in every method and analysis."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery.plans.load_build import lower_under_load
from wattquery.plans.terms import value_term
from wattquery.plans.variants import changed, without
from wattquery.specs.converters import LeverSet
from wattquery.sweeps.study import study

CURVE = wq.Lever("draft", by_concurrency={4: wq.LogNormal(1.3, 2.2), 64: wq.LogNormal(1.0, 1.4)}, kind="other")
PLAIN = wq.Lever("plain", wq.LogNormal(1.2, 1.9), kind="other")
SAME = wq.Lever("plain", by_concurrency={4: PLAIN.factor, 64: PLAIN.factor}, kind="other")
BENT = wq.Lever("bent", wq.Uniform(1.1, 1.5), kind="other")
INSTANCE = {"hardware": "H100 SXM", "precision": "FP8", "concurrency": [1, 16, 100]}
GRID = {**INSTANCE, "output_tokens": 300, "input_tokens": 500}
LEVERS = {"none": "none", "curve": CURVE, "both": [CURVE, PLAIN], "bent": [BENT, CURVE]}


def plan_of(levers):
    asked = study("Llama 3.1 70B", **GRID, levers=levers)
    found = lower_under_load(asked.grid, asked.load, asked.catalog, seed=0, common_random_numbers=True)
    return found.plan, found.under_load[1].batch


@pytest.fixture(scope="module")
def plan():
    return plan_of(LEVERS)


def test_each_deployment_has_the_terms_of_its_load(plan) -> None:
    plan, batch = plan
    table = plan.terms["levers"]
    assert len(table) == batch.size * len(LEVERS)
    for number, term in enumerate(table):
        running = batch[number // len(LEVERS)]
        levers = [[], [CURVE], [CURVE, PLAIN], [BENT, CURVE]][number % len(LEVERS)]
        known = value_term("levers", LeverSet(tuple(one.at(running) for one in levers)))
        assert (term.mean, term.variance) == pytest.approx((known.mean, known.variance), abs=1e-14)
        assert [one.name for one in term.factors] == [one.name for one in known.factors]
        assert (table.moments[0][number], table.moments[1][number]) == (term.mean, term.variance)
    assert table[2:4] == [table[2], table[3]]
    with pytest.raises(IndexError):
        table[len(table)]


def test_cells_and_arrays_say_the_same(plan) -> None:
    plan, _ = plan
    places = plan.places(plan.cells)
    means, sigmas = plan.factors(places)
    for number, mean, sigma in zip(plan.cells.tolist(), means, sigmas, strict=True):
        cell = plan.cell(number)
        assert (cell.log_factors, cell.sigma) == (mean, sigma)
        at_medians = sum(one.sign * np.log(float(one.distribution.ppf(0.5))) for one in cell.factors)
        uniform = -sum(np.log(float(column.distribution.ppf(0.5))) for column, _ in cell.extras)
        assert cell.constant + at_medians == pytest.approx(cell.log_factors + uniform, abs=1e-12)


def test_a_factor_by_load_is_taken_out_and_changed_by_its_name(plan) -> None:
    plan, _ = plan
    taken = without(plan, ["lever:draft"])
    numbers = plan.cells.reshape(-1, len(LEVERS))
    for row in numbers.tolist():
        assert taken.cell(row[1]).log_factors == pytest.approx(plan.cell(row[0]).log_factors, abs=1e-14)
        doubled = changed(plan, "lever:draft", lambda one: wq.LogNormal(2 * one.p5, 2 * one.p95))
        assert doubled.cell(row[1]).log_factors == pytest.approx(plan.cell(row[1]).log_factors - np.log(2), abs=1e-12)


def test_a_constant_curve_is_the_plain_lever_bit_by_bit() -> None:
    swept = [wq.sweep("Llama 3.1 70B", **GRID, levers=one, draws=4096, keep_histogram=True) for one in (PLAIN, SAME)]
    exact = [wq.sweep("Llama 3.1 70B", **GRID, levers=one, method="exact") for one in (PLAIN, SAME)]
    for plain, same in (swept, exact):
        for name in plain.data_vars:
            np.testing.assert_array_equal(plain[name].values, same[name].values, err_msg=str(name))


def test_means_are_those_of_a_simulation_and_methods_agree() -> None:
    """E[E/M] = E[E] E[1/M], with M drawn in NumPy at the running sequences of each cell."""
    levers = {"none": "none", "curve": CURVE}
    exact = wq.sweep("Llama 3.1 70B", **GRID, levers=levers, method="exact")
    ratio = (exact["energy_mean"].sel(levers="curve") / exact["energy_mean"].sel(levers="none")).values
    score = np.random.default_rng(5).standard_normal(400_000)
    score = np.concatenate([score, -score])
    running = exact["running_sequences"].values
    weight = np.clip(np.log(running / 4) / np.log(16), 0, 1)
    p5, p95 = 1.3 ** (1 - weight), 2.2 ** (1 - weight) * 1.4**weight
    for found, low, high in zip(ratio, p5, p95, strict=True):
        simulated = 1 / (np.sqrt(low * high) * np.exp(score * np.log(high / low) / 3.29))
        assert found == pytest.approx(simulated.mean(), abs=4 * simulated.std() / np.sqrt(score.size))
    assert ratio[0] < ratio[1] < ratio[2]
    drawn = wq.sweep("Llama 3.1 70B", **GRID, levers=levers, method="quasi_monte_carlo", draws=2**14)
    np.testing.assert_allclose(drawn["energy"], exact["energy"], rtol=2e-3)
