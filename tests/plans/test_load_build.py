"""The plan of a grid under load: which question reaches the load model, and where its answers lie in the plan."""

from __future__ import annotations

import pytest

import wattquery as wq
from wattquery.plans.load_build import LEADING, SERVING, lower_under_load
from wattquery.sweeps.study import study


def lowered(**case):
    asked = study(
        ["Llama 3.1 8B", "Llama 3.1 70B"],
        **{"hardware": ["H100 SXM"], "load": [0.25, 1.0], "output_tokens": 300, "input_tokens": 500, **case},
    )
    return asked.grid, lower_under_load(asked.grid, asked.load, asked.catalog, seed=0, common_random_numbers=True)


def test_what_the_load_model_is_asked() -> None:
    grid, found = lowered(accelerators=[2, None][:1], cached_tokens=[0, 0.5, 100], max_sequences=32, kv_precision="FP8")
    cases, table = found.under_load
    assert [one.model for one in cases.models] == [one.label for one in grid.model.values]
    assert (cases.serving, cases.loads, cases.is_concurrency) == ((SERVING,), (0.25, 1.0), False)
    assert (cases.settings.max_sequences, cases.settings.kv_precision) == (32, "FP8")
    assert len(cases.lengths) == 3
    assert len(table) == len(found.plan.deployments) == 2 * 2 * 3
    assert found.plan.leading == LEADING
    assert (table.most_sequences[table.reason == ""] <= 32).all()


def test_answers_lie_in_the_order_of_the_axes() -> None:
    _, found = lowered(cached_tokens=[0, 0.5, 100])
    forms = found.plan.deployments
    assert [(one.throughput.cached_share, one.throughput.cached_number) for one in forms][:3] == [
        (0.0, 0.0),
        (0.5, 0.0),
        (0.0, 100.0),
    ]
    _, table = found.under_load
    half, full = table.batch[0], table.batch[3]
    assert half == pytest.approx(0.25 * full)


def test_power_and_rating_are_nowhere_else() -> None:
    _, found = lowered()
    cell = found.plan.cell(0)
    assert not any(factor.name in ("power_utilization", "node_power") for factor in cell.factors)
    assert cell.span == 0.0
    assert cell.constant == pytest.approx(cell.log_factors - sum(f.distribution.mu for f in cell.factors), abs=1e-12)


def test_an_accelerator_must_be_named() -> None:
    with pytest.raises(wq.InputError, match="hardware must be named under a load"):
        lowered(hardware=None)
