"""Deployments under load in a plan: forms and effects that are made where a cell asks for them."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

import wattquery as wq
from wattquery.plans.load_build import LEADING
from wattquery.plans.variants import changed
from wattquery.sweeps.run import prepare
from wattquery.sweeps.settings import settings
from wattquery.sweeps.study import study

OF_LENGTHS_OR_NODE = tuple(f"load_model:{name}" for name in ("lengths", "cached_weight", "node", "run"))
EXACT = settings(method="exact")


@pytest.fixture(scope="module")
def run():
    return prepare(
        study(
            ["Llama 3.1 70B", "Llama 3.1 405B"],
            hardware=["H100 SXM"],
            precision="BF16",
            accelerators=[4, 16],
            load=[0.1, 1.0],
            output_tokens=300,
            input_tokens=wq.Exponential(median=800),
            cached_tokens=[0.0, 0.5],
            boundary=["accelerator", "facility"],
            pue=wq.LogNormal(1.1, 1.4),
            levers=["none", "serving"],
        ),
        EXACT,
    )


def test_every_cell_is_the_same_alone_and_among_all(run) -> None:
    plan = run.plan
    means, sigmas = plan.factors(plan.places(plan.cells))
    energies = plan.load_energies(plan.cells)
    for row, number in enumerate(plan.cells.tolist()):
        cell = plan.cell(number)
        assert (cell.log_factors, cell.sigma) == (means[row], sigmas[row])
        np.testing.assert_array_equal(cell.throughput.units, energies.units[:, row])
        np.testing.assert_array_equal(cell.throughput.reach, energies.reach[row])
        assert cell.throughput.cached_share == energies.cached_share[row]


def test_what_does_not_fit_has_no_form(run) -> None:
    plan = run.plan
    assert plan.leading == LEADING
    lost = [number for number, one in enumerate(plan.deployments) if one is None]
    # 405B in 16 bits takes 810 GB, and 4 accelerators have 320.
    assert len(lost) == 4
    assert plan.supported.sum() == len(plan.deployments) - 4
    with pytest.raises(LookupError, match="no data"):
        plan.cell(lost[0] * plan.cells_of_a_deployment)


def test_squares_of_the_effects_sum_to_the_variance(run) -> None:
    plan = run.plan
    for number in plan.cells.tolist():
        cell = plan.cell(number)
        normals = [one for one in cell.factors if isinstance(one.distribution, wq.LogNormal) and one.sign]
        assert math.sqrt(sum(one.distribution.sigma**2 for one in normals)) == pytest.approx(cell.sigma, rel=1e-9)
        effects = [one for one in normals if one.name.startswith("load_model:")]
        assert {one.name for one in effects} >= {"load_model:parameters", "load_model:configuration"}
        assert len({(one.name, one.key) for one in effects}) == len(effects)
        (parameters,) = (one for one in effects if one.name == "load_model:parameters")
        assert sum(part**2 for part in parameters.loadings) == pytest.approx(1.0)


def test_loads_of_one_configuration_have_the_same_keys(run) -> None:
    keys = {}
    for number in run.plan.cells.tolist():
        place = run.plan.places(np.array([number]))
        label = (int(number // np.prod(run.plan.shape[1:])), int(place["accelerators"][0]))
        own = frozenset(
            (one.name, one.key)
            for one in run.plan.cell(number).factors
            if one.name.startswith("load_model:") and one.name not in OF_LENGTHS_OR_NODE
        )
        keys.setdefault(label, set()).add(own)
    assert all(len(found) == 1 for found in keys.values())
    configurations = {
        key for found in keys.values() for own in found for name, key in own if name == "load_model:configuration"
    }
    assert len(configurations) == 3


def test_a_plan_without_an_effect_has_all_others(run) -> None:
    plan = run.plan
    without = changed(plan, "load_model:parameters", None)
    number = int(plan.cells[0])
    before, after = plan.cell(number), without.cell(number)
    lost = [one for one in before.factors if one.name == "load_model:parameters"]
    assert [one for one in before.factors if one not in lost] == list(after.factors)
    assert after.sigma**2 == pytest.approx(before.sigma**2 - lost[0].distribution.sigma ** 2)
    cut = changed(plan, "load_model:parameters", lambda one: wq.Truncated(one, low=0.9, high=1.1))
    assert [column.purpose for column, _ in cut.cell(number).extras] == ["load_model:parameters"]
    assert any(column.purpose == "load_model:parameters" for column in cut.extras)


def test_a_plan_goes_through_a_pickle(run) -> None:
    copy = pickle.loads(pickle.dumps(run.plan))
    number = int(run.plan.cells[-1])
    assert copy.cell(number) == run.plan.cell(number)


def test_names_of_streams_tell_cells_apart_and_do_not_know_the_grid(run) -> None:
    plan = run.plan
    names = [plan.name(number) for number in plan.cells.tolist()]
    assert len(set(names)) == len(names)
    alone = prepare(
        study(
            "Llama 3.1 70B",
            hardware="H100 SXM",
            precision="BF16",
            accelerators=4,
            load=0.1,
            output_tokens=300,
            input_tokens=wq.Exponential(median=800),
            boundary="facility",
            pue=wq.LogNormal(1.1, 1.4),
            cached_tokens=0.0,
        ),
        EXACT,
    ).plan
    assert alone.name(0) == plan.name(1)
