"""One deployment of a plan is left, under its number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from load_queries import FORMS, joint, plan_of
from wattquery.plans.only_deployment import OnlyDeployment
from wattquery.plans.variants import ordered_by_energy


def test_all_others_are_without_data() -> None:
    plan = plan_of(list(FORMS.values()))
    only = OnlyDeployment(plan.deployments, 2)
    assert [one is not None for one in only] == only.supported.tolist() == [False, False, True, False]
    assert only[2] == only[-2] == only[1:3][1] == plan.deployments[2]
    assert only[1] is None
    assert replace(plan, deployments=only).cells.tolist() == [2]


def test_energies_are_those_of_all() -> None:
    class WithEnergies(tuple):
        def energies(self, numbers: object) -> object:
            return numbers

    deployments = plan_of(list(FORMS.values())).deployments
    assert OnlyDeployment(deployments, 0).energies is None
    energies = OnlyDeployment(WithEnergies(deployments), 0).energies
    assert energies is not None
    assert energies("which") == "which"


def test_each_form_has_an_order_of_its_own() -> None:
    """Windows let long prompts weigh less: the order of the nodes is not that of another form."""
    orders = {}
    for plan, (number,) in ordered_by_energy(plan_of(list(FORMS.values()))):
        assert plan.cells.tolist() == [number]
        assert (plan.cell(number).log_node_part()[1:] >= plan.cell(number).log_node_part()[:-1]).all()
        orders[number] = plan.cell(number).joint
    assert len(orders) == 4
    assert len(set(orders.values())) > 1
    assert sorted(orders[0].outputs) == sorted(joint().outputs)
    with pytest.raises(LookupError):
        plan.cell(0)
