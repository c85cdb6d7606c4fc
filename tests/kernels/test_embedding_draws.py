"""Random numbers and histograms of `wq.kernels` in a user's own kernels, and the streams of a sweep."""

import math

import numba
import numpy as np
import pytest

import wattquery as wq
from wattquery.histograms import Histogram
from wattquery.kernels.random import philox
from wattquery.throughput import fit_throughput

COEFFICIENTS = (10.824, -0.562, 0.262, math.log(17463.99))
MODES = {"serial": {}, "parallel": {"parallel": True}}
ROUNDING = 1e-14
modes = pytest.mark.parametrize("options", MODES.values(), ids=MODES)


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
                wq.kernels.gaussian(0.1, 0.3, u),
                wq.kernels.quantile(wq.kernels.NORMAL, 0.1, 0.3, 0.0, empty, empty, u),
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


@numba.njit
def first_lengths(stream, scale, size):
    lengths = np.empty(size)
    for draw in range(size):
        lengths[draw] = max(1.0, np.rint(wq.kernels.exponential(scale, wq.kernels.uniform(stream, draw))))
    return lengths


def test_a_users_kernel_draws_what_a_sweep_draws():
    """The same queries in the same bins, but for lengths whose rounding single precision tips over."""
    draws, seed, model = 50_000, 42, "Llama 3.1 70B"
    arguments = {"output_tokens": wq.Exponential(median=300), "pue": 1.2, "power_utilization": 0.6, "node_power": 10.2}
    ds = wq.sweep(model, **arguments, draws=draws, seed=seed, keep_histogram=True)
    rows = wq.catalog.load("oviedo2026").deployment(model).rows
    coefficients = fit_throughput(rows, model).coefficients
    counts = ds["histogram"].values.ravel()
    first_bin = int(ds["bin"][0])
    lengths = first_lengths(wq.kernels.stream(seed, "output_tokens"), 300.0 / math.log(2.0), draws)
    rate = wq.kernels.throughput(*coefficients, 500.0, lengths)
    energies = wq.kernels.energy(lengths, 500.0, rate, 0.6, 1.2, 10.2)
    mine = np.zeros_like(counts)
    for log_energy in np.log(energies):
        assert wq.kernels.count_energy(log_energy, first_bin, mine)
    assert np.abs(mine - counts).sum() <= draws // 1000
    other = first_lengths(wq.kernels.stream(seed + 1, "output_tokens"), 300.0 / math.log(2.0), draws)
    assert np.mean(other == lengths) < 0.01


def test_streams_are_named_by_whole_numbers_and_texts():
    found = wq.kernels.stream(42, "output_tokens")
    assert (found.dtype, found.shape) == (np.uint32, (4,))
    assert found.tolist() == wq.kernels.stream(np.int64(42), "output_tokens").tolist()
    for wrong in ((42.0, "a"), (42, 1), ("42", "a"), (None, "a")):
        with pytest.raises(TypeError):
            wq.kernels.stream(*wrong)


def test_any_whole_number_is_an_index_of_a_draw():
    """The index of a `prange` is unsigned."""
    stream = wq.kernels.stream(1, "mine")
    expected = [wq.kernels.uniform(stream, draw) for draw in (0, 300)]
    for kind in (np.uint64, np.int32, np.uint8):
        assert wq.kernels.uniform(stream, kind(0)) == expected[0]
    assert wq.kernels.uniform(stream, np.uint64(300)) == expected[1]
    assert wq.kernels.uniform(stream.astype(np.int64), 300) == expected[1]
    assert wq.kernels.uniform(tuple(stream.tolist()), 300) == expected[1]


@pytest.mark.parametrize("kind", [np.int64, np.uint64, np.uint32, np.int32])
def test_philox_takes_whole_numbers_of_any_type(kind):
    zero = kind(0)
    assert wq.kernels.philox4x32(*[zero] * 6) == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
    if kind is np.int64:
        high = kind(2**32)
        assert wq.kernels.philox4x32(*[high] * 6) == wq.kernels.philox4x32(*[zero] * 6)


def test_the_histogram_is_the_lattice_of_a_sweep():
    ds = wq.sweep("DeepSeek-R1", output_tokens=300, method="exact", keep_histogram=True)
    bins = ds["bin"].values
    np.testing.assert_allclose(wq.kernels.bin_edge(bins), ds["bin_lower"], rtol=ROUNDING)
    np.testing.assert_allclose(wq.kernels.bin_edge(bins + 1), ds["bin_upper"], rtol=ROUNDING)
    middles = np.log(wq.kernels.bin_edge(bins + 0.5))
    assert [wq.kernels.bin_index(one) for one in middles] == bins.tolist()


def test_energies_are_counted_where_they_lie():
    @numba.njit
    def mine(log_energies, first_bin, counts, inside):
        for i in range(log_energies.size):
            inside[i] = wq.kernels.count_energy(log_energies[i], first_bin, counts)

    values = np.random.default_rng(3).normal(0.0, 0.5, 5000)
    counts, inside = np.zeros(1024, dtype=np.uint32), np.zeros(values.size, dtype=np.bool_)
    mine(values, -512, counts, inside)
    np.testing.assert_array_equal(inside, np.abs(values) < 0.5)
    expected = np.bincount(np.clip(np.floor(values * 1024).astype(int) + 512, 0, 1023), minlength=1024)
    np.testing.assert_array_equal(counts, expected)
    for edge, place in ((-0.5, 0), (np.nextafter(0.5, 0.0), 1023)):
        one = np.zeros(1024, dtype=np.int64)
        assert wq.kernels.count_energy(edge, -512, one)
        assert one[place] == 1


@pytest.mark.parametrize("log_energy", [math.nan, math.inf, -math.inf, 1e300])
def test_what_is_no_energy_is_not_counted(log_energy):
    counts = np.zeros(8, dtype=np.int64)
    assert not wq.kernels.count_energy(log_energy, -4, counts)
    assert not counts.any()
    assert wq.kernels.bin_index(log_energy) == wq.kernels.NO_BIN
    assert not wq.kernels.count_energy(0.0, 0, counts[:0])


def test_quantiles_of_counts():
    @numba.njit
    def mine(counts, first_bin, level):
        return wq.kernels.histogram_quantile(counts, first_bin, level)

    draws = np.random.default_rng(4).normal(1.0, 0.4, 20_000)
    counts = np.bincount(np.floor((draws + 2.0) * 1024).astype(int))
    for kind in (np.int64, np.uint32):
        for level in (0.0, 0.05, 0.5, 0.999, 1.0):
            expected = Histogram(-2048, counts).quantiles(level)
            assert mine(counts.astype(kind), -2048, level) == pytest.approx(float(expected), rel=1e-12)
    # Half a bin, as the draws of a bin are taken as even in ln E.
    assert math.log(mine(counts, -2048, 0.5)) == pytest.approx(np.quantile(draws, 0.5), abs=1.5 / 1024)


def test_no_draws_have_no_quantiles():
    empty = np.zeros(5, dtype=np.int64)
    assert math.isnan(wq.kernels.histogram_quantile(empty, 0, 0.5))
    energies, stderrs = np.zeros((2, 1))
    assert np.isnan(wq.kernels.summarize(empty, 0, np.array([0.5]), energies, stderrs)).all()
    assert np.isnan([energies, stderrs]).all()
    for level in (-0.1, 1.1, math.nan):
        assert math.isnan(wq.kernels.histogram_quantile(np.ones(5, dtype=np.int64), 0, level))
