"""Arguments that take several values: read by label where there are labels, by position elsewhere, masks refused."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import wattquery as wq
from wattquery.errors import InputError, InputTypeError
from wattquery.specs.containers import as_mapping, items, numbers, one_per_label
from wattquery.specs.matrices import square

LABELS = ["a", "b", "c"]


@pytest.mark.parametrize(
    "value",
    [
        [1, 2, 3],
        (1, 2, 3),
        np.array([1, 2, 3]),
        {"c": 3, "a": 1, "b": 2},
        pd.Series({"c": 3, "b": 2, "a": 1}),
        pd.Series([1, 2, 3]),
        pd.Index([1, 2, 3]),
        xr.DataArray([3, 1, 2], {"letter": ["c", "a", "b"]}, dims="letter"),
        xr.DataArray([1, 2, 3], dims="letter"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_labels_win_over_positions(value):
    assert one_per_label(value, "weights", LABELS, among="letter") == [1, 2, 3]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": 1, "b": 2, "d": 3}, "among 'a', 'b', 'c', got 'd'"),
        ({"a": 1, "b": 2}, "one value for each label, got none for 'c'"),
        (pd.Series([1, 2, 3], ["a", "a", "b"]), "label 'a' twice"),
        (pd.Series([1, 2, 3], [2, 1, 0]), "among .*got 2"),
        (xr.DataArray([1, 2, 3], {"x": LABELS}, dims="x"), "dimension 'letter', got 'x'"),
        ([1, 2], "each of the 3 labels .*got 2 values"),
        (np.ma.masked_array([1, 2, 3], [0, 1, 0]), "masked array"),
        (np.ma.masked_array([1, 2, 3]), "masked array"),
        (pd.DataFrame({"a": [1, 2, 3]}), "2 dimensions"),
        ("abc", "must be a list, .*got 'abc'"),
        ({1, 2, 3}, "must be a list, .*got {1, 2, 3}"),
    ],
)
def test_what_has_other_labels_is_refused(value, message):
    with pytest.raises(InputError, match=message):
        one_per_label(value, "weights", LABELS, among="letter")


def test_a_matrix_is_read_by_the_labels_of_both_sides():
    frame = pd.DataFrame([[1, 2, 3], [4, 5, 6], [7, 8, 9]], LABELS, LABELS)
    mixed = frame.loc[["c", "a", "b"], ["b", "c", "a"]]
    for value in (frame, mixed, frame.to_numpy(), xr.DataArray(mixed, dims=("row", "column"))):
        assert (square(value, "correlation", LABELS) == frame.to_numpy()).all()
    assert square(mixed, "correlation", ["b", "a"], LABELS).tolist() == [[5, 4], [2, 1]]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (pd.DataFrame(np.eye(3), LABELS, ["a", "b", "d"]), r"\(columns\) must name labels .*got 'd'"),
        (pd.DataFrame(np.eye(3), LABELS), "got labels on one side only"),
        (pd.DataFrame(np.eye(3), ["a", "b", "b"], LABELS), "'b' twice"),
        (np.ma.masked_array(np.eye(3)), "masked array"),
        (np.eye(2), "3 x 3 matrix"),
        ("strong", "must be a square matrix .*got 'strong'"),
    ],
)
def test_a_matrix_with_other_labels_is_refused(value, message):
    with pytest.raises(InputError, match=message):
        square(value, "correlation", LABELS)


def test_elements_keep_what_is_missing_so_that_it_is_refused():
    assert items(pd.array([1, None], dtype="Int64"), "samples")[1] is pd.NA
    for value in (pd.Series([1.0, None]), pd.Series([1, None], dtype="Int64"), [1.0, float("nan")], [pd.NA], [None]):
        with pytest.raises(InputError, match=r"samples\[[01]\] must be a finite number, got"):
            numbers(value, "samples")
    with pytest.raises(InputTypeError, match=r"np\.ma\.masked"):
        numbers(np.ma.masked, "samples")
    assert as_mapping(xr.DataArray(1.1), "pue") == 1.1


def test_a_sample_may_be_a_series():
    expected = wq.Empirical([1, 2, 3])
    for value in (pd.Series([3, 1, 2], ["x", "y", "z"]), xr.DataArray([3.0, 1.0, 2.0]), pd.array([1, 2, 3])):
        assert wq.Empirical(samples=value) == expected
    by_probability = pd.Series([60, 20, 10], [1, 0.5, 0])
    assert wq.Empirical(probabilities=[0, 0.5, 1], values=by_probability).values == (10, 20, 60)
    with pytest.raises(InputError, match=r"must have the labels of probabilities, .*got 'a', 'b'"):
        wq.Empirical(probabilities=[0, 1], values=pd.Series([1, 2], ["a", "b"]))
    with pytest.raises(InputTypeError, match="masked array"):
        wq.Empirical(samples=np.ma.masked_array([1.0, 2.0], [False, True]))


def test_verbs_of_distributions_refuse_masks():
    for verb in ("ppf", "isf", "cdf", "sf"):
        with pytest.raises(InputTypeError, match="masked array"):
            getattr(wq.Normal(1, 0.1), verb)(np.ma.masked_array([0.5, 0.6], [False, True]))
        with pytest.raises(InputTypeError, match="must be a number or an array of numbers, got 'half'"):
            getattr(wq.Normal(1, 0.1), verb)("half")


def test_an_axis_takes_the_labels_of_a_series():
    def axis(value):
        ds = wq.sweep("DeepSeek-R1", pue=value, method="exact", quantiles=[0.5])
        return dict(zip(ds["pue"].values.tolist(), ds["energy"].values.ravel().tolist(), strict=True))

    by_label = axis({"low": 1.1, "high": 1.2})
    assert axis(pd.Series({"low": 1.1, "high": 1.2})) == by_label
    assert axis(xr.DataArray([1.1, 1.2], {"x": ["low", "high"]}, dims="x")) == by_label
    assert axis(pd.Series([1.1, 1.2])) == axis(pd.Index([1.1, 1.2])) == axis([1.1, 1.2])
    for value, message in (
        (np.ma.masked_array([1.1, 1.2], [True, False]), "masked"),
        (np.ma.masked, "masked"),
        (pd.DataFrame({"a": [1.1]}), "2 dimensions"),
        (pd.Series([1.1, 1.2], ["a", "a"]), "twice"),
    ):
        with pytest.raises(InputError, match=message):
            axis(value)


def test_specs_import_no_library_of_labels():
    code = "import sys, wattquery.specs; assert not {'pandas', 'xarray'} & set(sys.modules), 'imported'"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "value",
    [
        wq.Truncated(wq.Empirical([1, 2, 3]), low=3),
        wq.Truncated(wq.Truncated(wq.Empirical([1, 3, 5]), low=2), high=4),
        wq.Truncated(wq.Fixed(3), low=1),
        wq.Empirical([3, 3, 3]),
        wq.Empirical(probabilities=[0, 1], values=[3, 3]),
        wq.Truncated(wq.Empirical(probabilities=[0, 0.5, 1], values=[3, 3, 4]), high=3),
        {"distribution": "Truncated", "of": {"distribution": "Empirical", "samples": [1, 2, 3]}, "low": 3},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["exact", "monte_carlo", "quasi_monte_carlo"])
def test_one_value_that_is_left_is_a_fixed_value(value, method):
    settings = {"method": method, "draws": 1024, "seed": 1}
    for argument in ("pue", "node_power", "output_tokens"):
        fixed = wq.sweep("DeepSeek-R1", **{argument: 3}, **settings)["energy"].values
        assert (wq.sweep("DeepSeek-R1", **{argument: value}, **settings)["energy"].values == fixed).all()
    assert wq.Lever("three", value).distribution == wq.Fixed(3)
