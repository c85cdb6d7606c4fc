"""A cell: its random factors by name, against what is merged of them and against the naive equation."""

from __future__ import annotations

import math

import pytest

import naive
import wattquery as wq
from small_plans import lowered
from wattquery.specs.grid import factor_names

MANY = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B"],
    "output_tokens": ["traditional", 450],
    "input_tokens": [500, wq.Exponential(median=800)],
    "power_utilization": [0.7, wq.LogNormal(p5=0.4, p95=0.9), wq.ThroughputProportional(0.24, 0.56)],
    "pue": [1.1, wq.Uniform(1.1, 1.4)],
    "levers": ["none", "serving", "model+hardware"],
    "boundary": [
        "facility",
        wq.Boundary("node", steps=[wq.Step("idle", wq.LogNormal(p5=1.05, p95=1.2))]),
        wq.Boundary("accelerator", accelerator_share=wq.Uniform(0.5, 0.8)),
    ],
    "prefill_weight": 1 / 30,
    "round_tokens": False,
}


def cells_of(**arguments):
    plan = lowered(**arguments)[1].plan
    return [plan.cell(number) for number in plan.cells.tolist()], plan


def test_names_are_those_of_what_is_random_somewhere() -> None:
    grid, _ = lowered(**MANY)
    assert factor_names(grid) == (
        "output_tokens",
        "input_tokens",
        "power_utilization",
        "pue",
        "lever:serving",
        "lever:model",
        "lever:hardware",
        "step:idle",
        "accelerator_share",
    )
    fixed, _ = lowered(output_tokens=300, pue=1.2, power_utilization=0.7)
    assert factor_names(fixed) == ()
    assert factor_names(lowered(output_tokens=300, power_utilization=0.7, boundary="node")[0]) == ()


def test_apart_they_are_what_the_plan_merges() -> None:
    for cell in cells_of(**MANY)[0]:
        lognormal = {one for one in cell.factors if one.sign and isinstance(one.distribution, wq.LogNormal)}
        mean = cell.constant + sum(one.sign * one.distribution.mu for one in lognormal)
        assert mean == pytest.approx(cell.log_factors, rel=1e-12, abs=1e-12)
        assert sum(one.distribution.sigma**2 for one in lognormal) == pytest.approx(cell.sigma**2, rel=1e-12)
        others = {one for one in cell.factors if one.sign} - lognormal
        assert {(one.name, one.distribution, one.sign) for one in others} == {
            (column.purpose, column.distribution, sign) for column, sign in cell.extras
        }


def test_signs_say_what_multiplies_and_what_divides() -> None:
    cells, _ = cells_of(**MANY)
    signs = {factor.name: factor.sign for cell in cells for factor in cell.factors}
    assert {name for name, sign in signs.items() if sign == 0.0} == {"output_tokens", "input_tokens"}
    assert {name for name, sign in signs.items() if sign < 0.0} == {"lever:serving", "lever:model", "lever:hardware"}


@pytest.mark.parametrize("lengths", [(300.0, 500.0), (9000.0, 2500.0)], ids=["at the cap", "below the cap"])
@pytest.mark.parametrize("follows", [False, True], ids=["independent", "following"])
def test_the_centre_is_the_energy_at_all_medians(follows: bool, lengths: tuple[float, float]) -> None:
    power = wq.ThroughputProportional(0.24, 0.56) if follows else wq.LogNormal(p5=0.4, p95=0.9)
    (found,), plan = cells_of(
        output_tokens=wq.Exponential(median=lengths[0]),
        input_tokens=lengths[1],
        power_utilization=power,
        pue=wq.Uniform(1.1, 1.4),
        levers="serving",
        prefill_weight=1 / 30,
        round_tokens=False,
    )
    model = plan.deployments[0].throughput
    uncapped = model.intercept + model.ln_input * math.log(lengths[1]) + model.ln_output * math.log(lengths[0])
    assert (uncapped < math.log(model.maximum)) == (lengths[0] > 300.0)
    cell = naive.Cell(
        naive.Throughput(model.intercept, model.ln_input, model.ln_output, model.maximum),
        12.8,
        lengths[0],
        pue=1.25,
        power=naive.Proportional(0.24, 0.56) if follows else naive.LogNormal(0.4, 0.9),
        levers=(naive.LogNormal(1.5, 5),),
        prefill_weight=1 / 30,
    )
    assert found.centre() == pytest.approx(math.log(cell.typical(*lengths)), rel=1e-9)


def test_medians_of_whole_lengths_are_whole() -> None:
    arguments = {"output_tokens": wq.Exponential(median=2.4), "pue": 1.0, "power_utilization": 1.0}
    (whole,), _ = cells_of(**arguments, round_tokens=True)
    (two,), _ = cells_of(**(arguments | {"output_tokens": 2}), round_tokens=True)
    assert whole.centre() == pytest.approx(two.centre(), rel=1e-12)
