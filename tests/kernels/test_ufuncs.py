"""The ufuncs of `wq.kernels.ufuncs`: on arrays, on labelled arrays, and inside compiled code."""

import math
import pickle

import numba
import numpy as np
import pytest
import xarray as xr
from scipy import stats

import wattquery as wq
from wattquery.quantities import QUANTITIES

ROUNDING = 1e-14
ufuncs = wq.kernels.ufuncs
FACTORS = {"power_utilization": 0.6, "pue": 1.3, "node_power": 10.2}


def naive(output_tokens, throughput):
    return 1.3 * 10.2 * 0.6 * output_tokens / (3.6 * throughput)


def test_arguments_broadcast():
    output_tokens, throughput = np.array([100.0, 200.0, 5000.0]), np.array([[900.0], [6000.0]])
    found = ufuncs.energy(output_tokens, 500.0, throughput, **FACTORS)
    assert found.shape == (2, 3)
    np.testing.assert_allclose(found, naive(output_tokens, throughput), rtol=ROUNDING)


def test_every_argument_may_be_an_array():
    weights = np.array([0.0, 0.03])
    found = ufuncs.energy(300.0, 500.0, 2000.0, **FACTORS, levers=np.array([[1.0], [2.0]]), prefill_weight=weights)
    np.testing.assert_allclose(found, naive(300.0 + 500.0 * weights, 2000.0) / [[1.0], [2.0]], rtol=ROUNDING)


def test_positions_and_names_mean_the_same():
    by_position = ufuncs.energy(300.0, 500.0, 2000.0, 0.6, 1.3, 10.2, 1.0, 0.0)
    assert by_position == ufuncs.energy(output_tokens=300.0, input_tokens=500.0, throughput=2000.0, **FACTORS)


def test_what_is_missing_is_named():
    with pytest.raises(TypeError, match="node_power"):
        ufuncs.energy(300.0, 500.0, 2000.0, 0.6, 1.3)


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.float32])
def test_other_types_are_cast_and_not_compiled(dtype):
    loops = ufuncs.energy.types
    found = ufuncs.energy(np.array([300], dtype=dtype), 500, 2000, **FACTORS)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, naive(300.0, 2000.0), rtol=ROUNDING)
    assert ufuncs.energy.types == loops == ["dddddddd->d"]


def test_results_may_be_written_to_given_arrays():
    room = np.empty(2)
    assert ufuncs.standard_normal(np.array([0.1, 0.5]), out=room) is room
    np.testing.assert_allclose(room, [-1.2815515655446004, 0.0], rtol=ROUNDING)


def test_masks_are_refused_and_not_ignored():
    with pytest.raises(TypeError, match=r"where= is not possible.*numpy\.where"):
        ufuncs.standard_normal(np.array([0.1, 0.5]), where=np.array([True, False]))


def test_they_are_ufuncs():
    assert isinstance(ufuncs.energy.ufunc, np.ufunc)
    assert (ufuncs.energy.nin, ufuncs.energy.nout) == (8, 1)


def test_the_others():
    maximum = math.log(17463.99)
    rate = ufuncs.throughput(10.824, -0.562, 0.262, maximum, np.array([500.0, 1e-6]), 300.0)
    np.testing.assert_allclose(rate, [math.exp(10.824) * 500.0**-0.562 * 300.0**0.262, 17463.99], rtol=ROUNDING)
    np.testing.assert_allclose(ufuncs.power_utilization(0.24, [0.56, 0.0], 17463.99, maximum), [0.8, 0.24])
    bins = ufuncs.bin_index(np.array([0.0, -1e-9, 2.5]))
    assert bins.dtype == np.int64
    assert bins.tolist() == [0, -1, 2560]


def test_variates():
    u = np.linspace(0.01, 0.99, 9)
    np.testing.assert_allclose(ufuncs.exponential(433.0, u), stats.expon(scale=433.0).ppf(u), rtol=1e-12)
    np.testing.assert_allclose(ufuncs.gaussian(5.0, [[2.0], [3.0]], u)[1], stats.norm(5.0, 3.0).ppf(u), rtol=1e-12)
    np.testing.assert_allclose(ufuncs.lognormal(0.1, 0.3, u), stats.lognorm(0.3, scale=np.exp(0.1)).ppf(u), rtol=1e-12)
    factors = ufuncs.log_factors(0.6, 1.3, np.array([10.2, 12.8]))
    np.testing.assert_allclose(factors, np.log(0.6 * 1.3 * np.array([10.2, 12.8]) / 3.6), rtol=ROUNDING)


def labelled():
    lengths = xr.DataArray([100.0, 300.0], dims="query", attrs={"units": "tokens", "long_name": "length"})
    pue = xr.DataArray([1.1, 1.3], {"site": ["a", "b"]}, dims="site", attrs={"units": "1"})
    return lengths, pue


def test_labelled_arrays_stay_labelled_and_get_their_own_unit():
    lengths, pue = labelled()
    found = ufuncs.energy(lengths, 500.0, 2000.0, power_utilization=0.6, pue=pue, node_power=10.2)
    assert found.dims == ("query", "site")
    assert found["site"].values.tolist() == ["a", "b"]
    assert found.attrs == QUANTITIES["energy"].attributes
    np.testing.assert_allclose(found.sel(site="b"), naive(np.array([100.0, 300.0]), 2000.0), rtol=ROUNDING)
    assert lengths.attrs["units"] == "tokens"


def test_apply_ufunc_leaves_attributes_to_the_caller():
    lengths, pue = labelled()
    arguments = (lengths, 500.0, 2000.0, 0.6, pue, 10.2)
    bare = xr.apply_ufunc(ufuncs.energy, *arguments, keep_attrs=False)
    assert bare.attrs == {}
    xr.testing.assert_equal(bare, ufuncs.energy(*arguments))


@pytest.mark.parametrize("name", ["energy", "power_utilization"])
def test_units_are_those_of_the_table(name):
    assert getattr(ufuncs, name).attributes == QUANTITIES[name].attributes


def test_throughput_has_the_unit_of_the_table():
    assert ufuncs.throughput.attributes["units"] == QUANTITIES["throughput"].unit


def test_they_can_be_called_from_compiled_code():
    @numba.njit
    def mine(lengths):
        return ufuncs.energy(lengths, 500.0, 2000.0, 0.6, 1.3, 10.2, 1.0, 0.0)

    lengths = np.array([100.0, 300.0])
    np.testing.assert_array_equal(mine(lengths), ufuncs.energy(lengths, 500.0, 2000.0, **FACTORS))
    assert mine(300.0) == ufuncs.energy(300.0, 500.0, 2000.0, **FACTORS)


def test_they_travel_by_name():
    assert pickle.loads(pickle.dumps(ufuncs.energy)) is ufuncs.energy
