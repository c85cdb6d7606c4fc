"""Nodes of the lengths in the load form, against sums over all tokens and fine quadrature, with windows and a cache."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import ndtr

import wattquery as wq
from wattquery.kernels.load.query import query_joules
from wattquery.methods.exact import load_nodes as under_test
from wattquery.methods.exact.load_drivers import LoadDrivers, load_statistics
from wattquery.methods.exact.load_nodes import LoadLengths, load_nodes
from wattquery.plans.columns import joint_columns, length_column
from wattquery.specs.distributions.convert import as_distribution
from wattquery.specs.joint_lengths.nodes import JointLengths

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
UNITS = np.array([[0.0, 3e-4, 1e-8, 2e-5, 1e-10], [0.0, 1e-6, 3e-8, 1e-7, 1e-8], [0.1, 1e-6, 1e-9, 2e-6, 3e-9]])
"""What one unit of each driver takes [kJ]: all phases count, attention alone, an instance that is mostly idle."""

FULL = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, math.inf, math.inf, 0.05)
WINDOW = (0.2, 0.8, 0.0, 0.2, 0.8, 0.0, 1024.0, math.inf, 0.05)
SPARSE = (0.4, 0.6, 0.1, 0.3, 0.7, 0.2, 700.0, 2048.0, 0.05)
REACHES = pytest.mark.parametrize("reach", [FULL, WINDOW, SPARSE], ids=["full", "window", "sparse"])
SIGMAS = pytest.mark.parametrize("sigma", [2.0**-9, 0.02, 0.125, 0.24, 1.0])


def lengths_of(output, input_, reach, *, whole=True, share=0.0, number=0.0):
    columns = (
        length_column(name, as_distribution(value, name), round_tokens=whole)
        for name, value in (("output_tokens", output), ("input_tokens", input_))
    )
    return LoadLengths(*columns, share, number, *reach[6:8])


def solved(lengths, reach, sigma):
    """Quantiles, means and standard deviations of each row of units, by the nodes of the octave of sigma."""
    floor = math.ldexp(0.5, math.frexp(sigma)[1])
    drivers = LoadDrivers.of(load_nodes(lengths, floor), np.array(reach))
    return load_statistics(drivers, UNITS, np.full(len(UNITS), sigma), LEVELS)


def tokens_of(distribution, most=60_000):
    """All whole tokens of a length and their probabilities."""
    tokens = np.arange(1.0, most)
    ends = distribution.sf(np.append(tokens - 0.5, most - 0.5))
    ends[0] = 1.0
    return tokens, -np.diff(ends)


def exponential_pieces(mean, breaks):
    """Lengths and weights of an exponential, by Gauss and Legendre's rule on panels of 0.2 % of a length, and less."""
    edges = np.unique(np.concatenate([[0.0], np.geomspace(1e-9, 60.0, 12_000), np.array(breaks) / mean]))
    at, shares = np.polynomial.legendre.leggauss(5)
    points, weights = [], []
    for low, high in pairwise(edges.tolist()):
        points.append(0.5 * (low + high) + 0.5 * (high - low) * at)
        weights.append(0.5 * (high - low) * shares)
    places = np.concatenate(points)
    return mean * places, np.concatenate(weights) * np.exp(-places)


def check(found, lengths, weights, reach, sigma, *, level, moment):
    """Compare with sums over lengths (L_out, L_in, L_cached): the probability at each quantile, and both moments."""
    for units, quantiles, mean, deviation in zip(UNITS, *found, strict=True):
        energies = query_joules(units, reach, *lengths)
        reached = [weights @ ndtr((one - np.log(energies)) / sigma) for one in quantiles.tolist()]
        assert reached == pytest.approx(LEVELS, abs=level)
        expected = weights @ energies * math.exp(0.5 * sigma**2)
        variance = weights @ energies**2 * math.exp(2.0 * sigma**2) - expected**2
        assert mean == pytest.approx(expected, rel=moment)
        assert deviation == pytest.approx(math.sqrt(variance), rel=10.0 * moment)


@REACHES
@SIGMAS
def test_whole_outputs_after_one_input(reach, sigma):
    # The sum over tokens becomes an integral at 2,600 tokens or later: 1e-8 in probability.
    output = wq.Exponential(median=300)
    found = solved(lengths_of(output, 500, reach, share=0.4), reach, sigma)
    tokens, weights = tokens_of(output)
    check(found, (tokens, 500.0, 200.0), weights, reach, sigma, level=2e-8, moment=3e-8)


@REACHES
@SIGMAS
def test_continuous_outputs_after_one_input(reach, sigma):
    output = wq.Exponential(median=300)
    found = solved(lengths_of(output, 500, reach, whole=False, number=100.0), reach, sigma)
    tokens, weights = exponential_pieces(output.mean(), [cap - 500.0 for cap in reach[6:8] if math.isfinite(cap)])
    check(found, (tokens, 500.0, 100.0), weights, reach, sigma, level=1e-11, moment=1e-11)


