"""Plans in which a factor is another one: the same as the plan of the changed study, built anew."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import wattquery as wq
from small_plans import lowered
from wattquery.plans.columns import Column
from wattquery.plans.variants import alone, changed, scaled_length, with_lengths, with_models, without
from wattquery.quantities import AXES
from wattquery.specs import Fixed

NARROW = wq.LogNormal(p5=1.1, p95=1.3)
RANDOM = {
    "output_tokens": [wq.Exponential(median=300), 450],
    "input_tokens": [wq.LogNormal(p5=200, p95=900), 500],
    "power_utilization": [wq.LogNormal(p5=0.4, p95=0.9), 0.7, wq.ThroughputProportional(0.24, 0.56)],
    "pue": [wq.LogNormal(p5=1.05, p95=1.6), 1.2],
    "node_power": [wq.Uniform(9, 12), 10.2],
    "levers": ["none", wq.Lever("one", NARROW), [wq.Lever("one", NARROW), wq.Lever("two", wq.Uniform(1.5, 2.5))]],
    "boundary": [
        "facility",
        wq.Boundary("node", steps=[wq.Step("idle", wq.Uniform(1.0, 1.2)), wq.Step("net", NARROW)]),
    ],
}


def same(ours, other) -> None:
    """Check that two plans say the same of every cell."""
    assert ours.cells.tolist() == other.cells.tolist()
    for number in ours.cells.tolist():
        cell, expected = ours.cell(number), other.cell(number)
        assert cell.log_factors == pytest.approx(expected.log_factors, rel=1e-13, abs=1e-13)
        assert cell.sigma == pytest.approx(expected.sigma, rel=1e-13, abs=1e-13)
        assert dataclasses.replace(cell, log_factors=expected.log_factors, sigma=expected.sigma) == expected


def with_fixed(name: str, value: float) -> dict:
    """Return the arguments in which a factor is a number wherever it is random."""

    def fixed(one):
        return value if isinstance(one, wq.Distribution) else one

    if name.startswith("lever:"):
        one, two = (
            Fixed(value) if name == "lever:" + each else one
            for each, one in (("one", NARROW), ("two", wq.Uniform(1.5, 2.5)))
        )
        return RANDOM | {"levers": ["none", wq.Lever("one", one), [wq.Lever("one", one), wq.Lever("two", two)]]}
    if name.startswith("step:"):
        steps = (("idle", wq.Uniform(1.0, 1.2)), ("net", NARROW))
        made = [wq.Step(each, Fixed(value) if name == "step:" + each else factor) for each, factor in steps]
        return RANDOM | {"boundary": ["facility", wq.Boundary("node", steps=made)]}
    return RANDOM | {name: [fixed(one) for one in RANDOM[name]]}


FIXED = {
    "output_tokens": 350.0,
    "input_tokens": 700.0,
    "power_utilization": 0.55,
    "pue": 1.3,
    "node_power": 11.0,
    "lever:one": 1.2,
    "lever:two": 2.0,
    "step:idle": 1.1,
    "step:net": 1.15,
}


@pytest.mark.parametrize(("name", "value"), FIXED.items())
def test_a_fixed_factor_is_as_if_it_had_been_written(name: str, value: float) -> None:
    _, found = lowered(**RANDOM)
    ours = changed(found.plan, name, lambda _: Fixed(value))
    same(ours, lowered(**with_fixed(name, value))[1].plan)


@pytest.mark.parametrize("name", [name for name in FIXED if not name.endswith("tokens")])
def test_a_removed_factor_is_one(name: str) -> None:
    _, found = lowered(**RANDOM)
    ours = changed(found.plan, name, None)
    same(ours, changed(found.plan, name, lambda _: Fixed(1.0)))
    same(ours, without(found.plan, [name]))


def test_factors_removed_together_are_those_removed_one_by_one() -> None:
    _, found = lowered(**RANDOM)
    axes = ["pue", "node_power", "power_utilization"]
    one_by_one = found.plan
    for name in axes:
        one_by_one = changed(one_by_one, name, None)
    same(without(found.plan, axes), one_by_one)
    # Levers of a combination are one term, and steps of a boundary: these go at once.
    plan = without(found.plan, ["lever:one", "lever:two", "step:idle", "step:net"])
    numbers = RANDOM | {
        "levers": ["none", wq.Lever("one", 1.0), [wq.Lever("one", 1.0), wq.Lever("two", 1.0)]],
        "boundary": ["facility", "node"],
    }
    same(plan, lowered(**numbers)[1].plan)


def test_a_cut_factor_is_as_if_it_had_been_written() -> None:
    _, found = lowered(**RANDOM)

    def lower_half(one):
        return wq.Truncated(one, high=float(one.ppf(0.5)))

    pue = RANDOM["pue"]
    cut = RANDOM | {"pue": [lower_half(pue[0]), pue[1]]}
    same(changed(found.plan, "pue", lower_half), lowered(**cut)[1].plan)


@pytest.mark.parametrize("name", ["output_tokens", "input_tokens"])
def test_other_lengths_are_as_if_they_had_been_written(name: str) -> None:
    _, found = lowered(**RANDOM)
    lengths = [wq.Uniform(100, 200), wq.Exponential(median=50)]
    columns = [Column(name, one, True) for one in lengths]
    same(with_lengths(found.plan, name, columns), lowered(**(RANDOM | {name: lengths}))[1].plan)


def test_a_cell_alone_is_that_cell() -> None:
    _, found = lowered(**RANDOM)
    plan = found.plan
    for number in plan.cells[::7].tolist():
        cell = plan.cell(number)
        single = alone(cell, [cell.throughput], prefill_weight=plan.prefill_weight)
        assert single.cells.tolist() == [0]
        own = single.cell(0)
        assert own.sigma == pytest.approx(cell.sigma, rel=1e-14)
        assert dataclasses.replace(own, sigma=cell.sigma) == cell


def test_models_stand_along_the_first_axis() -> None:
    _, found = lowered(["DeepSeek-R1", "Llama 3.1 405B"], prefill_weight=0.1, seed=3)
    models = [one.throughput for one in found.plan.deployments]
    plan = with_models(found.plan, found.plan.cell(0), models)
    assert [plan.cell(number).throughput for number in plan.cells.tolist()] == models
    assert (plan.prefill_weight, plan.seed) == (0.1, 3)
    assert plan.shape == (2, *(1 for _ in AXES[1:]))
    assert tuple(len(names) for names in plan.names) == plan.shape


@pytest.mark.parametrize("factor", [0.5, 1.1, 30.0])
@pytest.mark.parametrize(
    "length",
    [
        Fixed(300.0),
        wq.Exponential(median=300),
        wq.LogNormal(p5=100, p95=900),
        wq.Uniform(100, 900),
        wq.Triangular(100, 200, 900),
        wq.Normal(500, 40),
        wq.Empirical(samples=(100.0, 300.0, 900.0)),
        wq.Empirical(probabilities=(0, 0.5, 1), values=(100, 300, 900)),
        wq.Truncated(wq.Exponential(median=300), low=100, high=900),
        wq.Truncated(wq.Normal(500, 40), low=450),
    ],
    ids=str,
)
def test_a_scaled_length_has_scaled_quantiles(length: wq.Distribution, factor: float) -> None:
    levels = np.linspace(0.001, 0.999, 25)
    column = scaled_length(Column("output_tokens", length, True), factor)
    np.testing.assert_allclose(column.distribution.ppf(levels), factor * length.ppf(levels), rtol=1e-9)
    assert (column.purpose, column.whole) == ("output_tokens", True)
