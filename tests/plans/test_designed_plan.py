"""A plan under a design: a range of cells has the tables of its cells, with or without the others."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import wattquery as wq
from small_plans import lowered
from wattquery.plans.designed_plan import DesignedPlan
from wattquery.plans.pick_freeze_tables import Design
from wattquery.specs.grid import factor_names


@pytest.fixture(scope="module")
def designed() -> DesignedPlan:
    grid, made = lowered(pue=[1.1, wq.LogNormal(1.05, 1.6)], output_tokens=["traditional", "long"])
    names = factor_names(grid)
    design = Design(names, (), tuple((name,) for name in names), mirrored=True, pairs=False)
    return DesignedPlan(made.plan, design, made.plan.cells[:, None], 3, lattice=True)


def test_a_range_has_the_cells_of_the_whole(designed: DesignedPlan) -> None:
    whole, part = designed.tables(0, designed.size), designed.tables(1, 3)
    assert designed.size == 4
    for name in ("present", "random", "centres", "resolution"):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[1:3], err_msg=name)


def test_a_pickle_has_the_same_tables(designed: DesignedPlan) -> None:
    ours, theirs = designed.tables(0, 4), pickle.loads(pickle.dumps(designed)).tables(0, 4)
    for name, value in vars(ours).items():
        np.testing.assert_array_equal(getattr(theirs, name), value, err_msg=name)
