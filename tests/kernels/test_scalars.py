"""The equation and the throughput model of `wq.kernels`, called from a user's own kernels and from plain Python."""

import math

import numba
import numpy as np
import pytest
import xarray as xr

import wattquery as wq
from wattquery.throughput import fit_throughput

ROUNDING = 1e-14  # relative, of an exp of a sum of a few logarithms
COEFFICIENTS = (10.824, -0.562, 0.262, math.log(17463.99))
MODES = {"serial": {}, "parallel": {"parallel": True}}
modes = pytest.mark.parametrize("options", MODES.values(), ids=MODES)


def lengths(size):
    rng = np.random.default_rng(5)
    return np.rint(rng.exponential(433.0, size)) + 1.0, np.rint(rng.lognormal(6.2, 1.0, size)) + 1.0


def queries(output_tokens, input_tokens, model, out):
    for i in numba.prange(output_tokens.size):
        rate = wq.kernels.throughput(*model, input_tokens[i], output_tokens[i])
        share = wq.kernels.power_utilization(0.24, 0.56, rate, model[3])
        out[i, 0] = rate
        out[i, 1] = share
        out[i, 2] = wq.kernels.energy(
            output_tokens[i],
            input_tokens[i],
            throughput=rate,
            power_utilization=share,
            pue=1.3,
            node_power=10.2,
            levers=2.5,
            prefill_weight=0.03,
        )
        out[i, 3] = wq.kernels.energy(output_tokens[i], input_tokens[i], rate, 0.6, 1.3, 10.2)
        out[i, 4] = wq.kernels.log_energy(
            wq.kernels.log_factors(1.0, 1.3, 10.2, 2.5),
            output_tokens[i],
            math.log(output_tokens[i]),
            input_tokens[i],
            math.log(input_tokens[i]),
            model[0],
            model[1],
            model[2],
            model[3],
            0.03,
            0.24,
            0.56,
        )
        out[i, 5] = wq.kernels.bin_index(out[i, 4])


def naive_query(output_tokens, input_tokens):
    b0, b1, b2, ln_maximum = COEFFICIENTS
    rate = min(math.exp(b0) * input_tokens**b1 * output_tokens**b2, math.exp(ln_maximum))
    share = 0.24 + 0.56 * rate / math.exp(ln_maximum)
    full = 1.3 * 10.2 * share * (output_tokens + 0.03 * input_tokens) / (3.6 * rate) / 2.5
    plain = 1.3 * 10.2 * 0.6 * output_tokens / (3.6 * rate)
    return rate, share, full, plain, math.log(full)


@modes
def test_equation_in_a_users_kernel(options):
    output_tokens, input_tokens = lengths(2000)
    found = np.empty((2000, 6))
    numba.njit(**options)(queries)(output_tokens, input_tokens, COEFFICIENTS, found)
    naive = np.array([naive_query(*pair) for pair in zip(output_tokens, input_tokens, strict=True)])
    np.testing.assert_allclose(found[:, :4], naive[:, :4], rtol=ROUNDING)
    np.testing.assert_allclose(found[:, 4], naive[:, 4], rtol=0.0, atol=ROUNDING)
    np.testing.assert_array_equal(found[:, 5], np.floor(found[:, 4] * 1024.0))
    plain = np.empty((2000, 6))
    queries(output_tokens, input_tokens, COEFFICIENTS, plain)
    np.testing.assert_allclose(found[:, :5], plain[:, :5], rtol=ROUNDING, atol=ROUNDING)


def test_parallel_kernels_give_the_same_bits():
    output_tokens, input_tokens = lengths(500)
    found = np.empty((2, 500, 6))
    for k, options in enumerate(MODES.values()):
        numba.njit(**options)(queries)(output_tokens, input_tokens, COEFFICIENTS, found[k])
    np.testing.assert_array_equal(found[0], found[1])


def test_plain_functions_take_arrays():
    output_tokens, input_tokens = lengths(50)
    rate = wq.kernels.throughput(*COEFFICIENTS, input_tokens, output_tokens)
    found = wq.kernels.energy(output_tokens, input_tokens, rate, 0.6, 1.3, 10.2)
    naive = [naive_query(*pair)[3] for pair in zip(output_tokens, input_tokens, strict=True)]
    np.testing.assert_allclose(found, naive, rtol=ROUNDING)


def test_power_without_a_span_is_its_base():
    @numba.njit
    def shares():
        return (
            wq.kernels.power_utilization(0.24, 0.0, 100.0, 5.0),
            wq.kernels.power_utilization(0.24, 0.5, 0.0, 5.0),
        )

    assert shares() == (0.24, 0.24)
    assert wq.kernels.power_utilization(0.24, 0.0, 100.0, 5.0) == 0.24


def test_plain_functions_keep_labels():
    lengths = xr.DataArray([100.0, 300.0], dims="query")
    rates = xr.DataArray([900.0, 6000.0, 17000.0], {"site": ["a", "b", "c"]}, dims="site")
    found = wq.kernels.energy(lengths, 500.0, rates, 0.6, 1.3, 10.2)
    assert found.dims == ("query", "site")
    np.testing.assert_allclose(found, 1.3 * 10.2 * 0.6 * lengths * (1 / (3.6 * rates)), rtol=ROUNDING)
    assert wq.kernels.throughput(*COEFFICIENTS, lengths, 300.0).dims == ("query",)


CASES = [("DeepSeek-R1", 300.0, 500.0, 0.03), ("Llama 3.1 70B", 5000.0, 30.0, 0.0), ("Llama 3.1 405B", 1.0, 9.0, 0.1)]


@pytest.mark.parametrize(("model", "output_tokens", "input_tokens", "prefill_weight"), CASES)
@pytest.mark.parametrize("follows", [False, True])
def test_the_same_energy_as_a_sweep(model, output_tokens, input_tokens, prefill_weight, follows):
    power = wq.ThroughputProportional(base=0.24, span=0.56) if follows else 0.6
    ds = wq.sweep(
        model,
        output_tokens=output_tokens,
        input_tokens=input_tokens,
        prefill_weight=prefill_weight,
        power_utilization=power,
        pue=1.3,
        node_power=10.2,
        levers={"mine": wq.Lever("mine", 2.5)},
        method="exact",
        quantiles=[0.5],
    )
    fitted = fit_throughput(wq.catalog.load("oviedo2026").deployment(model).rows, model)

    @numba.njit
    def mine(output_tokens, input_tokens, model, prefill_weight):
        rate = wq.kernels.throughput(*model, input_tokens, output_tokens)
        share = wq.kernels.power_utilization(0.24, 0.56, rate, model[3]) if follows else 0.6
        energy = wq.kernels.energy(output_tokens, input_tokens, rate, share, 1.3, 10.2, 2.5, prefill_weight)
        return rate, energy

    rate, energy = mine(output_tokens, input_tokens, fitted.coefficients, prefill_weight)
    assert energy == pytest.approx(float(ds["energy"].squeeze()), rel=1e-12)
    assert rate == pytest.approx(float(fitted.predict(input_tokens, output_tokens)), rel=ROUNDING)
