"""Wrong use of `wq.kernels`: NaN where a number would look right, and errors where Python or the compiler can tell."""

import math

import numba
import numpy as np
import pytest

import wattquery as wq

k = wq.kernels
QUERY = (300.0, 500.0, 2000.0, 0.6, 1.2, 10.0, 2.0, 0.03)
MODEL = (10.0, -0.5, 0.2, 9.5, 500.0, 300.0)
IMPOSSIBLE = (-1.0, 0.0, math.nan, math.inf, -math.inf, -1, 0)


@numba.njit
def energy(a, b, c, d, e, f, g, h):
    return k.energy(a, b, c, d, e, f, g, h)


@numba.njit
def throughput(a, b, c, d, e, f):
    return k.throughput(a, b, c, d, e, f)


@numba.njit
def power_utilization(a, b, c, d):
    return k.power_utilization(a, b, c, d)


def forms(name):
    """A function from a user's kernel, from plain Python, and as a ufunc."""
    return (globals()[name], getattr(k, name), getattr(k.ufuncs, name))


@pytest.mark.parametrize("place", range(8))
@pytest.mark.parametrize("weight", [0.0, 0.03])
def test_impossible_quantities_have_no_energy(place, weight):
    """Nor do they warn: the strict filters of these tests would see it."""
    query = (*QUERY[:7], weight)
    for function in forms("energy"):
        assert function(*query) > 0.0
        for value in IMPOSSIBLE:
            changed = list(query)
            changed[place] = value
            assert math.isnan(function(*changed)) == (place < 7 or value != 0.0), (function, value)


def test_two_wrong_signs_do_not_cancel():
    for function in forms("energy"):
        for one, other in ((3, 4), (4, 5), (5, 6), (0, 2)):
            changed = list(QUERY)
            changed[one], changed[other] = -changed[one], -changed[other]
            assert math.isnan(function(*changed))


def test_impossible_lengths_have_no_throughput():
    """A length of 0 would else be at the cap, as the throughput falls with the prompt."""
    for function in forms("throughput"):
        assert function(*MODEL) > 0.0
        for place in (4, 5):
            for value in IMPOSSIBLE:
                changed = list(MODEL)
                changed[place] = value
                assert math.isnan(function(*changed))
        for place in range(4):
            changed = list(MODEL)
            changed[place] = math.nan
            assert math.isnan(function(*changed))


def test_impossible_powers_have_no_utilization():
    for function in forms("power_utilization"):
        assert function(0.24, 0.56, 0.0, 9.5) == 0.24
        assert function(0.24, 0.0, 900.0, 9.5) == 0.24
        for place in range(3):
            for value in (-1.0, math.nan, math.inf):
                changed = [0.24, 0.56, 900.0, 9.5]
                changed[place] = value
                assert math.isnan(function(*changed))


def test_one_wrong_length_spoils_no_other():
    lengths = np.array([300.0, -1.0, 200.0])
    expected = [True, False, True]
    for function in (k.energy, k.ufuncs.energy):
        assert np.isfinite(function(lengths, 500, 2000, 0.6, 1.2, 10)).tolist() == expected


@pytest.mark.parametrize("u", [-0.1, 1.1, math.nan, math.inf])
def test_what_is_no_probability_has_no_quantile(u):
    table = np.array([0.0, 1.0])
    kinds = (
        k.STANDARD_NORMAL,
        k.FIXED,
        k.LOGNORMAL,
        k.EXPONENTIAL,
        k.UNIFORM,
        k.TRIANGULAR,
        k.NORMAL,
        k.TABLE,
        k.ATOMS,
    )
    assert all(math.isnan(k.quantile(kind, 1.0, 2.0, 3.0, table, table, u)) for kind in kinds)
    assert math.isnan(k.standard_normal(u))
    assert math.isnan(k.exponential(1.0, u))


def test_wrong_parameters_have_no_quantile():
    assert math.isnan(k.exponential(-1.0, 0.5))
    assert math.isnan(k.exponential(0.0, 0.5))
    assert math.isnan(k.lognormal(0.0, -1.0, 0.5))
    assert math.isnan(k.gaussian(0.0, -1.0, 0.5))
    for kind in (k.TABLE, k.ATOMS, 99, -1):
        assert math.isnan(k.quantile(kind, 1.0, 2.0, 3.0, k.NO_TABLE, k.NO_TABLE, 0.5))


def test_a_stream_has_four_words():
    for size in (0, 3, 5):
        assert math.isnan(k.uniform(np.zeros(size, dtype=np.uint32), 0))


@pytest.mark.parametrize("wrong", ["300", None, 300j, [1.0, "2"]])
def test_what_is_no_number_is_refused(wrong):
    with pytest.raises(TypeError, match="must be a real number or an array of real numbers, got"):
        k.energy(wrong, *QUERY[1:])
    with pytest.raises(TypeError, match=r"output_tokens must be a real number or an array of real numbers, got"):
        k.ufuncs.energy(wrong, *QUERY[1:])


def test_the_compiler_says_what_is_wrong():
    with pytest.raises(numba.TypingError, match="must be one real number, got array"):
        energy(np.array([300.0]), *QUERY[1:])
    with pytest.raises(numba.TypingError, match="must be a real number, got"):
        energy("300", *QUERY[1:])
