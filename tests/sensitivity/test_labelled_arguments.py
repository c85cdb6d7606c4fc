"""Correlations, weights and tables by date or hour: the same by label in any order as by position in the right one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import wattquery as wq

FIRST, SECOND = "DeepSeek-R1", "Llama 3.1 405B"
LEVERS = ["model", "serving", "hardware"]
MATRIX = pd.DataFrame([[1, 0.5, 0.2], [0.5, 1, 0], [0.2, 0, 1]], LEVERS, LEVERS)
MIXED = MATRIX.loc[["hardware", "serving", "model"], ["serving", "model", "hardware"]]


def test_a_correlation_is_read_by_its_labels():
    expected = wq.sensitivity.reduction(correlation=MATRIX.to_numpy())["reduction"].values
    for given in (MATRIX, MIXED, xr.DataArray(MIXED, dims=("row", "column"))):
        assert np.allclose(wq.sensitivity.reduction(correlation=given)["reduction"].values, expected, rtol=1e-12)
    # One matrix for several combinations: each takes the levers that it has.
    both = wq.sensitivity.reduction(["model+serving", "model+hardware"], correlation=MIXED)["reduction"]
    pair = wq.sensitivity.reduction("model+hardware", correlation={"model+hardware": 0.2})["reduction"]
    assert np.allclose(both.sel(levers="model+hardware").values, pair.values, rtol=1e-12)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (MIXED.rename(index={"model": "modle"}), "got 'modle'"),
        (MIXED.reset_index(drop=True), "labels on one side only"),
        (MATRIX.iloc[:2, :2], "got none for 'hardware'"),
        (np.ma.masked_array(MATRIX), "masked array"),
        (MATRIX.astype(str), "square matrix of numbers"),
        ({1: 0.5}, "the key 1"),
        ({("model",): 0.5}, "two different levers"),
    ],
)
def test_correlations_with_other_labels_are_refused(given, message):
    with pytest.raises(wq.InputError, match=message):
        wq.sensitivity.reduction(correlation=given)


def test_weights_of_axes_are_read_by_their_labels():
    ds = wq.sweep([FIRST, SECOND], pue=[1.1, 1.2], method="exact")
    expected = wq.sensitivity.anova(ds, weights={"model": [0.2, 0.8]})["share"].values
    for weights in (
        {SECOND: 0.8, FIRST: 0.2},
        pd.Series({SECOND: 0.8, FIRST: 0.2}),
        xr.DataArray([0.8, 0.2], {"model": [SECOND, FIRST]}, dims="model"),
    ):
        assert np.allclose(wq.sensitivity.anova(ds, weights={"model": weights})["share"].values, expected)
    for weights in (pd.Series({"GPT": 0.8, FIRST: 0.2}), np.ma.masked_array([0.2, 0.8]), [0.2, "a"], [1, np.inf]):
        with pytest.raises(wq.InputError, match=r"weights\['model'\]"):
            wq.sensitivity.anova(ds, weights={"model": weights})
    chosen = {"model": pd.Series({SECOND: 0.7, FIRST: 0.3})}
    by_label = wq.sensitivity.sobol([FIRST, SECOND], over=chosen, draws=1024)
    assert by_label.identical(
        wq.sensitivity.sobol([FIRST, SECOND], over={"model": {FIRST: 0.3, SECOND: 0.7}}, draws=1024)
    )


def test_tables_by_date_and_hour_are_read_by_their_labels():
    dates = pd.to_datetime(["2026-01-01", "2027-01-01"])
    adoption, growth = wq.scenarios.Adoption, wq.scenarios.Growth
    assert adoption.parse(pd.Series([0.1, 0.5], dates)) == adoption.table({"2026-01-01": 0.1, "2027-01-01": 0.5})
    assert adoption("table", dates, pd.Series([0.5, 0.1], dates[::-1])).shares == (0.1, 0.5)
    assert growth(None, dates, pd.Series([2e9, 1e9], dates[::-1])).queries == (1e9, 2e9)
    with pytest.raises(wq.InputError, match="2028-01-01"):
        adoption("table", dates, pd.Series([0.5, 0.1], pd.to_datetime(["2026-01-01", "2028-01-01"])))
    hourly = pd.Series(range(24), range(24))
    profile = wq.scenarios.LoadProfile
    assert profile.parse(hourly[::-1]) == profile.parse(list(range(24)))
    with pytest.raises(wq.InputError, match="got 24"):
        profile.parse(pd.Series([1.0] * 24, range(1, 25)))
    with pytest.raises(wq.InputError, match="masked array"):
        profile.parse(np.ma.masked_array(np.ones(24)))
    with pytest.raises(wq.InputError, match=r"stop must be a day .* got NaT"):
        wq.trajectory("adoption", stop=pd.NaT)


def test_the_name_of_a_dimension_is_a_label_too():
    ds = wq.sweep([FIRST, SECOND], pue=[1.1, 1.2], method="exact", keep_histogram=True)
    unnamed, named = xr.DataArray([0.2, 0.8]), xr.DataArray([0.2, 0.8], dims="model")
    assert wq.blend(ds, weights=unnamed).identical(wq.blend(ds, weights=named))
    for refused in (
        lambda one: wq.blend(ds, weights=one),
        lambda one: wq.sensitivity.anova(ds, weights={"model": one}),
    ):
        with pytest.raises(wq.InputError, match=r"dimension 'model', got 'pue'"):
            refused(xr.DataArray([0.2, 0.8], dims="pue"))


def test_numbers_that_pandas_gave_are_labels_where_an_axis_has_them():
    ds = wq.sweep(FIRST, pue={1: 1.1, 0: 2.0}, method="exact", keep_histogram=True)
    assert wq.blend(ds, "pue", weights=pd.Series([0.1, 0.9])).identical(wq.blend(ds, "pue", weights={0: 0.1, 1: 0.9}))
    three = wq.sweep(FIRST, pue=[1.1, 1.2], method="exact", keep_histogram=True)  # other labels: by position
    assert wq.blend(three, "pue", weights=pd.Series([0.1, 0.9])).identical(wq.blend(three, "pue", weights=[0.1, 0.9]))


def test_a_number_given_as_text_is_told_from_the_number() -> None:
    ds = wq.sweep("Llama 3.1 405B", pue=[1.1, 1.6], method="exact", keep_histogram=True)
    with pytest.raises(wq.InputError, match=r"Did you mean 1\.6, without quotes\?"):
        wq.blend(ds, over="pue", weights={"1.6": 0.5, 1.1: 0.5})
