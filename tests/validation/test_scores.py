"""Scores of rows with normal errors of known scatter: z-tests with the standard errors that come with them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri
from scipy.stats import norm

from wattquery.errors import InputError
from wattquery.validation import scores
from wattquery.validation.long_table import LEVELS
from wattquery.validation.scores import STATISTICS, interval_score

COUNT = 4000
LIMIT = 4.0
"""Standard errors: with 30 tests of this file, a false alarm in 500 runs."""


def table(scatter=0.2, stated=0.2, bias=0.0, common=0.0, architectures=50, seed=0):
    """Return rows whose medians are off by a bias, and whose intervals are as wide as is stated."""
    generator = np.random.default_rng(seed)
    architecture = np.arange(COUNT) % architectures
    error = scatter * generator.standard_normal(COUNT) + common * generator.standard_normal(architectures)[architecture]
    quantiles = {name: np.full(COUNT, np.exp(bias + stated * ndtri(level))) for name, level in LEVELS.items()}
    labels = {"quantity": "tpot_s", "architecture": architecture.astype(str)}
    return pd.DataFrame({**labels, "measured": np.exp(error), **quantiles})


def expected(scatter, stated, bias):
    """Return what the scores of such rows are on average."""
    reach = stated * ndtri(0.95)
    outside = [(reach - sign * bias) / scatter for sign in (1, -1)]
    beyond = sum(scatter * (norm.pdf(z) - z * norm.sf(z)) for z in outside)
    shares = {
        name: norm.cdf((half + bias) / scatter) - norm.cdf((bias - half) / scatter)
        for name, half in (("coverage_50", stated * ndtri(0.75)), ("coverage_90", reach))
    }
    absolute = abs(bias) if scatter == 0.0 else median_of_folded(bias, scatter)
    score = 2.0 * reach + 20.0 * beyond
    return {"median_absolute_log_error": absolute, "bias": bias, **shares, "interval_score": score}


def median_of_folded(bias, scatter):
    """Return the median of the absolute value of a normal, by bisection."""
    low, high = 0.0, 10.0
    for _ in range(100):
        middle = (low + high) / 2.0
        share = norm.cdf((middle - bias) / scatter) - norm.cdf((-middle - bias) / scatter)
        low, high = (middle, high) if share < 0.5 else (low, middle)
    return low


@pytest.mark.parametrize(
    "truth",
    [
        {"scatter": 0.2, "stated": 0.2, "bias": 0.0},
        {"scatter": 0.2, "stated": 0.1, "bias": 0.0},
        {"scatter": 0.2, "stated": 0.25, "bias": 0.0},  # wider ones hold all but a few: too few for a z-test
        {"scatter": 0.15, "stated": 0.2, "bias": 0.1},
        {"scatter": 0.3, "stated": 0.2, "bias": -0.2},
    ],
    ids=str,
)
def test_scores_are_those_of_the_known_distribution(truth):
    (found,) = scores(table(**truth, seed=5)).to_dict("records")
    for name, value in expected(**truth).items():
        stderr = found[f"{name}_stderr"]
        assert 0.0 < stderr < 0.05
        assert abs(found[name] - value) < LIMIT * stderr, name
    assert (found["rows"], found["clusters"], found["unpredicted"]) == (COUNT, 50, 0)


def test_an_honest_model_has_the_textbook_numbers():
    wanted = expected(0.2, 0.2, 0.0)
    np.testing.assert_allclose(wanted["median_absolute_log_error"], 0.2 * 0.67448975, rtol=1e-7)
    np.testing.assert_allclose([wanted["coverage_50"], wanted["coverage_90"]], [0.5, 0.9])
    np.testing.assert_allclose(wanted["interval_score"], 0.2 * 4.1254, rtol=1e-4)


def test_what_clusters_share_makes_errors_larger():
    alone = scores(table(seed=7)).iloc[0]
    shared = scores(table(common=0.2, seed=7)).iloc[0]
    assert shared["bias_stderr"] > 4.0 * alone["bias_stderr"]
    assert abs(shared["bias"]) < LIMIT * shared["bias_stderr"]


def test_the_interval_score_is_least_where_intervals_are_honest():
    honest, narrow, wide = (scores(table(stated=stated)).iloc[0]["interval_score"] for stated in (0.2, 0.1, 0.4))
    assert honest < min(narrow, wide)


def test_interval_score_of_single_values():
    value, low, high = np.array([0.0, 3.0, -2.0]), np.full(3, -1.0), np.full(3, 1.0)
    np.testing.assert_allclose(interval_score(value, low, high, 0.9), [2.0, 2.0 + 20.0 * 2.0, 2.0 + 20.0 * 1.0])
    np.testing.assert_allclose(interval_score(value, low, high, 0.5), [2.0, 2.0 + 4.0 * 2.0, 2.0 + 4.0 * 1.0])


def test_rows_without_a_prediction_are_counted_and_not_scored():
    whole = table()
    part = whole.copy()
    part.loc[part.index >= 100, list(LEVELS)] = np.nan
    found = scores(part).iloc[0]
    assert (found["rows"], found["unpredicted"]) == (100, COUNT - 100)
    alone = scores(whole.iloc[:100]).iloc[0]
    for name in STATISTICS:
        assert found[name] == alone[name]
    nothing = scores(part.iloc[100:]).iloc[0]
    assert (nothing["rows"], nothing["clusters"]) == (0, 0)
    assert all(math.isnan(nothing[name]) for name in STATISTICS)


def test_each_combination_of_labels_has_a_row_of_its_own():
    both = pd.concat([table(seed=1).assign(kind="dense"), table(bias=0.5, seed=2).assign(kind="MoE")])
    found = scores(both, ("quantity", "kind")).set_index("kind")
    np.testing.assert_allclose(found.loc["MoE", "bias"] - found.loc["dense", "bias"], 0.5, atol=0.03)
    assert found.loc["dense", "rows"] == COUNT


def test_clusters_are_the_first_labels_that_are_many_enough():
    few = table().assign(left_out=["a", "b"] * (COUNT // 2))
    assert scores(few, clusters=("left_out", "architecture")).iloc[0]["clusters"] == 50
    enough = few.assign(left_out=list("abcde") * (COUNT // 5))
    assert scores(enough, clusters=("left_out", "architecture")).iloc[0]["clusters"] == 5
    assert scores(few, clusters=("left_out",)).iloc[0]["clusters"] == 2


def test_missing_columns_are_named():
    with pytest.raises(InputError, match="the table has no 'q05', 'architecture'"):
        scores(table().drop(columns=["q05", "architecture"]))
