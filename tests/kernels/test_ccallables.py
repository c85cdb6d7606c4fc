"""The C functions of `wq.kernels.ccallables`: by address, from ctypes and from SciPy's integrators."""

import ctypes
import math

import numba
import numpy as np
import pytest
from scipy import LowLevelCallable, integrate

import wattquery as wq

ROUNDING = 1e-14
MODEL = (10.824, -0.562, 0.262, math.log(17463.99))
ARGUMENTS = (300.0, 500.0, *MODEL, 0.6, 1.3, 10.2, 2.0, 0.03)
c = wq.kernels.ccallables


def naive(output_tokens, input_tokens=500.0, levers=2.0, prefill_weight=0.03):
    rate = min(math.exp(MODEL[0]) * input_tokens ** MODEL[1] * output_tokens ** MODEL[2], math.exp(MODEL[3]))
    return 1.3 * 10.2 * 0.6 * (output_tokens + prefill_weight * input_tokens) / (3.6 * rate * levers)


def called(function, arguments):
    """Call by address, as C does."""
    prototype = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_int, ctypes.POINTER(ctypes.c_double))
    return prototype(function.address)(len(arguments), (ctypes.c_double * len(arguments))(*arguments))


def test_energy_by_address():
    assert called(c.energy, ARGUMENTS) == pytest.approx(naive(300.0), rel=ROUNDING)


@pytest.mark.parametrize(
    ("given", "rest"), [(9, {"levers": 1.0, "prefill_weight": 0.0}), (10, {"prefill_weight": 0.0})]
)
def test_the_last_two_may_be_left_out(given, rest):
    assert called(c.energy, ARGUMENTS[:given]) == pytest.approx(naive(300.0, **rest), rel=ROUNDING)


@pytest.mark.parametrize("arguments", [(), ARGUMENTS[:8], (*ARGUMENTS, 1.0)])
def test_other_numbers_of_arguments_are_refused(arguments):
    assert math.isnan(called(c.energy, arguments))
    assert math.isnan(called(c.throughput, arguments))


def test_throughput_by_address():
    expected = math.exp(MODEL[0]) * 500.0 ** MODEL[1] * 300.0 ** MODEL[2]
    assert called(c.throughput, (*MODEL, 500.0, 300.0)) == pytest.approx(expected, rel=ROUNDING)


def test_impossible_quantities_give_nan():
    for place in (0, 1, 6, 7, 8, 9):
        for value in (-1.0, 0.0, math.nan):
            assert math.isnan(called(c.energy, (*ARGUMENTS[:place], value, *ARGUMENTS[place + 1 :])))


def test_names_count_the_arguments():
    assert len(c.ENERGY_ARGUMENTS) == len(ARGUMENTS)
    assert len(c.THROUGHPUT_ARGUMENTS) == 6


def test_energy_with_data_is_energy():
    data = np.array(ARGUMENTS[1:])
    prototype = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double, ctypes.c_void_p)
    assert prototype(c.energy_with_data.address)(300.0, data.ctypes.data) == called(c.energy, ARGUMENTS)


def test_quad_over_the_output_length():
    expected = integrate.quad(naive, 100.0, 900.0)[0]
    found = integrate.quad(LowLevelCallable(c.energy.ctypes), 100.0, 900.0, args=ARGUMENTS[1:])[0]
    assert found == pytest.approx(expected, rel=1e-12)


def test_quad_with_user_data():
    data = np.array(ARGUMENTS[1:])
    integrand = LowLevelCallable(c.energy_with_data.ctypes, data.ctypes.data_as(ctypes.c_void_p))
    expected = integrate.quad(naive, 100.0, 900.0)[0]
    assert integrate.quad(integrand, 100.0, 900.0)[0] == pytest.approx(expected, rel=1e-12)


def test_nquad_over_both_lengths():
    ranges = [(100.0, 900.0), (200.0, 400.0)]
    found = integrate.nquad(LowLevelCallable(c.energy.ctypes), ranges, args=ARGUMENTS[2:])[0]
    nodes, weights = np.polynomial.legendre.leggauss(40)
    outputs, inputs = 500.0 + 400.0 * nodes, 300.0 + 100.0 * nodes
    grid = [[naive(one, other) for other in inputs] for one in outputs]
    assert found == pytest.approx(400.0 * 100.0 * weights @ grid @ weights, rel=1e-10)


def test_an_integrand_of_ones_own():
    scale = 300.0 / math.log(2.0)

    @numba.cfunc("float64(float64)")
    def weighted(length):
        rate = wq.kernels.throughput(*MODEL, 500.0, length)
        return wq.kernels.energy(length, 500.0, rate, 0.6, 1.3, 10.2) * math.exp(-length / scale) / scale

    found = integrate.quad(LowLevelCallable(weighted.ctypes), 0.0, np.inf, epsabs=1e-12)[0]
    # Without its cap, which these lengths never reach, TPS is a power of the length, and the mean a gamma function.
    power = 1.0 - MODEL[2]
    expected = naive(1.0, levers=1.0, prefill_weight=0.0) * scale**power * math.gamma(1.0 + power)
    assert found == pytest.approx(expected, rel=1e-5)
