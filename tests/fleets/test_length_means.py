"""Means over the lengths of a query with a reciprocal throughput, against SciPy's quadrature."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

import naive
import wattquery as wq
from exact_pairs import model_of
from reciprocal_models import RATE, give_all
from wattquery.fleets.length_means import LengthPart
from wattquery.plans.columns import Column
from wattquery.specs import Fixed

TWO_KINKS = naive.Reciprocal(1e-5, 2e-7, 5e-5, 5000.0)
SCALE = 300.0 / math.log(2.0)


def part(rate: naive.Reciprocal, *, whole: bool = False, span: float = 0.56) -> LengthPart:
    return LengthPart(
        throughput=model_of(rate),
        output_tokens=Column("output_tokens", wq.Exponential(300), whole),
        input_tokens=Column("input_tokens", Fixed(90.0)),
        base=0.24 if span else 1.0,
        span=span,
        prefill_weight=0.0,
    )


def seconds(rate: naive.Reciprocal, output, input_tokens: float, span: float):
    tps = rate(output, input_tokens)
    share = 0.24 + span * np.minimum(tps / rate.maximum, 1.0) if span else 1.0
    return output / tps * share


@pytest.mark.parametrize("span", [0.0, 0.56])
@pytest.mark.parametrize("rate", [RATE, TWO_KINKS], ids=["one kink", "two kinks"])
def test_means_of_continuous_lengths_are_those_of_a_quadrature(rate: naive.Reciprocal, span: float) -> None:
    found = part(rate, span=span).means()
    kinks = np.exp(rate.log_length_at_cap("output", np.log(90.0)))
    edges = [0.0, *sorted(kinks[np.isfinite(kinks)].tolist()), 60 * SCALE]

    def mean(of) -> float:
        density = stats.expon(scale=SCALE).pdf
        ends = itertools.pairwise(edges)
        return sum(integrate.quad(lambda x: density(x) * of(x), *two, epsrel=1e-12, limit=200)[0] for two in ends)

    assert found.energy == pytest.approx(mean(lambda x: seconds(rate, x, 90.0, span)), rel=1e-9)
    assert found.square == pytest.approx(mean(lambda x: seconds(rate, x, 90.0, span) ** 2), rel=1e-9)
    assert found.seconds == pytest.approx(mean(lambda x: x / rate(x, 90.0)), rel=1e-9)


def test_means_of_whole_tokens_are_a_sum() -> None:
    """Beyond some thousand tokens an integral takes its place, which is off by less than 1e-8."""
    found = part(RATE, whole=True).means()
    tokens = np.arange(1.0, 60 * SCALE)
    weights = np.diff(stats.expon(scale=SCALE).cdf(np.append(0.0, tokens + 0.5)))
    assert found.energy == pytest.approx(float(weights @ seconds(RATE, tokens, 90.0, 0.56)), rel=1e-8)
    assert found.seconds == pytest.approx(float(weights @ (tokens / RATE(tokens, 90.0))), rel=1e-8)


def test_other_coefficients_give_other_means() -> None:
    """Few nodes stand for all where many fits are drawn: 1e-4."""
    rates = [RATE, TWO_KINKS, naive.Reciprocal(3e-4, 0.0, 1e-4, RATE.maximum)]
    found = part(RATE, span=0.0).energies(np.array([(one.a, one.b, one.c) for one in rates]))
    expected = [part(one, span=0.0).means().energy for one in rates]
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize("power", [0.6, wq.ThroughputProportional(0.24, 0.56)], ids=["own", "following"])
def test_a_fleets_energy_is_the_mean_of_a_sweep_times_its_queries(power, monkeypatch: pytest.MonkeyPatch) -> None:
    """Energies of two fleets are in the ratio of two sweeps; the overhead is in both."""
    found = []
    for rate in (RATE, TWO_KINKS):
        give_all(monkeypatch, rate)
        mean = wq.sweep("DeepSeek-R1", method="exact", power_utilization=power)["energy_mean"].item()
        scenario: Any = {"classes": {"chat": {"share": 1, "model": "DeepSeek-R1"}}, "queries_per_day": 1e9}
        fleet = wq.fleet(**scenario, power_utilization=power, structural=False, throughput_fit=False)
        found.append(fleet["energy_per_day"].item() / mean)
    assert found[0] == pytest.approx(found[1], rel=1e-8)
