"""A plan under a pick-freeze design: any range of its cells as arrays, the same as those cells asked for alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import wattquery as wq
from small_plans import lowered
from wattquery.plans.designed_plan import DesignedPlan
from wattquery.plans.pick_freeze_tables import Choice, Design, members, tables
from wattquery.specs.grid import factor_names


@pytest.fixture(scope="module", params=[False, True], ids=["independent", "lattice"])
def designed(request) -> DesignedPlan:
    grid, found = lowered(
        ["DeepSeek-R1", "Llama 3.1 405B"],
        pue=[wq.LogNormal(p5=1.05, p95=1.6), wq.Uniform(1.1, 1.4)],
        levers=["none", "serving", "model"],
    )
    choices = (Choice("levers", [axis.name for axis in grid.axes].index("levers"), (0, 1, 2), (0.5, 0.25, 0.25)),)
    names = factor_names(grid)
    groups = tuple((name,) for name in (*names, "levers"))
    design = Design(factors=names, choices=choices, groups=groups, mirrored=False, pairs=False)
    numbers = members(grid.shape, choices).numbers
    return DesignedPlan(plan=found.plan, design=design, numbers=numbers, seed=3, lattice=request.param)


def test_a_cell_of_the_result_has_all_its_members(designed: DesignedPlan) -> None:
    assert designed.size == 4
    assert designed.numbers.shape == (4, 3)
    assert designed.tables(0, 4).cells.tolist() == [[3 * i, 3] for i in range(4)]


def test_all_of_it_is_what_tables_say(designed: DesignedPlan) -> None:
    whole = designed.tables(0, designed.size)
    direct = tables(designed.plan, designed.design, designed.numbers, seed=3, lattice=designed.lattice)
    for field in dataclasses.fields(whole):
        np.testing.assert_array_equal(getattr(whole, field.name), getattr(direct, field.name), err_msg=field.name)


def test_a_range_says_the_same_of_its_cells(designed: DesignedPlan) -> None:
    """Or the division of the work would change a result: centres, signs and streams belong to the cells."""
    whole, part = designed.tables(0, 4), designed.tables(2, 4)
    for name in ("centres", "random", "resolution", "present"):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[2:], err_msg=name)
    np.testing.assert_array_equal(part.member_numbers, whole.member_numbers[6:])
    for ours, other in ((part.member_columns, whole.member_columns[6:]),):
        known = ours >= 0
        np.testing.assert_array_equal(known, other >= 0)
        for name in ("column_streams", "column_dimensions", "column_numbers"):
            np.testing.assert_array_equal(getattr(part, name)[ours[known]], getattr(whole, name)[other[known]])
