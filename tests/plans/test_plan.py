"""The plan: any cell of it by its number, against the terms of its labels added up one by one."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import wattquery as wq
from small_plans import lowered
from wattquery.plans import plan as module
from wattquery.plans.terms import value_term
from wattquery.quantities import AXES, FACTOR_AXES
from wattquery.specs import Fixed

GRID = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B"],
    "precision": ["FP8", "FP16"],
    "output_tokens": ["traditional", 450, "long"],
    "input_tokens": [500, wq.Exponential(median=800)],
    "power_utilization": [0.7, wq.LogNormal(p5=0.4, p95=0.9), wq.ThroughputProportional(0.24, 0.56)],
    "pue": [1.1, wq.Uniform(1.1, 1.4)],
    "levers": ["none", "serving", "model+hardware"],
    "boundary": ["facility", wq.Boundary("node"), wq.Boundary("facility", steps=[wq.Step("idle", wq.Uniform(1, 1.2))])],
}


@pytest.fixture(scope="module")
def grid_and_plan():
    grid, found = lowered(**GRID)
    return grid, found


def test_places_invert_the_numbering(grid_and_plan) -> None:
    grid, plan = grid_and_plan[0], grid_and_plan[1].plan
    numbers = np.arange(plan.size)
    places = plan.places(numbers)
    assert tuple(places) == ("deployment", *AXES[4:])
    shape = (math.prod(grid.shape[:4]), *grid.shape[4:])
    np.testing.assert_array_equal(np.ravel_multi_index(tuple(places.values()), shape), numbers)


def test_cells_are_those_whose_deployment_has_data(grid_and_plan) -> None:
    grid, plan = grid_and_plan[0], grid_and_plan[1].plan
    assert plan.size == grid.size
    assert plan.supported.shape == grid.shape[:4]
    # DeepSeek-R1 has no FP16 rows, Llama 3.1 405B has both.
    assert plan.supported.ravel().tolist() == [True, False, True, True]
    expected = [
        number for number in range(plan.size) if plan.supported[tuple(np.unravel_index(number, plan.shape)[:4])]
    ]
    assert plan.cells.tolist() == expected
    assert 0 < plan.cells.size < plan.size


def test_every_cell_is_the_sum_of_its_labels(grid_and_plan) -> None:
    grid, plan = grid_and_plan[0], grid_and_plan[1].plan
    means, sigmas = plan.factors(plan.places(plan.cells))
    for number, mean, sigma in zip(plan.cells.tolist(), means.tolist(), sigmas.tolist(), strict=True):
        place = dict(zip((axis.name for axis in grid.axes), np.unravel_index(number, grid.shape), strict=True))
        value = {name: getattr(grid, name).values[at] for name, at in place.items()}
        deployment = np.ravel_multi_index(list(place.values())[:4], grid.shape[:4])
        value["node_power"] = Fixed(grid_and_plan[1].node_powers[deployment])
        counted = [axis for axis in FACTOR_AXES[3:] if axis != "pue" or value["boundary"].counts_pue]
        terms = [value_term(axis, value[axis]) for axis in counted]
        power = terms[counted.index("power_utilization")]
        cell = plan.cell(number)
        assert mean == pytest.approx(sum(term.mean for term in terms), rel=1e-13, abs=1e-13)
        assert sigma == pytest.approx(math.sqrt(sum(term.variance for term in terms)), rel=1e-13)
        assert (cell.log_factors, cell.sigma) == (mean, sigma)
        assert set(cell.extras) == {extra for term in terms for extra in term.extras}
        assert (cell.base, cell.span) == (power.base, power.span)
        assert cell.throughput is plan.deployments[deployment].throughput
        assert cell.output_tokens.distribution == value["output_tokens"]
        assert cell.input_tokens.distribution == value["input_tokens"]


def test_a_cell_without_data_is_refused(grid_and_plan) -> None:
    plan = grid_and_plan[1].plan
    without = next(iter(set(range(plan.size)) - set(plan.cells.tolist())))
    with pytest.raises(LookupError, match="no data"):
        plan.cell(without)


def test_names_tell_all_cells_apart(grid_and_plan) -> None:
    plan = grid_and_plan[1].plan
    names = [plan.name(number) for number in plan.cells.tolist()]
    assert len(set(names)) == len(names)


def test_a_name_does_not_depend_on_the_rest_of_the_grid(grid_and_plan) -> None:
    plan = grid_and_plan[1].plan
    alone = {name: value[0] for name, value in GRID.items()}
    assert lowered(**alone)[1].plan.name(0) == plan.name(0)
    last = {name: value[-1] for name, value in GRID.items()}
    assert lowered(**last)[1].plan.name(0) == plan.name(plan.size - 1)


@pytest.mark.parametrize("axis", range(4, len(AXES) + 1))
def test_a_later_axis_changes_no_name_wherever_it_stands(grid_and_plan, monkeypatch, axis) -> None:
    """Or all counts without common random numbers would change with it."""
    plan = grid_and_plan[1].plan
    before = {number: plan.name(number) for number in range(0, plan.size, 37)}
    monkeypatch.setattr(module, "AXES", (*AXES[:axis], "later", *AXES[axis:]))
    shape = (*plan.shape[:axis], 2, *plan.shape[axis:])
    names = (*plan.names[:axis], ("", "later=3"), *plan.names[axis:])
    longer = replace(plan, shape=shape, names=names)
    for number, name in before.items():
        place = np.unravel_index(number, plan.shape)
        without, beside = (
            int(np.ravel_multi_index((*place[:axis], label, *place[axis:]), shape)) for label in range(2)
        )
        assert longer.name(without) == name
        assert set(longer.name(beside).split("\x1e")) == {*name.split("\x1e"), "later=3"}


def test_node_powers_of_the_grid_take_the_place_of_those_of_deployments() -> None:
    _, own = lowered()
    _, given = lowered(node_power=[5.0, wq.LogNormal(p5=9, p95=12)])
    powers = [Fixed(5.0), wq.LogNormal(p5=9, p95=12)]
    expected = [value_term("node_power", power).mean for power in powers]
    means, sigmas = given.plan.factors(given.plan.places(given.plan.cells))
    base, _ = own.plan.factors(own.plan.places(own.plan.cells))
    own_power = value_term("node_power", Fixed(own.node_powers[0])).mean
    np.testing.assert_allclose(means, base - own_power + expected, rtol=1e-13)
    assert sigmas[1] > sigmas[0]
