"""Classes of a fleet whose queries have the lengths of a workload, against sums over its pairs."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from correlated import MODEL, PAIRS, THROUGHPUT, WEIGHT, WORKLOAD, node_energies
from wattquery.fleets.length_means import LengthPart
from wattquery.plans.columns import joint_columns
from wattquery.scenarios import QueryClass, Scenario
from wattquery.specs.joint_lengths.nodes import joint_lengths

CHAT = QueryClass(1, MODEL, workload=WORKLOAD, pue=1.1, power_utilization=0.5)
SMALL = {"queries_per_day": 1e9, "structural": False, "shared_draws": 256}


def part(weight: float = WEIGHT, base: float = 1.0, span: float = 0.0) -> LengthPart:
    return LengthPart(THROUGHPUT, *joint_columns(joint_lengths(WORKLOAD)), base, span, weight)


def test_means_are_sums_over_the_pairs() -> None:
    outputs, inputs, weights = PAIRS
    shares = weights / weights.sum()
    rate = THROUGHPUT.predict(inputs, outputs)
    seconds = (outputs + WEIGHT * inputs) / rate
    means = part().means()
    assert means.energy == pytest.approx(shares @ seconds, rel=1e-12)
    assert means.square == pytest.approx(shares @ seconds**2, rel=1e-12)
    assert means.seconds == means.energy
    following = part(base=0.24, span=0.56).means()
    power = 0.24 + 0.56 * rate / THROUGHPUT.maximum
    assert following.energy == pytest.approx(shares @ (seconds * power), rel=1e-12)
    assert following.seconds == pytest.approx(means.seconds, rel=1e-12)


def test_means_under_many_fits_are_those_under_each() -> None:
    centre = np.array(THROUGHPUT.fitted)
    fits = centre + np.array([[0.0, 0.0, 0.0], [0.3, -0.02, 0.01], [-0.3, 0.05, -0.1]])
    expected = [
        LengthPart(THROUGHPUT.with_fitted(fit), *joint_columns(joint_lengths(WORKLOAD)), 1.0, 0.0, WEIGHT)
        .means()
        .energy
        for fit in fits
    ]
    np.testing.assert_allclose(part().energies(fits), expected, rtol=1e-12)


def test_the_total_of_a_fleet() -> None:
    ds = wq.fleet(classes={"chat": CHAT}, throughput_fit=False, **SMALL)
    outputs, inputs, weights = PAIRS
    mean = weights / weights.sum() @ (1.1 * 10.2 * 0.5 * outputs / (3.6 * THROUGHPUT.predict(inputs, outputs)))
    assert ds["energy_per_query"].sel(query_class="chat").item() == pytest.approx(mean, rel=1e-9)
    assert ds["lengths"].item() == "correlated"
    values, shares = node_energies()
    assert mean < shares @ values  # which weighs the input in


def test_a_class_beside_one_of_the_preset_and_sampled() -> None:
    classes = {"chat": QueryClass(0.25, MODEL, workload="azure_conversation"), "plain": QueryClass("rest", MODEL)}
    ds = wq.fleet(classes=classes, **SMALL)
    alone = wq.sweep(MODEL, workload="azure_conversation", method="exact")["energy_mean"].item()
    assert ds["energy_per_query"].sel(query_class="chat").item() == pytest.approx(alone, rel=1e-6)
    assert ds["lengths"].values.tolist() == ["azure_conversation", "traditional"]
    assert "azure_conversation: its 1,024 pairs of lengths" in ds.attrs["notes"]
    sampled = wq.fleet(classes=classes, method="monte_carlo", draws=100_000, **SMALL)
    np.testing.assert_allclose(sampled["energy_per_query"], ds["energy_per_query"], rtol=0.02)


def test_a_trajectory() -> None:
    ds = wq.trajectory(
        classes={"chat": CHAT}, queries_per_day=1e9, start="2026-01-01", stop="2026-03-01", shared_draws=256
    )
    assert np.isfinite(ds["energy_per_day"]).all()


@pytest.mark.parametrize("workload", ["azure_conversation", WORKLOAD])
def test_a_scenario_is_written_and_read(workload) -> None:
    scenario = Scenario("mine", {"chat": QueryClass(1, MODEL, workload=workload)}, 1e6)
    written = scenario.to_dict()
    assert "output_tokens" not in written["classes"]["chat"]
    again = Scenario.from_dict(written, "mine")
    assert again == scenario
    assert again.classes["chat"].workload == workload
    plain = QueryClass(1, MODEL)
    assert plain.output_tokens == "traditional"
    assert "output_tokens" not in plain.to_dict()


def test_a_scope_of_the_workload_is_refused_as_of_a_length() -> None:
    with pytest.raises(wq.InputError, match="scopes gives 'workload' a scope, but lengths always differ"):
        wq.fleet(classes={"chat": CHAT}, scopes={"workload": "query"}, **SMALL)


def test_an_unknown_workload_is_said_of_the_class() -> None:
    with pytest.raises(wq.InputError, match=r"workload must be one of .*, got 'no_such'"):
        QueryClass(1, MODEL, workload="no_such")
    with pytest.raises(wq.InputError, match="workload must be one value for one class of queries"):
        QueryClass(1, MODEL, workload=["azure_conversation", "agent"])
