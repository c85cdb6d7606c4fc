"""Medians and quantiles of some rows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from wattquery.errors import InputError
from wattquery.throughput.load.observations import QUANTITIES
from wattquery.throughput.load.predictions import Predictions
from wattquery.throughput.load.residuals import Calibration

FACTORS = {("", name): (0.8, 1.2) for name in QUANTITIES} | {("measured", "tpot_s"): (0.5, 1.0)}
MEDIANS = np.log(np.outer([1.0, 2.0, np.nan], [0.02, 0.5, 100.0, 400.0, 4.0]))
FOUND = Predictions(
    log_medians=MEDIANS,
    log_sds=np.where(np.isnan(MEDIANS), np.nan, np.array([0.1, 0.3, 0.15, 0.1, 0.2])),
    support=np.array(["measured", "extrapolated", "none"], dtype=object),
    reason=np.array(["", "", "the accelerator is not known"], dtype=object),
    calibration=Calibration(FACTORS),
)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_quantiles_rise_with_their_probability(quantity):
    table = np.array([FOUND.quantile(quantity, p) for p in (0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999)])
    assert (np.diff(table[:, :2], axis=0) > 0).all()
    assert np.isnan(table[:, 2]).all()


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_the_median_is_that_of_the_logarithm(quantity):
    np.testing.assert_allclose(FOUND.quantile(quantity, 0.5), np.exp(FOUND.log_median(quantity)))
    assert FOUND.log_median(quantity)[0] == MEDIANS[0, QUANTITIES.index(quantity)]


def test_intervals_have_the_factor_of_their_support():
    upper = np.log(FOUND.quantile("tpot_s", 0.95)) - FOUND.log_median("tpot_s")
    np.testing.assert_allclose(upper[:2], norm.ppf(0.95) * 0.1 * np.array([1.0, 1.2]))
    half = FOUND.log_median("tpot_s") - np.log(FOUND.quantile("tpot_s", 0.25))
    np.testing.assert_allclose(half[:2], norm.ppf(0.75) * 0.1 * np.array([0.5, 0.8]))


def test_deviations_are_those_before_the_factor():
    np.testing.assert_array_equal(FOUND.log_sd("ttft_s"), [0.3, 0.3, np.nan])
    assert len(FOUND) == 3


def test_a_probability_is_between_0_and_1():
    with pytest.raises(InputError, match="probability"):
        FOUND.quantile("tpot_s", 1.0)
