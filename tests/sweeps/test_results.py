"""What is no result of a sweep, or one that was changed since, is refused in a sentence, whoever takes it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import wattquery as wq

FIRST, SECOND = "DeepSeek-R1", "Llama 3.1 405B"


@pytest.fixture(scope="module")
def swept() -> xr.Dataset:
    return wq.sweep([FIRST, SECOND], levers=["none", "serving"], draws=2000, seed=1, keep_histogram=True)


@pytest.fixture(scope="module")
def thirds(swept) -> np.ndarray:
    return wq.blend(swept, weights=[0.3, 0.7])["energy"].values


@pytest.mark.parametrize(
    "weights",
    [
        {SECOND: 0.7, FIRST: 0.3},
        pd.Series({SECOND: 0.7, FIRST: 0.3}),
        pd.Series([0.3, 0.7]),
        np.array([0.3, 0.7]),
        xr.DataArray([0.7, 0.3], {"model": [SECOND, FIRST]}, dims="model"),
        xr.DataArray([0.3, 0.7], dims="model"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_weights_are_read_by_label(swept, thirds, weights):
    assert (wq.blend(swept, weights=weights)["energy"].values == thirds).all()


def test_labels_of_weights_win_over_the_order_of_models(swept, thirds):
    weights = pd.Series({SECOND: 0.7, FIRST: 0.3})
    assert np.allclose(wq.blend(swept, labels=[SECOND, FIRST], weights=weights)["energy"].values, thirds)
    other = wq.blend(swept, labels=[SECOND, FIRST], weights=[0.3, 0.7])["energy"].values
    assert not np.allclose(other, thirds)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": pd.Series({"GPT": 0.7, FIRST: 0.3})}, "must name labels among .*got 'GPT'"),
        ({"weights": {FIRST: 1.0}}, f"one share for each label, got none for '{SECOND}'"),
        ({"weights": xr.DataArray([0.3, 0.7], {"x": [FIRST, SECOND]}, dims="x")}, "dimension 'model', got 'x'"),
        ({"weights": np.ma.masked_array([0.3, 0.7], [0, 1])}, "masked array"),
        ({"weights": "ab"}, "share for each of"),
        ({"weights": ["a", "b"]}, "must be a finite number, got 'a'"),
        ({"weights": [0.3, np.nan]}, "must be a finite number, got nan"),
        ({"weights": [0.3, 0.8]}, "sum to 1.1"),
        ({"over": ["model"]}, "must be a dimension"),
        ({"over": {}}, "must be a dimension"),
        ({"over": None}, "must be a dimension"),
        ({"over": pd.NA}, "must be a dimension"),
        ({"labels": pd.NA}, "must be a list of labels"),
        ({"labels": [[FIRST]]}, "labels names"),
        ({"labels": np.ma.masked}, "masked"),
        ({"trim": np.ma.masked_array([0.1, 0.9])}, "masked array"),
        ({"trim": (0.1, np.nan)}, "must be a finite number, got nan"),
    ],
)
def test_odd_arguments_are_refused(swept, arguments, message):
    with pytest.raises(wq.InputError, match=message):
        wq.blend(swept, **arguments)


CHANGES = {
    "nothing": (lambda ds: None, "of type NoneType"),
    "array": (lambda ds: ds["energy"], "of type DataArray"),
    "dict": (lambda ds: ds.to_dict(), "of type dict"),
    "path": (lambda ds: "sweep.nc", "open_dataset"),
    "no attributes": (lambda ds: ds.drop_attrs(), "has no '(draws|method)'"),
    "text for draws": (lambda ds: ds.assign_attrs(draws="many"), "attribute draws must be .*'many'"),
    "one quantile": (lambda ds: ds.isel(quantile=0), "must have the dimension 'quantile'"),
    "text": (lambda ds: ds.astype(str), "must hold numbers"),
    "labels twice": (lambda ds: xr.concat([ds, ds], "model"), "label twice"),
    "no labels": (lambda ds: ds.drop_vars("quantile"), "no labels"),
    "another result": (lambda ds: wq.sensitivity.reduction(draws=10), "has no 'energy'"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_no_sweep_is_refused(swept, name):
    change, message = CHANGES[name]
    for function in (wq.blend, wq.sensitivity.convergence):
        with pytest.raises(wq.InputError, match=message):
            function(change(swept))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda ds: ds.drop_vars("histogram"), "no 'histogram'"),
        (lambda ds: ds.isel(bin=slice(0, 10)), "not whole"),
        (lambda ds: ds.isel(bin=[0, 2]), "not consecutive"),
        (lambda ds: ds.assign(histogram=-1 * ds["histogram"]), "negative or missing"),
        (lambda ds: ds.assign(histogram=np.nan * ds["histogram"]), "negative or missing"),
        (lambda ds: ds.isel(model=0, levers=0), "must have an axis"),
    ],
)
def test_histograms_that_were_changed_are_refused(swept, change, message):
    with pytest.raises(wq.InputError, match=message):
        wq.blend(change(swept))


def test_the_order_of_dimensions_labels_and_bins_does_not_matter(swept, thirds):
    weights = {FIRST: 0.3, SECOND: 0.7}
    for same in (
        swept.transpose("bin", "quantile", "levers", "model"),
        swept.isel(bin=slice(None, None, -1)),
        swept.isel(model=[1, 0]),
    ):
        blended = wq.blend(same, weights=weights)["energy"].transpose("levers", "quantile")
        assert np.allclose(blended.values, thirds, rtol=1e-12)


@pytest.mark.parametrize("method", [["exact"], np.array(["exact", "x"]), None, pd.NA, {}, np.ma.masked])
def test_a_method_is_a_name(method):
    with pytest.raises(wq.InputError, match="method must be one of"):
        wq.sweep(FIRST, method=method)


def test_an_empty_dimension_is_named():
    ds = wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], pue=[1.1, 1.2], method="exact", keep_histogram=True)
    for needs in (wq.blend, wq.sensitivity.convergence, wq.sensitivity.anova, wq.plot.ecdf):
        with pytest.raises(wq.InputError, match=r"dimension 'pue' is empty"):
            needs(ds.isel(pue=[]))
