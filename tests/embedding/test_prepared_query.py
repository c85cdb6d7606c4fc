"""The energy of lengths in whatever form they come, and what is refused."""

import dataclasses
import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import wattquery as wq


@pytest.fixture(scope="module")
def cell():
    return wq.prepare("Llama 3.1 70B", hardware="H100 SXM", load=0.5, output_tokens=300)


@pytest.fixture(scope="module")
def paper():
    return wq.prepare("Llama 3.1 405B")


def test_arrays_broadcast_and_are_what_single_numbers_are(cell):
    inputs, outputs = np.array([[500], [9000]]), np.array([10, 300, 2000], dtype=np.int32)
    found = cell.energy(inputs, outputs, 400)
    assert found.shape == (2, 3)
    assert found[1, 2] == cell.energy(9000, 2000, 400)
    assert isinstance(cell.energy(9000, 2000.0), float)
    np.testing.assert_array_equal(found, cell.energy(inputs.astype(np.float32), outputs.tolist(), 400.0))
    assert cell.extrapolated(inputs, outputs).dtype == bool
    assert cell.energy([], []).shape == (0,)


def test_series_keep_their_index(cell):
    table = pd.DataFrame({"prompt": [500, 900], "answer": [10.5, 300.0]}, index=["a", "b"])
    found = cell.energy(table["prompt"], table["answer"], quantile=0.5)
    assert found.index.tolist() == ["a", "b"]
    assert found["b"] == cell.energy(900, 300, quantile=0.5)
    with pytest.raises(wq.InputError, match="same index"):
        cell.energy(table["prompt"], table["answer"].iloc[::-1])
    with pytest.raises(wq.InputError, match="must be Series or numbers"):
        cell.energy(table["prompt"], np.ones((3, 1)))


def test_labelled_arrays_broadcast_by_name_and_get_the_unit(cell):
    inputs = xr.DataArray([500, 900], {"prompt": ["short", "long"]}, dims="prompt", attrs={"units": "tokens"})
    outputs = xr.DataArray([10, 300, 2000], dims="answer")
    found = cell.energy(inputs, outputs)
    assert found.dims == ("prompt", "answer")
    assert (found.attrs["units"], found.attrs["boundary"]) == ("Wh", "facility")
    assert found.sel(prompt="long").values[1] == cell.energy(900, 300)
    with pytest.raises(wq.InputError, match="same labels along dimensions"):
        cell.energy(inputs, xr.DataArray([10, 300], {"prompt": ["a", "b"]}, dims="prompt"))


def test_the_expected_value_is_that_of_a_lognormal(cell):
    """The median times exp(sigma^2/2), and the ends of an interval are quantiles."""
    lengths = (900, 300, 500)
    median, sigma = cell.energy(*lengths, quantile=0.5), cell.sigma(*lengths)
    assert cell.energy(*lengths) == pytest.approx(median * np.exp(0.5 * sigma**2), rel=1e-12)
    low, high = cell.interval(*lengths, level=0.5)
    assert (low, high) == (cell.energy(*lengths, quantile=0.25), cell.energy(*lengths, quantile=0.75))
    assert np.log(high / low) == pytest.approx(2 * 0.6744897501960817 * sigma, rel=1e-9)


def test_lengths_outside_those_of_the_rows_are_told(paper):
    assert paper.output_tokens_measured == (128.0, 2048.0)
    assert paper.extrapolated([500, 500, 100], [300, 3000, 300]).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("lengths", "said"),
    [
        ((0, 10), "input_tokens must be from 1 to 1,000,000,000 tokens, got 0"),
        ((10, -3), "output_tokens must be from 1 to 1,000,000,000 tokens, got -3"),
        (([10, 20], [5, np.nan]), "output_tokens .* got nan of query 1"),
        ((10, 10, 11), "cached_tokens must be from 0 to input_tokens"),
        ((10, 10, -1), "cached_tokens must be from 0 to input_tokens"),
        (("300", 10), "input_tokens must be a number of tokens"),
        ((True, 10), "input_tokens must be a number of tokens"),
        (([10, None], 10), "input_tokens must be a number of tokens"),
        (([[10], [10, 20]], 10), "input_tokens must be a number of tokens"),
        (([10, 20, 30], [10, 20]), r"shapes that broadcast with each other, got \(3,\), \(2,\), \(\)"),
        ((10**400, 10), "input_tokens must be a number of tokens"),
        ((10, np.ma.masked_array([10, 20], [0, 1])), "output_tokens must be an array of which every value counts"),
    ],
)
def test_lengths_that_no_query_has_are_refused_in_a_sentence(cell, lengths, said):
    with pytest.raises((wq.InputError, wq.InputTypeError), match=said):
        cell.energy(*lengths)
    if not any(isinstance(one, (list, np.ndarray)) for one in lengths):
        with pytest.raises((wq.InputError, wq.InputTypeError), match=said):
            wq.request_energy(cell, *lengths)


def test_a_cache_needs_a_load(paper):
    with pytest.raises(wq.InputError, match="cached_tokens must be 0"):
        paper.energy(500, 300, 100)


def test_lengths_of_which_rows_say_nothing_are_refused_as_an_estimate_does():
    """Rows whose inputs differ by a thousandth tell nothing of other inputs, and all of other outputs."""
    shipped = wq.catalog.load("oviedo2026")
    lengths = [(500.0, 200.0), (500.1, 2000.0), (500.2, 800.0), (500.5, 400.0), (500.3, 300.0)]
    rows = [
        dataclasses.replace(
            shipped.rows[4], model="Ours", input_tokens=i, output_tokens=o, tokens_per_second=9e4 / o, line=n
        )
        for n, (i, o) in enumerate(lengths, 2)
    ]
    cell = wq.prepare(
        "Ours", catalog=dataclasses.replace(shipped, rows=tuple(rows)), input_tokens=500.2, output_tokens=500
    )
    for ask in (cell.energy, lambda *lengths: wq.request_energy(cell, *lengths)):
        assert ask(500.3, 1000)
        with pytest.raises(wq.InputError, match="not determined by its rows at 1000 output and 2000 input tokens"):
            ask(2000, 1000)


@pytest.mark.parametrize("level", [0.0, 1.0, 90, "0.9", [0.9], float("nan"), True])
def test_a_level_is_a_probability(cell, level):
    with pytest.raises(wq.InputError, match="must be a probability"):
        cell.energy(10, 10, quantile=level)
    with pytest.raises(wq.InputError, match="must be a probability"):
        wq.request_energy(cell, 10, 10, level=level)


def test_it_is_frozen_and_the_same_in_another_process(cell, paper):
    for one in (cell, paper):
        again = pickle.loads(pickle.dumps(one))
        assert again == one
        assert hash(again) == hash(one)
        assert again.energy(900, 300) == one.energy(900, 300)
        assert again.notes == one.notes
    assert cell != paper
    with pytest.raises(wq.InputTypeError, match=r"PreparedQuery is what wq\.prepare\(\.\.\.\) returns"):
        replace(paper, input_tokens_measured="300")
    with pytest.raises(FrozenInstanceError):
        cell.boundary = "node"
