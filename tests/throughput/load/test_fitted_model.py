"""Measured rows to a model: from any start the same, and from nothing a refusal."""

from __future__ import annotations

import numpy as np
import pytest

from load_rows import rows
from wattquery.errors import InputError
from wattquery.throughput import load
from wattquery.throughput.load.observations import QUANTITIES

NAMES = ("kimi-k2.5", "llama-3.1-405b", "qwen3-14b", "llama-2-7b")


@pytest.fixture(scope="module")
def few(used):
    mine = np.flatnonzero(np.isin(used.architecture.astype(str), NAMES) & ~used.disaggregated)
    return used.take(np.sort(np.random.default_rng(1).permutation(mine)[:240]))


@pytest.fixture(scope="module")
def fitted(few):
    return load.fit(few)


def test_the_start_hardly_matters(few, fitted, model):
    again = load.fit(few, start=model)
    one, other = fitted.predict(few), again.predict(few)
    assert again.parameters.layout.names == fitted.parameters.layout.names
    for name in QUANTITIES:
        difference = np.abs(one.log_median(name) - other.log_median(name))
        assert np.nanmedian(difference) < 0.01, name


def test_fitted_rows_are_measured_and_predicted_well(few, fitted):
    found = fitted.predict(few)
    assert set(found.support) == {"measured"}
    error = found.log_median("power_w_per_accelerator") - np.log(few.power_w_per_accelerator)
    assert np.nanmedian(np.abs(error)) < 0.06
    assert set(fitted.parameters.layout.labels["hardware"]) == set(few.hardware)


def test_what_the_rows_lack_is_extrapolated(fitted):
    assert fitted.predict(rows(architecture="qwen3-32b", concurrency=8.0)).support[0] == "extrapolated"


def test_sizes_of_residuals_are_those_of_the_start(few, fitted, model):
    assert fitted.process is model.process
    assert fitted.calibration is model.calibration
    other = load.LoadModel(
        fitted.parameters, fitted.process.guessed(), fitted.posterior, model.calibration, fitted.seen
    )
    assert load.fit(few.take(np.arange(40)), start=other).process is other.process


def test_rows_whose_prefill_is_apart_alone_fit_parameters_and_leave_no_residuals():
    table = rows(disaggregated=True, concurrency=[4.0, 8.0, 16.0], tpot_s=[0.02, 0.022, 0.026], ttft_s=0.5)
    found = load.fit(table)
    assert len(found.posterior.places) == 0
    assert np.isfinite(found.predict(table).log_median("tpot_s")).all()


def test_without_usable_rows_there_is_no_fit():
    with pytest.raises(InputError, match="none of the 1 rows can be used"):
        load.fit(rows(concurrency=8.0))
