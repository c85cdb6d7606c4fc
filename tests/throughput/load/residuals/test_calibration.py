"""Factors of intervals: what they are on many rows, what few rows leave of them, and the scores made from them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from wattquery.errors import InputError
from wattquery.throughput.load.residuals.calibration import Calibration, calibrate_factors


def words(*parts):
    return np.array([word for word, count in parts for _ in range(count)], dtype=object)


def test_many_rows_get_the_factors_that_they_need():
    rng = np.random.default_rng(0)
    z = np.concatenate([rng.normal(0, 1.5, 20_000), rng.standard_t(3, 20_000) * 0.8])
    support = words(("extrapolated", 20_000), ("measured", 20_000))
    found = calibrate_factors(z, support, words(("tpot_s", 40_000)))
    for name, mine in (("extrapolated", slice(0, 20_000)), ("measured", slice(20_000, None))):
        for probability, level in ((0.75, 0.5), (0.95, 0.9)):
            covered = np.abs(z[mine]) < found.scores(probability, support[mine], "tpot_s")
            assert abs(covered.mean() - level) < 4 * np.sqrt(level * (1 - level) / 20_000), name
    assert found.factors["extrapolated", "tpot_s"] == pytest.approx((1.5, 1.5), rel=0.03)


def test_few_clusters_are_shrunk_to_the_pooled_factor_and_that_to_the_prior():
    rng = np.random.default_rng(1)
    z = np.concatenate([rng.normal(0, 1, 5000), np.full(40, 9.0)])
    support, quantity = words(("supported", 5000), ("extrapolated", 40)), words(("tpot_s", 5040))
    many = np.concatenate([np.arange(5000) // 10, np.full(40, 10_000)]).astype(object)
    one_cluster = calibrate_factors(z, support, quantity, cluster=many).factors["extrapolated", "tpot_s"]
    each = calibrate_factors(z, support, quantity).factors["extrapolated", "tpot_s"]
    assert 1.0 < one_cluster[0] < 1.5 < each[0]
    nothing = calibrate_factors(np.full(3, np.nan), words(("a", 3)), words(("b", 3)), prior=(1.1, 1.3))
    assert nothing.factors["", "b"] == pytest.approx((1.1, 1.3))


def test_a_cluster_with_many_rows_does_not_speak_for_all():
    rng = np.random.default_rng(2)
    z = np.concatenate([rng.normal(0, 1, 400), rng.normal(0, 5, 400)])
    cluster = np.concatenate([np.arange(400), np.full(400, 1000)]).astype(object)
    labels = words(("a", 800))
    together = calibrate_factors(z, labels, labels, cluster=cluster).factors["a", "a"]
    apart = calibrate_factors(z, labels, labels).factors["a", "a"]
    assert together[1] < 1.3 < 2.0 < apart[1]


def test_scores_rise_with_the_probability_and_are_symmetric():
    calibration = Calibration({("", "q"): (0.8, 1.4), ("measured", "q"): (1.0, 1.0)})
    asked = np.array(["measured", "unheard of"], dtype=object)
    grid = np.linspace(0.001, 0.999, 500)
    scores = np.array([calibration.scores(one, asked, "q") for one in grid])
    assert np.all(np.diff(scores, axis=0) > 0)
    np.testing.assert_allclose(scores, -scores[::-1], atol=1e-12)
    np.testing.assert_allclose(scores[:, 0], ndtri(grid), atol=1e-12)
    np.testing.assert_allclose(calibration.scores(0.75, asked, "q")[1], 0.8 * ndtri(0.75))
    np.testing.assert_allclose(calibration.scores(0.05, asked, "q")[1], 1.4 * ndtri(0.05))


def test_an_outer_factor_never_makes_the_outer_interval_the_narrower_one():
    z = np.concatenate([np.full(500, 3.0), np.full(500, -3.0)])
    labels = words(("a", 1000))
    found = calibrate_factors(z, labels, labels)
    assert found.scores(0.95, labels[:1], "a") > found.scores(0.75, labels[:1], "a")


def test_what_was_not_calibrated_is_refused():
    calibration = Calibration({("", "tpot_s"): (1.0, 1.0)})
    with pytest.raises(InputError, match="tpot_s"):
        calibration.scores(0.5, words(("a", 1)), "tpots_s")
    with pytest.raises(InputError, match="above 0 and below 1"):
        calibration.scores(1.0, words(("a", 1)), "tpot_s")
