"""Which plans the exact method can take: a truth value and an error, from one reason."""

from __future__ import annotations

from typing import Any

import pytest

import wattquery as wq
from wattquery.methods.exact.reach import check_factors, exact_can, obstacle
from wattquery.plans.build import lower
from wattquery.plans.plan import Plan
from wattquery.sweeps.study import study


def planned(**arguments: Any) -> Plan:
    asked = study("DeepSeek-R1", **arguments)
    return lower(asked.grid, asked.catalog, asked.node_powers, seed=0, common_random_numbers=True).plan


EVEN = wq.Uniform(1.0, 2.0)
OUT_OF_REACH = {
    "pue": {"pue": [1.1, EVEN]},
    "node_power": {"node_power": EVEN},
    "power_utilization": {"power_utilization": wq.Uniform(0.5, 1.0)},
    "lever mine": {"levers": wq.Lever("mine", EVEN)},
    "step mine": {"boundary": wq.Boundary("facility", steps=[wq.Step("mine", EVEN)])},
}


@pytest.mark.parametrize("factor", OUT_OF_REACH)
def test_factors_out_of_reach(factor: str) -> None:
    plan = planned(**OUT_OF_REACH[factor])
    assert not exact_can(plan)
    with pytest.raises(wq.InputError) as caught:
        check_factors(plan)
    assert f"cannot take {factor} = Uniform(" in str(caught.value)
    assert "Use method='monte_carlo'" in str(caught.value)


@pytest.mark.parametrize(
    "arguments", [{}, {"pue": 1.1}, {"output_tokens": EVEN}, {"power_utilization": wq.ThroughputProportional(0.2, 0.6)}]
)
def test_within_reach(arguments: dict[str, Any]) -> None:
    plan = planned(**arguments)
    assert exact_can(plan)
    assert obstacle(plan) is None
    check_factors(plan)


def test_two_random_lengths_are_within_reach_but_not_quickly() -> None:
    plan = planned(input_tokens=wq.Exponential(median=500))
    check_factors(plan)
    assert obstacle(plan) is None
    assert not exact_can(plan)


def test_a_grid_without_data_is_no_obstacle() -> None:
    asked = study("Mistral Large", pue=EVEN)
    plan = lower(asked.grid, asked.catalog, asked.node_powers, seed=0, common_random_numbers=True).plan
    check_factors(plan)
