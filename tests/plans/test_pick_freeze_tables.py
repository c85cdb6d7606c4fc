"""Tables of pick-freeze sums: what is picked, which cells are members, and ln E at all medians."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import naive
import wattquery as wq
from small_plans import lowered
from wattquery.kernels.equation import log_length_part_of
from wattquery.plans.pick_freeze_tables import Choice, Design, members, picked, tables
from wattquery.specs.grid import factor_names

PUE = wq.LogNormal(p5=1.05, p95=1.6)


def design_of(grid, choices=()) -> Design:
    names = factor_names(grid)
    groups = tuple((name,) for name in (*names, *(choice.name for choice in choices)))
    return Design(factors=names, choices=tuple(choices), groups=groups, mirrored=False, pairs=False)


def test_picked_takes_each_group_from_b() -> None:
    names, groups = ("a", "b", "c", "d"), (("a",), ("b", "d"))
    assert picked(names, groups, mirrored=False).tolist() == [
        [False] * 4,
        [True] * 4,
        [True, False, False, False],
        [False, True, False, True],
    ]
    plain, both = picked(names, groups, mirrored=False), picked(names, groups, mirrored=True)
    np.testing.assert_array_equal(both[:4], plain)
    np.testing.assert_array_equal(both[4:], ~plain[2:])


def test_members_are_all_combinations_of_the_random_labels() -> None:
    shape = (2, 1, 1, 1, 3, 1, 1, 2, 1, 4, 1)
    choices = (Choice("levers", 9, (0, 2, 3), (0.5, 0.25, 0.25)), Choice("output_tokens", 4, (1, 2), (0.5, 0.5)))
    found = members(shape, choices)
    assert found.shape == (2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1)
    expected = []
    for model, pue in itertools.product(range(2), range(2)):
        row = []
        for lever, output in itertools.product(choices[0].labels, choices[1].labels):
            place = [model, 0, 0, 0, output, 0, 0, pue, 0, lever, 0]
            row.append(int(np.ravel_multi_index(place, shape)))
        expected.append(row)
    assert found.numbers.tolist() == expected


def test_without_choices_every_cell_is_its_own_member() -> None:
    shape = (2, 1, 1, 1, 3, 1, 1, 2, 1, 1, 1)
    found = members(shape, ())
    assert found.shape == shape
    assert found.numbers.tolist() == [[number] for number in range(12)]


@pytest.mark.parametrize("lattice", [False, True])
def test_the_energy_at_all_medians_is_that_of_the_naive_equation(lattice: bool) -> None:
    grid, found = lowered(
        ["DeepSeek-R1", "Llama 3.1 405B"],
        input_tokens=[500, wq.Exponential(median=800)],
        pue=[PUE, wq.Uniform(1.1, 1.4)],
        levers=["none", "serving"],
        prefill_weight=1 / 30,
        round_tokens=False,
    )
    made = tables(found.plan, design_of(grid), [[number] for number in range(grid.size)], seed=0, lattice=lattice)
    assert made.random.all()
    assert made.picked.shape[0] == 2 + len(factor_names(grid))
    for number in range(grid.size):
        place = {axis: int(at[0]) for axis, at in found.plan.places(np.array([number])).items()}
        rate = found.plan.deployments[place["deployment"]].throughput
        cell = naive.Cell(
            naive.Throughput(rate.intercept, rate.ln_input, rate.ln_output, rate.maximum),
            (12.8, 10.2)[place["deployment"]],
            300.0,
            pue=(naive.LogNormal(1.05, 1.6), 1.25)[place["pue"]],
            power=naive.LogNormal(0.4, 0.9),
            levers=((), (naive.LogNormal(1.5, 5),))[place["levers"]],
            prefill_weight=1 / 30,
        )
        inputs = (500.0, 800.0)[place["input_tokens"]]
        expected = math.log(cell.typical(300.0, inputs))
        assert made.centres[number] == pytest.approx(expected, rel=1e-9)
        # The tables alone: a constant from the centre, the lengths from their own, and factors that are no lognormals.
        first, count = made.cells[number]
        assert count == 1
        constant, *numbers, own_centre = made.member_numbers[first].tolist()
        lengths = math.log(300.0), math.log(inputs)
        part = log_length_part_of(numbers[:23], 300.0, lengths[0], inputs, lengths[1], *numbers[23:])
        others = 0.0 if place["pue"] == 0 else math.log(1.25)
        assert made.centres[number] + constant + part + own_centre + others == pytest.approx(expected, rel=1e-9)


def test_cells_share_the_columns_of_what_they_share() -> None:
    grid, found = lowered(["DeepSeek-R1", "Llama 3.1 405B"], levers=["none", "serving"])
    made = tables(found.plan, design_of(grid), [[number] for number in range(grid.size)], seed=5, lattice=False)
    # Output lengths, input lengths, power, PUE and the lever; no column belongs to a model.
    assert made.column_codes.shape[0] == made.column_streams.shape[0] == 5
    assert made.present.tolist() == [[True, True, True, lever] for _ in range(2) for lever in (False, True)]
    streams = {tuple(one) for one in made.column_streams.reshape(-1, made.column_streams.shape[-1]).tolist()}
    assert len(streams) == 10, "A and B of each column are streams of their own"
    assert (made.column_dimensions == -1).all()


def test_on_a_lattice_every_random_factor_has_two_dimensions() -> None:
    grid, found = lowered(levers=["none", "serving"])
    made = tables(found.plan, design_of(grid), [[number] for number in range(grid.size)], seed=5, lattice=True)
    used = [tuple(one) for one in made.column_dimensions.tolist() if one[0] >= 0]
    assert len(used) == len(set(used)) == len(factor_names(grid))
    assert all(second == first + 1 and first % 2 == 0 for first, second in used)


def test_an_axis_may_be_random_itself() -> None:
    grid, found = lowered(["DeepSeek-R1", "Llama 3.1 405B"], output_tokens=300, pue=1.2, power_utilization=0.7)
    choice = Choice("model", 0, (0, 1), (0.25, 0.75))
    cells = members(grid.shape, [choice]).numbers
    made = tables(found.plan, design_of(grid, [choice]), cells, seed=0, lattice=False)
    assert made.cells.tolist() == [[0, 2]]
    assert made.random.tolist() == [True]
    (column,) = made.cell_choices[0].tolist()
    start, size = made.column_codes[column, 1:3]
    # Which member it is, and the cumulative weights.
    np.testing.assert_allclose(made.table_values[start : start + size], [0.0, 1.0])
    np.testing.assert_allclose(made.table_levels[start : start + size], [0.25, 1.0])
    apart = [found.plan.cell(number).centre() for number in (0, 1)]
    assert made.centres[0] == pytest.approx(sum(apart) / 2, rel=1e-14)


def test_more_factors_than_the_lattice_has_dimensions_for_are_refused() -> None:
    levers = [wq.Lever(f"number {i}", wq.LogNormal(p5=1.01, p95=1.02)) for i in range(400)]
    grid, found = lowered(levers=[levers])
    tables(found.plan, design_of(grid), [[0]], seed=0, lattice=False)
    with pytest.raises(wq.InputError, match="random factors") as caught:
        tables(found.plan, design_of(grid), [[0]], seed=0, lattice=True)
    assert "monte_carlo" in str(caught.value)