@REACHES
@SIGMAS
def test_continuous_inputs_before_one_output(reach, sigma):
    # Cached are 150 tokens and half of all, but no more than there are; the window also fills in the cached part.
    input_ = wq.Exponential(median=1500)
    lengths = lengths_of(300, input_, reach, whole=False, share=0.5, number=150.0)
    caps = [cap for cap in reach[6:8] if math.isfinite(cap)]
    breaks = [300.0, *caps, *(cap - 300.0 for cap in caps), *(2.0 * (cap - 150.0) for cap in caps)]
    inputs, weights = exponential_pieces(input_.mean(), breaks)
    cached = np.minimum(150.0 + 0.5 * inputs, inputs)
    check(solved(lengths, reach, sigma), (300.0, inputs, cached), weights, reach, sigma, level=1e-10, moment=1e-10)


@REACHES
@pytest.mark.parametrize("sigma", [0.3, 1.0])
def test_two_random_lengths(reach, sigma):
    output, input_ = wq.Exponential(median=100), wq.Empirical([50.0, 400.0, 690.0, 3000.0])
    found = solved(lengths_of(output, input_, reach, share=0.4), reach, sigma)
    tokens, weights = tokens_of(output, 10_000)
    outputs, inputs = np.meshgrid(tokens, np.array([50.0, 400.0, 690.0, 3000.0]))
    pairs = (outputs.ravel(), inputs.ravel(), 0.4 * inputs.ravel())
    check(found, pairs, np.tile(0.25 * weights, 4), reach, sigma, level=2e-8, moment=3e-8)


@pytest.mark.parametrize("caps", [(math.inf, math.inf), (60.0, math.inf), (50.0, 120.0)])
def test_two_random_lengths_of_many_tokens(caps):
    # The kink crosses the plane of both lengths: outputs are cut anew for each input.
    output, input_, sigma = wq.Exponential(median=30), wq.Exponential(median=50), 0.25
    reach = (*SPARSE[:6], *caps, 0.05)
    found = solved(lengths_of(output, input_, reach, share=0.3), reach, sigma)
    (outputs, of_output), (inputs, of_input) = tokens_of(output, 1200), tokens_of(input_, 2000)
    pairs = np.meshgrid(outputs, inputs)
    flat = pairs[0].ravel(), pairs[1].ravel(), 0.3 * pairs[1].ravel()
    check(found, flat, np.outer(of_input, of_output).ravel(), reach, sigma, level=1e-8, moment=1e-8)


@SIGMAS
def test_cut_at_the_window(sigma, monkeypatch):
    # One that is not cut at kinks is off by more than the rest of it.
    output = wq.Exponential(median=300)
    lengths = lengths_of(output, 500, WINDOW, whole=False)
    here = solved(lengths, WINDOW, sigma)[0]
    monkeypatch.setattr(under_test, "_output_kinks", lambda *_: [[]])
    difference = np.max(np.abs(solved(lengths, WINDOW, sigma)[0] - here))
    assert difference < 1e-5
    if sigma == 1.0:
        assert difference > 1e-10


def test_nodes_of_a_workload_are_its_rows():
    joint = JointLengths((10.0, 300.0), (500.0, 20.0), (0.25, 0.75), (400.0, 0.0))
    nodes = load_nodes(LoadLengths(*joint_columns(joint)), 0.25)
    assert nodes.outputs.tolist() == [10.0, 300.0]
    assert nodes.inputs.tolist() == [500.0, 20.0]
    assert nodes.cached.tolist() == [400.0, 0.0]
    assert nodes.weights.tolist() == [0.25, 0.75]
    assert not nodes.in_order


def test_a_workload_without_a_cache_takes_that_of_the_cell():
    joint = JointLengths((10.0, 300.0), (500.0, 20.0), (0.25, 0.75))
    nodes = load_nodes(LoadLengths(*joint_columns(joint), 0.5, 30.0), 0.25)
    assert nodes.cached.tolist() == [280.0, 20.0]


def test_both_lengths_fixed_are_one_node():
    nodes = load_nodes(lengths_of(300, 500, FULL, share=0.5), 0.25)
    assert (nodes.outputs, nodes.inputs, nodes.cached, nodes.weights) == (300.0, 500.0, 250.0, 1.0)


def test_in_order_where_one_length_is_random():
    nodes = load_nodes(lengths_of(300, wq.Exponential(median=800), WINDOW), 0.25)
    assert nodes.in_order
    assert np.all(np.diff(nodes.inputs) > 0.0)
    assert not load_nodes(lengths_of(wq.Exponential(median=9), wq.Exponential(median=8), WINDOW), 0.25).in_order


def test_none_where_there_are_too_many():
    lengths = lengths_of(wq.Exponential(median=300), wq.Exponential(median=800), FULL)
    assert load_nodes(lengths, 2.0**-9) is None
