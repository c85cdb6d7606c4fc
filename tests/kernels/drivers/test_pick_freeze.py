"""Pick-freeze sums against a slow reference: every mixture of A and B evaluated in full, in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import naive
import wattquery as wq
from load_queries import ALL, columns_of, plan_of
from pick_freeze_sums import KeptSums
from reciprocal_models import RATE, give_all
from wattquery.kernels.drivers.pick_freeze import add_block
from wattquery.kernels.equation import log_length_part_of
from wattquery.kernels.random.columns import fill_from_words
from wattquery.kernels.random.points import point_words
from wattquery.methods.pick_freeze import PickFreeze
from wattquery.plans.build import lower
from wattquery.plans.designed_plan import DesignedPlan
from wattquery.plans.pick_freeze_tables import Choice, Design, Tables, members, tables
from wattquery.plans.plan import Plan
from wattquery.sensitivity.random_axes import choices
from wattquery.specs.grid import factor_names
from wattquery.sweeps.carry_out import pick_freeze_sums
from wattquery.sweeps.study import study

POINTS, REPLICATES = 2048, 2
GRID: dict[str, Any] = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B"],
    "output_tokens": {"traditional": wq.Exponential(300), "seen": wq.Empirical(samples=[20, 100, 900])},
    "input_tokens": wq.Uniform(100, 900),
    "power_utilization": {"own": wq.LogNormal(0.4, 0.9), "follows": wq.ThroughputProportional(0.24, 0.56)},
    "pue": {"wide": wq.Triangular(1.05, 1.1, 1.6), "known": 1.2},
    "levers": ["none", "model+serving"],
    "prefill_weight": 0.05,
}


def design_of(over: Any) -> tuple[Any, Any, Design]:
    asked = study(**GRID)
    lowered = lower(asked.grid, asked.catalog, asked.node_powers, seed=3, common_random_numbers=True)
    names = factor_names(asked.grid)
    chosen = choices(over, asked.grid, names)
    groups = (("output_tokens",), ("input_tokens", "pue"), *((one.name,) for one in chosen), ("lever:model",))
    return asked.grid, lowered, Design(names, chosen, groups, mirrored=True, pairs=True)


def naive_outputs(t: Tables, cell: int, replicate: int) -> np.ndarray:
    """Return ln E less the centre, one row per output, straight from the tables and the equation."""
    values, logs = [], []
    for column, (codes, numbers) in enumerate(zip(t.column_codes, t.column_numbers, strict=True)):
        for side in range(2):
            word, uniform = np.empty(POINTS, dtype=np.uint32), np.empty(POINTS)
            value, log = np.empty((2, POINTS), dtype=np.float32)
            stream = t.column_streams[column, side]
            point_words(t.column_dimensions[column, side], stream, replicate, POINTS, 0, word)
            start = replicate * POINTS
            fill_from_words(codes, numbers, t.table_levels, t.table_values, stream, start, word, uniform, value, log)
            values.append(value.astype(np.float64))
            logs.append(np.log(np.maximum(value, 1e-30).astype(np.float64)))
    terms = t.member_columns.shape[1]
    outputs = np.empty((t.picked.shape[0], POINTS))
    for row, source in zip(outputs, t.picked, strict=True):
        side = source.astype(int)
        member = np.full(POINTS, t.cells[cell, 0])
        for i, column in enumerate(t.cell_choices[cell]):
            member += values[2 * column + side[terms + i]].astype(int)
        for m in np.unique(member):
            own, numbers, here = t.member_columns[m], t.member_numbers[m], member == m
            length = [values[2 * own[k] + side[k]] for k in (0, 1)]
            parts = length[0], np.log(length[0]), length[1], np.log(length[1]), *numbers[24:27]
            cached = None if own[2] < 0 else values[2 * own[2] + side[2]]
            y = numbers[0] + log_length_part_of(numbers[1:24], *parts, cached) + numbers[27]
            for s in range(3, terms):
                if own[s] >= 0:
                    y = y + t.member_signs[m, s] * logs[2 * own[s] + side[s]]
            row[here] = y[here]
    return outputs


@pytest.mark.parametrize("over", [None, ["model", "pue"]], ids=["cells", "mixtures"])
@pytest.mark.parametrize("lattice", [True, False], ids=["lattice", "draws"])
def test_sums(over: Any, lattice: bool) -> None:
    compare_sums(over, lattice)


@pytest.mark.parametrize("over", [None, ["model", "pue"]], ids=["cells", "mixtures"])
def test_sums_of_reciprocal_throughputs(over: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a log-linear one in a mixture: members may have either form."""
    give_all(monkeypatch, RATE, naive.Throughput(8.6, -0.3, -0.15, 900.0))
    compare_sums(over, lattice=True)


