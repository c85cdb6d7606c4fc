"""Cells with a reciprocal throughput against an independent quadrature with SciPy.

In probability, to 1e-9: what the quadrature leaves is far below what a user sees of a quantile.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest

import naive
import wattquery as wq
from exact_pairs import spec
from reciprocal_models import MODEL, RATE, give_all

IN_PROBABILITY, IN_MOMENTS, NARROW = 1e-9, 2e-8, 1e-6
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
FOLLOWING = naive.Proportional(0.24, 0.56)
RATES = {
    "all": RATE,
    "context": naive.Reciprocal(0.0, 3e-7, 0.0, 5000.0),
    "prefill": naive.Reciprocal(3e-4, 0.0, 1e-4, 2900.0),
    "two kinks": naive.Reciprocal(1e-5, 2e-7, 5e-5, 5000.0),
    "steep": naive.Reciprocal(1e-6, 1e-7, 3e-4, 5000.0),
}
LOGNORMAL, FIXED = naive.LogNormal(1.05, 1.6), 1.2
PAIRS = {
    "exponential by lognormal": (naive.Exponential(300), naive.LogNormal(200, 1500)),
    "lognormal by wide": (naive.LogNormal(50, 900), naive.LogNormal(5, 3000)),
    "even": (naive.Uniform(20, 900), naive.Uniform(20, 900)),
}


def cell(rate: str, **changed: Any) -> naive.Cell:
    usual: dict[str, Any] = {"output": naive.Exponential(300), "pue": LOGNORMAL, "power": 0.6, "whole": False}
    return naive.Cell(RATES[rate], 10.2, **{**usual, **changed})


def solved(monkeypatch: pytest.MonkeyPatch, of: naive.Cell) -> Any:
    give_all(monkeypatch, of.throughput)
    power = of.power
    if isinstance(power, naive.Proportional):
        power = wq.ThroughputProportional(**dataclasses.asdict(power))
    return wq.sweep(
        MODEL,
        method="exact",
        output_tokens=spec(of.output),
        input_tokens=spec(of.input),
        pue=spec(of.pue) if isinstance(of.pue, naive.LogNormal) else of.pue,
        power_utilization=power,
        node_power=of.node_power,
        prefill_weight=of.prefill_weight,
        round_tokens=of.whole,
        quantiles=LEVELS,
    )


def check(monkeypatch: pytest.MonkeyPatch, of: naive.Cell, *, moments: bool = True) -> None:
    ds = solved(monkeypatch, of)
    found = [naive.cdf(of, x) for x in ds["energy"].values.tolist()]
    np.testing.assert_allclose(found, LEVELS, rtol=0.0, atol=IN_PROBABILITY)
    if moments:
        mean, std = naive.moments(of)
        assert ds["energy_mean"].item() == pytest.approx(mean, rel=IN_MOMENTS)
        assert ds["energy_std"].item() == pytest.approx(std, rel=IN_MOMENTS)


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
@pytest.mark.parametrize("power", [0.6, FOLLOWING], ids=["own", "following"])
@pytest.mark.parametrize("rate", RATES)
def test_one_random_length(rate: str, power: Any, whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    check(monkeypatch, cell(rate, power=power, whole=whole))


@pytest.mark.parametrize("rate", RATES)
def test_with_prefill(rate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In whole tokens: the shorter an output below one, the more its prompt would weigh, without end."""
    for weight, power in itertools.product((1 / 30, 1.0), (0.6, FOLLOWING)):
        check(monkeypatch, cell(rate, power=power, whole=True, prefill_weight=weight))


def test_two_random_lengths(monkeypatch: pytest.MonkeyPatch) -> None:
    """Power follows throughput, which two outputs and a range of inputs bend: the hardest to integrate."""
    output, inputs = PAIRS["even"]
    of = cell("two kinks", output=output, input=inputs, power=FOLLOWING)
    found = solved(monkeypatch, of)["energy"].sel(quantile=[0.05, 0.75]).values.tolist()
    np.testing.assert_allclose([naive.cdf(of, x) for x in found], [0.05, 0.75], rtol=0.0, atol=IN_PROBABILITY)


@pytest.mark.slow
@pytest.mark.parametrize("power", [0.6, FOLLOWING], ids=["own", "following"])
@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("rate", ["all", "two kinks"])
def test_two_random_lengths_of_all_kinds(rate: str, pair: str, power: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    output, inputs = PAIRS[pair]
    # The reference leaves out what tails of 1e-14 of a wide length add to its moments.
    check(monkeypatch, cell(rate, output=output, input=inputs, power=power), moments=pair != "lognormal by wide")


@pytest.mark.parametrize("rate", RATES)
def test_a_random_input_alone(rate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for power in (0.6, FOLLOWING):
        check(monkeypatch, cell(rate, output=40.0, input=naive.LogNormal(5, 3000), power=power), moments=False)


@pytest.mark.parametrize("power", [0.6, FOLLOWING], ids=["own", "following"])
@pytest.mark.parametrize("pue", [FIXED, naive.LogNormal(1.2, 1.2 * 1.003)], ids=str)
@pytest.mark.parametrize("rate", ["all", "two kinks"])
def test_hardly_anything_else_is_random(rate: str, pue: Any, power: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments of even density: as far off, relative, as those of the other form are."""
    of = cell(rate, pue=pue, power=power)
    ds = solved(monkeypatch, of)
    for level, x in zip(LEVELS, ds["energy"].values.tolist(), strict=True):
        assert naive.cdf(of, x * (1 - NARROW)) <= level <= naive.cdf(of, x * (1 + NARROW))
    mean, std = naive.moments(of)
    assert ds["energy_mean"].item() == pytest.approx(mean, rel=1e-7)
    assert ds["energy_std"].item() == pytest.approx(std, rel=1e-7)
