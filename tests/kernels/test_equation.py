"""The one equation against the method's formula in linear space, from Python and from a user's own kernel."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import njit

from wattquery.kernels.equation import log_energy

RATE = (9.762, -0.585, 0.227, math.log(4572.23))  # Llama 3.1 405B: capped below about 128 input tokens
OUTPUTS = np.array([1.0, 2.0, 37.5, 300.0, 2048.0, 5000.0, 1e5])
INPUTS = np.array([1.0, 500.0, 64.0, 500.0, 10.0, 1e5, 3.0])
POWER, PUE, SHARE, LEVERS = 10.2, 1.3, 0.6, (3.0, 1.9)


def linear(outputs, inputs, *, weight, base, span, rate=RATE):
    """Return E = PUE P PU L_eff / (3.6 TPS) / M and whether the cap of TPS binds."""
    b0, b1, b2, ln_maximum = rate
    fitted = math.exp(b0) * inputs**b1 * outputs**b2
    tps = np.minimum(fitted, math.exp(ln_maximum))
    share = SHARE if span == 0.0 else base + span * tps / math.exp(ln_maximum)
    effective = outputs + weight * inputs
    return PUE * POWER * share * effective / (3.6 * tps) / math.prod(LEVERS), fitted > math.exp(ln_maximum)


def log_factors(span):
    factors = [POWER / 3.6, PUE, *(1 / lever for lever in LEVERS), *([SHARE] if span == 0.0 else [])]
    return sum(math.log(factor) for factor in factors)


@njit
def by_a_user(factors, outputs, inputs, b0, b1, b2, ln_maximum, weight, base, span):
    energies = np.empty(outputs.size)
    for i in range(outputs.size):
        energies[i] = log_energy(
            factors,
            outputs[i],
            np.log(outputs[i]),
            inputs[i],
            np.log(inputs[i]),
            b0,
            b1,
            b2,
            ln_maximum,
            weight,
            base,
            span,
        )
    return energies


@pytest.mark.parametrize("weight", [0.0, 1 / 30, 1.0])
@pytest.mark.parametrize(("base", "span"), [(1.0, 0.0), (0.24, 0.56), (0.01, 0.99)])
@pytest.mark.parametrize("rate", [RATE, (math.log(5200.0), 0.0, 0.0, math.log(5200.0)), (10.559, -0.539, -0.005, 7.17)])
def test_the_equation(weight, base, span, rate):
    expected, capped = linear(OUTPUTS, INPUTS, weight=weight, base=base, span=span, rate=rate)
    if rate[1]:
        assert set(capped.tolist()) == {True, False}
    logs = log_energy(log_factors(span), OUTPUTS, np.log(OUTPUTS), INPUTS, np.log(INPUTS), *rate, weight, base, span)
    np.testing.assert_allclose(np.exp(logs), expected, rtol=1e-13)
    compiled = by_a_user(log_factors(span), OUTPUTS, INPUTS, *rate, weight, base, span)
    np.testing.assert_allclose(compiled, logs, rtol=1e-15, atol=1e-15)


def test_the_cap_binds():
    short = linear(np.array([300.0]), np.array([2.0]), weight=0.0, base=1.0, span=0.0)
    assert short[1].all()
    arguments = (300.0, math.log(300.0), 2.0, math.log(2.0))
    capped = log_energy(0.0, *arguments, *RATE, 0.0, 1.0, 0.0)
    free = log_energy(0.0, *arguments, *RATE[:3], math.inf, 0.0, 1.0, 0.0)
    assert capped == pytest.approx(math.log(300.0) - RATE[3], rel=1e-15)
    assert free < capped


def test_scalars_broadcast_against_arrays():
    logs = log_energy(0.0, 300.0, math.log(300.0), INPUTS, np.log(INPUTS), *RATE, 1 / 30, 0.24, 0.56)
    for i, length in enumerate(INPUTS.tolist()):
        one = log_energy(0.0, 300.0, math.log(300.0), length, math.log(length), *RATE, 1 / 30, 0.24, 0.56)
        assert logs[i] == pytest.approx(one, rel=1e-15)


def test_a_million_seconds_of_a_kilowatt():
    # 1 kW for 3.6 s is 1 Wh: a node of 3.6 kW at one token/s takes 1 Wh per token.
    one_watt_hour = log_energy(math.log(3.6 / 3.6), 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    assert one_watt_hour == 0.0
