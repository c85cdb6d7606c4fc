"""Building a plan: each deployment's fit and node power, against the naive least squares and plain logarithms."""

from __future__ import annotations

import math

import pytest

import naive
import wattquery as wq
from small_plans import lowered

HEADER = "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW)\n"
ROWS = [(500.0, 2000.0, 1300.0), (5000.0, 500.0, 378.0), (1024.0, 1024.0, 886.0)]


@pytest.fixture
def table(tmp_path):
    """Return a catalog of one deployment with three rows, and one with none of its node powers known."""

    def write(power: str = "10.2"):
        path = tmp_path / "rows.csv"
        lines = [f"Ours,8xA,FP8,{rate!r},{given!r},{produced!r},{power}\n" for given, produced, rate in ROWS]
        path.write_text(HEADER + "".join(lines), encoding="utf-8")
        return path

    return write


def test_throughput_is_fitted_to_the_rows(table) -> None:
    _, found = lowered("Ours", catalog=table())
    (deployed,) = found.plan.deployments
    expected = naive.least_squares(ROWS)
    model = deployed.throughput
    assert (model.intercept, model.ln_input, model.ln_output) == pytest.approx(
        (expected.b0, expected.b1, expected.b2), rel=1e-9
    )
    assert model.maximum == expected.maximum


def test_the_node_power_of_the_rows_makes_kilowatts_and_seconds_to_watt_hours(table) -> None:
    _, found = lowered("Ours", catalog=table("7.2"))
    assert found.node_powers == (7.2,)
    assert found.plan.terms["node_power"][0].mean == pytest.approx(math.log(7.2 / 3.6), rel=1e-14)
    _, given = lowered("Ours", catalog=table("7.2"), node_power=3.6)
    assert given.node_powers == (None,)
    assert given.plan.terms["node_power"][0].mean == pytest.approx(0.0, abs=1e-14)


def test_a_node_power_that_rows_leave_out_is_asked_for(table) -> None:
    with pytest.raises(wq.InputError, match="no single node power") as caught:
        lowered("Ours", catalog=table(""))
    assert "Pass node_power=" in str(caught.value)
    lowered("Ours", catalog=table(""), node_power=10.2)


def test_a_combination_without_data_has_no_deployment() -> None:
    """No model of the table has both precisions but Llama 3.1 405B."""
    grid, found = lowered(["DeepSeek-R1", "Llama 3.1 405B"], precision=["FP8", "FP16"])
    assert [one is None for one in found.deployments] == [False, True, False, False]
    assert [one is None for one in found.plan.deployments] == [False, True, False, False]
    assert found.node_powers == (12.8, None, 10.2, 10.2)
    assert found.plan.cells.tolist() == [0, 2, 3]
    assert grid.size == 4


def test_what_the_grid_says_is_in_the_order_of_its_labels() -> None:
    grid, found = lowered(
        pue=[1.0, 1.2, 1.1], output_tokens=[100, 300], input_tokens=[10, 5, 7], prefill_weight=0.25, seed=9
    )
    plan = found.plan
    assert plan.shape == grid.shape
    assert [math.exp(term.mean) for term in plan.terms["pue"]] == pytest.approx([1.0, 1.2, 1.1])
    assert [float(one.distribution.ppf(0.5)) for one in plan.output_tokens] == [100, 300]
    assert [float(one.distribution.ppf(0.5)) for one in plan.input_tokens] == [10, 5, 7]
    assert (plan.prefill_weight, plan.seed, plan.common_random_numbers) == (0.25, 9, True)


def test_a_number_is_named_alike_in_any_neighbourhood() -> None:
    """Or the random stream of a cell would change with its grid."""
    whole = lowered(input_tokens=[500, 1000])[1].plan
    mixed = lowered(input_tokens=[500, 1000.5])[1].plan
    assert whole.name(0) == mixed.name(0)
    assert whole.name(1) != mixed.name(1)


def test_deployments_of_one_node_power_share_its_term() -> None:
    """A large catalog is mostly combinations without data: a term of each of them would take a tenth of its sweep."""
    _, result = lowered(wq.ALL, hardware=wq.ALL, serving=wq.ALL, precision=wq.ALL)
    terms = result.plan.terms["node_power"]
    assert len(terms) == len(result.plan.deployments)
    assert len({id(term) for term in terms}) == len(set(result.node_powers)) < len(terms)
