"""The functions of `wq.kernels`, called from a user's own kernels: serial, parallel, and against plain Python."""

import json
import math
import os
import subprocess
import sys

import numba
import numpy as np
import pytest

import wattquery as wq
from wattquery.kernels import philox
from wattquery.lattice import Histogram

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


@pytest.mark.parametrize("output_tokens", [0.0, -1.0])
def test_lengths_that_cannot_be_have_no_energy(output_tokens):
    @numba.njit
    def one(length):
        return wq.kernels.energy(length, 500.0, 2000.0, 1.0, 1.0, 10.0)

    assert math.isnan(one(output_tokens))


def draws(stream, first, indices, uniforms, words):
    for i in numba.prange(indices.size):
        uniforms[i] = wq.kernels.uniform(stream, first + indices[i])
        words[i] = wq.kernels.word_of(stream, first + indices[i], 0)


@modes
def test_scalar_draws_are_those_of_the_block_kernels(options):
    stream = np.array([42, 7, 1, 2], dtype=np.uint32)
    words = np.empty(2**22, dtype=np.uint32)
    wq.kernels.words(stream, 300, words)
    expected = np.empty(words.size)
    wq.kernels.uniforms(stream, 300, words, expected)
    # Both tails, which have more bits, and some of the rest.
    tails = np.flatnonzero(np.minimum(words, ~words) < philox.TAIL_WORDS)
    assert {True, False} == set(words[tails] < 2**31)
    indices = np.concatenate([tails, np.arange(1000)])
    found, found_words = np.empty(indices.size), np.empty(indices.size, dtype=np.uint32)
    numba.njit(**options)(draws)(stream, 300, indices, found, found_words)
    np.testing.assert_array_equal(found, expected[indices])
    np.testing.assert_array_equal(found_words, words[indices])


def test_philox_in_a_users_kernel():
    @numba.njit
    def block(c, k):
        return wq.kernels.philox4x32(c, c, c, c, k, k)

    # Published with the generator: file kat_vectors of Random123, https://github.com/DEShawResearch/random123
    assert block(np.uint64(0), np.uint64(0)) == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
    ones = np.uint64(0xFFFFFFFF)
    assert block(ones, ones) == (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)


KINDS = {
    "LOGNORMAL": (wq.LogNormal(p5=0.4, p95=0.9), lambda d: (d.mu, d.sigma, 0.0)),
    "EXPONENTIAL": (wq.Exponential(median=300), lambda d: (d.scale, 0.0, 0.0)),
    "UNIFORM": (wq.Uniform(1.0, 3.0), lambda d: (d.low, d.high, 0.0)),
    "TRIANGULAR": (wq.Triangular(1.0, 1.2, 3.0), lambda d: (d.low, d.mode, d.high)),
    "NORMAL": (wq.Normal(5.0, 0.5), lambda d: (d.mu, d.sigma, 0.0)),
    "FIXED": (wq.Fixed(7.0), lambda d: (d.value, 0.0, 0.0)),
}


def variates(kind, parameters, levels, u, out):
    for i in numba.prange(u.size):
        p0, p1, p2 = parameters
        out[i] = wq.kernels.quantile(kind, p0, p1, p2, levels, levels, u[i])


@modes
def test_variates_in_a_users_kernel(options):
    u = np.linspace(1e-6, 1.0 - 1e-6, 501)
    compiled = numba.njit(**options)(variates)
    for kind, (distribution, parameters) in KINDS.items():
        found = np.empty(u.size)
        compiled(getattr(wq.kernels, kind), parameters(distribution), wq.kernels.NO_TABLE, u, found)
        np.testing.assert_allclose(found, distribution.ppf(u), rtol=1e-12, err_msg=kind)


def test_named_variates_are_the_quantiles():
    empty = wq.kernels.NO_TABLE

    @numba.njit
    def pairs(u):
        return (
            (
                wq.kernels.exponential(2.0, u),
                wq.kernels.quantile(wq.kernels.EXPONENTIAL, 2.0, 0.0, 0.0, empty, empty, u),
            ),
            (
                wq.kernels.lognormal(0.1, 0.3, u),
                wq.kernels.quantile(wq.kernels.LOGNORMAL, 0.1, 0.3, 0.0, empty, empty, u),
            ),
            (
                wq.kernels.standard_normal(u),
                wq.kernels.quantile(wq.kernels.STANDARD_NORMAL, 0.0, 0.0, 0.0, empty, empty, u),
            ),
        )

    for u in (1e-9, 0.3, 0.999):
        assert all(one == other for one, other in pairs(u))


