"""The reciprocal throughput of `wq.kernels` in its three forms: in a user's kernel, as a ufunc, and as C functions."""

from __future__ import annotations

import ctypes
import math

import numba
import numpy as np
import pytest
from scipy import LowLevelCallable, integrate

import naive
import wattquery as wq
from exact_pairs import model_of
from reciprocal_models import MODEL, RATE, give_all

ROUNDING = 1e-14
FITTED = model_of(RATE).fitted
ARGUMENTS = (300.0, 500.0, *FITTED, 0.6, 1.3, 10.2, 2.0, 0.03)
c = wq.kernels.ccallables


def energy(output_tokens, input_tokens=500.0, levers=2.0, weight=0.03):
    of = naive.Cell(RATE, 10.2, output_tokens, pue=1.3, power=0.6, levers=(levers,), prefill_weight=weight)
    return of.typical(output_tokens, input_tokens)


def called(function, arguments):
    prototype = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_int, ctypes.POINTER(ctypes.c_double))
    return prototype(function.address)(len(arguments), (ctypes.c_double * len(arguments))(*arguments))


@numba.njit
def by_a_user(model, outputs, inputs):
    found = np.empty(outputs.size)
    for i in range(outputs.size):
        rate = wq.kernels.reciprocal_throughput(*model, inputs[i], outputs[i])
        found[i] = wq.kernels.energy(outputs[i], inputs[i], rate, 0.6, 1.3, 10.2, 2.0, 0.03)
    return found


def test_every_form_is_the_naive_equation():
    outputs, inputs = np.array([1.0, 300.0, 9000.0]), np.array([7.0, 500.0, 20_000.0])
    for function in (wq.kernels.reciprocal_throughput, wq.kernels.ufuncs.reciprocal_throughput):
        np.testing.assert_allclose(function(*FITTED, inputs, outputs), RATE(outputs, inputs), rtol=ROUNDING)
    np.testing.assert_allclose(by_a_user(FITTED, outputs, inputs), energy(outputs, inputs), rtol=ROUNDING)
    assert wq.kernels.ufuncs.reciprocal_throughput.attributes == wq.kernels.ufuncs.throughput.attributes
    found = called(c.reciprocal_throughput, (*FITTED, 500.0, 300.0))
    assert found == pytest.approx(float(RATE(300.0, 500.0)), rel=ROUNDING)


@pytest.mark.parametrize("values", [(-1e-9, 1e-8, 1e-5), (1e-4, -1e-9, 1e-5), (1e-4, 1e-8, math.nan), (0.0, 0.0, 0.0)])
def test_coefficients_that_cannot_be_give_nan(values):
    for function in (wq.kernels.reciprocal_throughput, wq.kernels.ufuncs.reciprocal_throughput):
        assert math.isnan(function(*values, 500.0, 300.0))
    assert math.isnan(called(c.reciprocal_throughput, (*values, 500.0, 300.0)))


@pytest.mark.parametrize("length", [0.0, -1.0, math.inf, math.nan])
def test_lengths_that_cannot_be_give_nan(length):
    for function in (wq.kernels.reciprocal_throughput, wq.kernels.ufuncs.reciprocal_throughput):
        assert math.isnan(function(*FITTED, length, 300.0))
        assert math.isnan(function(*FITTED, 500.0, length))


@pytest.mark.parametrize(
    ("given", "rest"), [(10, {}), (9, {"weight": 0.0}), (8, {"levers": 1.0, "weight": 0.0})], ids=str
)
def test_energy_in_c(given, rest):
    assert called(c.reciprocal_energy, ARGUMENTS[:given]) == pytest.approx(energy(300.0, **rest), rel=ROUNDING)
    assert len(c.RECIPROCAL_ENERGY_ARGUMENTS) == len(ARGUMENTS)
    assert len(c.RECIPROCAL_THROUGHPUT_ARGUMENTS) == 5


@pytest.mark.parametrize("arguments", [(), ARGUMENTS[:7], (*ARGUMENTS, 1.0)], ids=len)
def test_other_numbers_of_arguments_are_refused_in_c(arguments):
    assert math.isnan(called(c.reciprocal_energy, arguments))
    assert math.isnan(called(c.reciprocal_throughput, arguments))


def test_scipy_integrates_over_the_output():
    data = np.array(ARGUMENTS[1:])
    pointer = data.ctypes.data_as(ctypes.c_void_p)
    expected = integrate.quad(energy, 100.0, 900.0)[0]
    for integrand, args in (
        (LowLevelCallable(c.reciprocal_energy.ctypes), ARGUMENTS[1:]),
        (LowLevelCallable(c.reciprocal_energy_with_data.ctypes, pointer), ()),
    ):
        assert integrate.quad(integrand, 100.0, 900.0, args=args)[0] == pytest.approx(expected, rel=1e-12)


def test_the_same_energy_as_a_sweep(monkeypatch):
    give_all(monkeypatch, RATE)
    factors = {"power_utilization": 0.6, "pue": 1.3, "node_power": 10.2, "prefill_weight": 0.03}
    lever = {"mine": wq.Lever("mine", 2.0)}
    ds = wq.sweep(MODEL, output_tokens=300, input_tokens=500, method="exact", levers=lever, **factors)
    assert ds["energy"].sel(quantile=0.5).item() == pytest.approx(called(c.reciprocal_energy, ARGUMENTS), rel=1e-12)
    assert ds["throughput"].item() == pytest.approx(float(RATE(300.0, 500.0)), rel=1e-12)
