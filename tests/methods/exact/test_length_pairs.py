"""Pairs of lengths: the energy, its slopes and the line of the cap, against the naive equation."""

from __future__ import annotations

import math

import numpy as np
import pytest

import naive
import wattquery as wq
from exact_pairs import RATE, family_of, pair_of, spec
from wattquery.methods.exact.length_pairs import smeared, steepness

FOLLOWING = naive.Proportional(0.24, 0.56)
OUTPUT, INPUT = naive.Exponential(300), naive.LogNormal(200, 1500)
SLOPES = [(0.0, 0.0), (-0.3, -0.15), (-0.8, 0.4), (0.5, -1.3), (0.2, 1.4)]


def cell(**changed) -> naive.Cell:
    """Return a cell whose other factors are 3.6 kW in all, so that E is the part of the lengths alone."""
    usual = {"throughput": RATE, "node_power": 3.6, "output": OUTPUT, "input": INPUT, "whole": False}
    return naive.Cell(**{**usual, **changed})


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("power", [1.0, FOLLOWING], ids=["independent", "following"])
@pytest.mark.parametrize("weight", [0.0, 1 / 30])
def test_energies_are_those_of_the_naive_equation(weight: float, power, swapped: bool) -> None:
    of = cell(prefill_weight=weight, power=power)
    outputs, inputs = np.array([5.0, 300.0, 9000.0]), np.array([10.0, 700.0, 4000.0])
    pair = pair_of(of, 0.5, swapped)
    found = pair.log_energies(inputs, outputs) if swapped else pair.log_energies(outputs, inputs)
    np.testing.assert_allclose(found, np.log(of.typical(outputs, inputs)), rtol=1e-12)


@pytest.mark.parametrize("swapped", [False, True])
def test_at_a_kink_the_throughput_reaches_its_cap(swapped: bool) -> None:
    pair = pair_of(cell(), 0.5, swapped)
    for outer in (100.0, 1000.0):
        (inner,) = pair.inner_kink(outer)
        lengths = (outer, inner) if swapped else (inner, outer)
        assert RATE.b0 + RATE.b1 * math.log(lengths[1]) + RATE.b2 * math.log(lengths[0]) == pytest.approx(
            math.log(RATE.maximum), rel=1e-12
        )
        assert pair.outer_kinks([inner]) == pytest.approx([outer], rel=1e-9)


def test_a_throughput_that_knows_no_length_has_no_kink() -> None:
    pair = pair_of(cell(throughput=naive.Throughput(6.0, 0.0, 0.0, 600.0)), 0.5)
    assert pair.inner_kink(300.0) == []
    assert pair.outer_kinks([300.0]) == []
    assert not pair.cap_crosses()


@pytest.mark.parametrize("intercept", [5.0, 7.5, 8.6, 9.5, 14.0])
@pytest.mark.parametrize(("b1", "b2"), SLOPES)
def test_the_cap_crosses_where_both_lengths_decide(b1: float, b2: float, intercept: float) -> None:
    of = cell(
        throughput=naive.Throughput(intercept, b1, b2, 600.0),
        output=naive.Uniform(50, 2000),
        input=naive.Uniform(100, 4000),
    )
    pair = pair_of(of, 0.5)
    outputs, inputs = np.geomspace(50, 2000, 200), np.geomspace(100, 4000, 200)
    capped = intercept + b1 * np.log(inputs)[:, None] + b2 * np.log(outputs) > math.log(600.0)
    assert pair.cap_crosses() == (bool(b1 and b2) and 0 < capped.sum() < capped.size)


@pytest.mark.parametrize("power", [1.0, FOLLOWING], ids=["independent", "following"])
@pytest.mark.parametrize("weight", [0.0, 1 / 30, 2.0])
@pytest.mark.parametrize(("b1", "b2"), SLOPES)
def test_energy_is_nowhere_steeper_than_stated(b1: float, b2: float, weight: float, power) -> None:
    of = cell(throughput=naive.Throughput(8.6, b1, b2, 600.0), prefill_weight=weight, power=power)
    stated = steepness(family_of(of), weight)
    outputs, inputs = np.meshgrid(np.geomspace(1, 1e5, 120), np.geomspace(1, 1e5, 120))
    log_energy = np.log(of.typical(outputs, inputs))
    for axis, most in ((1, stated[0]), (0, stated[1])):
        step = math.log(1e5) / 119
        assert np.abs(np.diff(log_energy, axis=axis)).max() / step <= most * (1 + 1e-9) + 1e-9


def test_the_outer_rule_is_cut_where_the_cap_passes_the_inner_one() -> None:
    pair = pair_of(cell(), 0.5)
    edges = pair.outer_cut.edges
    assert edges.size > pair.outer.edges.size
    for level in (0.1, 0.5, 0.9):
        (kink,) = pair.outer_kinks([float(pair.inner.distribution.ppf(level))])
        assert np.isclose(edges, kink, rtol=1e-9).any()


def test_too_many_components_name_both_lengths() -> None:
    pair = pair_of(cell(), 0.5, swapped=True)
    pair.check_size(1000)
    with pytest.raises(wq.InputError, match="components") as caught:
        pair.check_size(2**30)
    message = str(caught.value)
    assert message.index(str(spec(OUTPUT))) < message.index(str(spec(INPUT)))
    assert "method='monte_carlo'" in message


def test_a_length_smears_as_much_as_it_moves_the_energy() -> None:
    """ln E = ln L_out + constant: a share of the inverse of the highest density of ln L_out, whatever the input."""
    of = cell(throughput=naive.Throughput(6.0, 0.0, 0.0, 600.0))
    for sigma in (0.1, 0.5):
        edge = math.exp(naive.Z95 * sigma)
        inner = wq.LogNormal(p5=300 / edge, p95=300 * edge)
        found = smeared(family_of(of), 0.0, inner, spec(INPUT), swapped=False)
        highest = 1.0 / (sigma * math.sqrt(2 * math.pi))
        assert 0.1 < found * highest < 1.0
    narrow = smeared(family_of(of), 0.0, wq.Uniform(299, 301), spec(INPUT), swapped=False)
    assert narrow < 0.01 * found, "a density that jumps leaves kinks"


def test_a_length_that_moves_no_energy_smears_nothing() -> None:
    """Up to the cap the throughput rises with the output as its tokens do; a turn is where the energy falls as well."""
    level, falling = (
        family_of(cell(throughput=naive.Throughput(math.log(2.0 * 300.0 ** (1.0 - b2)), 0.0, b2, 600.0)))
        for b2 in (1.0, 1.5)
    )
    inner = wq.LogNormal(p5=100, p95=900)
    assert smeared(level, 0.0, inner, spec(INPUT), swapped=False) < 1e-6
    assert smeared(falling, 0.0, inner, spec(INPUT), swapped=False) > 1e-3