def simulated(stream, model, draws_each, first_bin, counts):
    for part in numba.prange(counts.shape[0]):
        index = np.empty(1, dtype=np.uint32)
        for i in range(part * draws_each, (part + 1) * draws_each):
            length = wq.kernels.exponential(300.0 / math.log(2.0), wq.kernels.uniform(stream, i))
            rate = wq.kernels.throughput(*model, 500.0, length)
            log_energy = math.log(wq.kernels.energy(length, 500.0, rate, 0.6, 1.3, 10.2))
            index[0] = min(max(wq.kernels.bin_index(log_energy) - first_bin, 0), counts.shape[1] - 1)
            wq.kernels.count(index, counts[part])


@modes
def test_a_users_monte_carlo_finds_the_exact_answer(options):
    model = COEFFICIENTS
    counts = np.zeros((8, 20 * 1024), dtype=np.uint32)
    stream = np.array([1, 2, 3, 4], dtype=np.uint32)
    numba.njit(**options)(simulated)(stream, model, 25_000, -15 * 1024, counts)
    together = counts.sum(axis=0, dtype=np.int64)
    assert together.sum() == 200_000
    levels = np.array([0.05, 0.5, 0.95])
    energies, stderrs = np.empty(3), np.empty(3)

    @numba.njit
    def summary(counts, first_bin, levels, energies, stderrs):
        return wq.kernels.summarize(counts, first_bin, levels, energies, stderrs)

    mean, std = summary(together, -15 * 1024, levels, energies, stderrs)
    # E grows with the length, whose quantiles are known.
    length = -300.0 / math.log(2.0) * np.log1p(-levels)
    rate = wq.kernels.throughput(*model, 500.0, length)
    exact = 1.3 * 10.2 * 0.6 * length / (3.6 * rate)
    assert np.all(np.abs(energies - exact) < 4.4 * stderrs)  # 1e-5 for each
    histogram = Histogram(-15 * 1024, together)
    np.testing.assert_allclose(energies, histogram.quantiles(levels), rtol=1e-12)
    np.testing.assert_allclose([mean, std], [histogram.mean(), histogram.std()], rtol=1e-10)


FASTMATH = """
import re
import numba
import wattquery as wq
from wattquery.kernels import equation

@numba.njit(fastmath=True)
def mine(u):
    return wq.kernels.standard_normal(u) + wq.kernels.energy(300.0, 500.0, u, 1.0, 1.0, 10.0)

mine(0.3)
compiled = wq.kernels.standard_normal
print(len(re.findall(r"f(?:add|mul) fast", compiled.inspect_llvm(compiled.signatures[0]))))
"""


def test_a_users_fastmath_does_not_reach_our_kernels():
    environment = {**os.environ, "WATTQUERY_CACHE_DIR": "off"}
    done = subprocess.run([sys.executable, "-c", FASTMATH], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "0"


FIRST_NAMED = """
import sys
import numba
import wattquery as wq

@numba.njit
def mine(length):
    return wq.kernels.energy(length, 500.0, 2000.0, 1.0, 1.0, 10.0)

print("wattquery.kernels" in sys.modules, round(mine(300.0), 4))
"""


def test_a_users_kernel_may_be_the_first_to_name_a_function():
    """Where it is imported in the middle of a compilation."""
    done = subprocess.run([sys.executable, "-c", FIRST_NAMED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "0.4167"]


IMPORTS = """
import json, sys
import wattquery.kernels
found = {"light": sorted({"numba", "scipy", "xarray"} & set(sys.modules))}
from numba.core import event
with event.install_recorder("numba:compile") as record:
    from wattquery.kernels import *
    import wattquery.kernels.ccallables
    import wattquery.kernels.scalars
    import wattquery.kernels.ufuncs
found["compiled"] = len(record.buffer)
found["heavy"] = "xarray" in sys.modules
print(json.dumps(found))
"""


def test_importing_compiles_nothing():
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"light": [], "compiled": 0, "heavy": False}


@pytest.mark.parametrize("name", wq.kernels.__all__)
def test_every_name_is_there(name):
    assert getattr(wq.kernels, name) is not None
    assert name in dir(wq.kernels)


@pytest.mark.parametrize("module", [wq.kernels, wq.kernels.ufuncs, wq.kernels.ccallables])
def test_unknown_names_are_refused(module):
    with pytest.raises(AttributeError, match="enrgy"):
        module.enrgy  # noqa: B018 - the look-up is what is tested