@pytest.mark.parametrize("choice", [False, True], ids=["cells", "mixtures"])
@pytest.mark.parametrize("lengths", ["independent", "workload"])
def test_sums_under_load(lengths: str, choice: bool) -> None:
    """Forms that say what is cached, and nodes that do, by themselves and as members of a mixture."""
    columns = columns_of(wq.Exponential(300), wq.Uniform(100, 900)) if lengths == "independent" else None
    plan = plan_of(list(ALL.values()), columns)
    chosen = (Choice("model", 0, (0, 3, 6), (0.5, 0.3, 0.2)),) if choice else ()
    names = ("output_tokens", "input_tokens") if columns else ("workload",)
    groups = (*((name,) for name in names), *((one.name,) for one in chosen))
    compare(plan, Design(names, chosen, groups, mirrored=True, pairs=True), plan.shape, lattice=True)


def compare_sums(over: Any, lattice: bool) -> None:
    grid, lowered, design = design_of(over)
    compare(lowered.plan, design, grid.shape, lattice)


def compare(plan_itself: Plan, design: Design, shape: tuple[int, ...], lattice: bool) -> None:
    numbers = members(shape, design.choices).numbers
    made = tables(plan_itself, design, numbers, seed=3, lattice=lattice)
    groups = len(design.groups)
    plan = DesignedPlan(plan_itself, design, numbers, 3, lattice)
    kept = KeptSums(PickFreeze(POINTS, REPLICATES), plan)
    pick_freeze_sums(plan, kept, points=POINTS, replicates=REPLICATES, threads=1)
    sums = kept.sums
    for cell in range(0, len(numbers), 3):
        for replicate in range(REPLICATES):
            outputs = naive_outputs(made, cell, replicate)
            for scale, y in enumerate((np.expm1(outputs), outputs)):
                a, b = y[:2]
                whole = [a.sum(), b.sum(), (a * a).sum(), (b * b).sum(), (a * b).sum()]
                size = (a * a).sum() + (b * b).sum()
                np.testing.assert_allclose(sums.whole[cell, scale, replicate], whole, atol=2e-5 * size)
                for g in range(groups):
                    ab, ba = y[2 + g], y[2 + groups + g]
                    d, e = ab - a, ba - b
                    expected = [b * d, d, d * d, (b - ab) ** 2, e, e * e, -e * d, (ba - ab) ** 2]
                    expected = [one.sum() if made.present[cell, g] else 0.0 for one in expected]
                    np.testing.assert_allclose(sums.by_group[cell, scale, replicate, g], expected, atol=2e-5 * size)
                    for h in range(groups):
                        both = made.present[cell, g] and made.present[cell, h] and g != h
                        other = y[2 + groups + h]
                        pair = [((ab - other) ** 2).sum(), (ab * other).sum()] if both else [0.0, 0.0]
                        np.testing.assert_allclose(sums.by_pair[cell, scale, replicate, g, h], pair, atol=2e-5 * size)


def test_absent_groups_are_told() -> None:
    grid, lowered, design = design_of(None)
    made = tables(lowered.plan, design, members(grid.shape, ()).numbers, seed=3, lattice=True)
    assert made.present[:, 0].all()
    assert made.present[:, -1].reshape(grid.shape)[..., 0, :].sum() == 0
    assert made.present[:, -1].reshape(grid.shape)[..., 1, :].all()


def test_a_block_adds_to_what_is_there() -> None:
    rng = np.random.default_rng(2)
    outputs = rng.normal(size=(6, 100))
    present = np.array([True, True])
    twice = [np.zeros(5), np.zeros((2, 8)), np.zeros((2, 2, 2))]
    add_block(outputs[:, :40].copy(), present, *twice)
    add_block(outputs[:, 40:].copy(), present, *twice)
    once = [np.zeros(5), np.zeros((2, 8)), np.zeros((2, 2, 2))]
    add_block(outputs, present, *once)
    for one, other in zip(once, twice, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)
