"""Cluster errors against a slow resampling of rows, and against the scatter of many tables."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wattquery.validation import bootstrap
from wattquery.validation.bootstrap import mean_stderr, median_stderr, resampled


def values_and_clusters(count=97, clusters=7, seed=3):
    generator = np.random.default_rng(seed)
    return generator.standard_normal(count), generator.integers(0, clusters, count)


def naive(statistic, values, cluster, counts):
    """Resample whole clusters by writing their rows out."""
    return np.std([statistic(np.repeat(values, drawn[cluster])) for drawn in counts], ddof=1)


@pytest.mark.parametrize("portion", [100, 1000, 10**7])
def test_errors_are_those_of_rows_that_are_written_out(monkeypatch, portion):
    monkeypatch.setattr(bootstrap, "_CELLS", portion)
    values, cluster = values_and_clusters()
    counts = resampled(7, draws=60)
    np.testing.assert_allclose(median_stderr(values, cluster, counts), naive(np.median, values, cluster, counts))
    np.testing.assert_allclose(mean_stderr(values, cluster, counts), naive(np.mean, values, cluster, counts))


def test_each_resample_has_as_many_clusters():
    counts = resampled(9, draws=50)
    assert counts.shape == (50, 9)
    assert set(counts.sum(axis=1)) == {9}
    np.testing.assert_array_equal(counts, resampled(9, draws=50))
    assert (counts != resampled(9, draws=50, seed=1)).any()


@pytest.mark.parametrize(("stderr", "statistic"), [(mean_stderr, np.mean), (median_stderr, np.median)])
def test_stated_errors_are_the_scatter_over_many_tables(stderr, statistic):
    """Rows share most of their error within a cluster: independent rows would state a third of it."""
    generator = np.random.default_rng(11)
    cluster = np.repeat(np.arange(40), 10)
    counts = resampled(40)
    tables = generator.standard_normal((150, 40))[:, cluster] + 0.3 * generator.standard_normal((150, 400))
    scatter = np.std([statistic(one) for one in tables], ddof=1)
    stated = [stderr(one, cluster, counts) for one in tables]
    error = math.hypot(scatter / math.sqrt(2 * 149), np.std(stated) / math.sqrt(150))
    # Resampling 40 clusters understates by about 1/80, and a median's error overstates by a little.
    assert abs(np.mean(stated) - scatter) < 4.0 * error
    assert np.mean(stated) > 2.0 * np.mean([stderr(one, np.arange(400), resampled(400)) for one in tables[:5]])


def test_one_cluster_says_nothing_about_the_error():
    values, _ = values_and_clusters()
    cluster = np.zeros(len(values), dtype=int)
    assert math.isnan(mean_stderr(values, cluster, resampled(1)))
    assert math.isnan(median_stderr(values, cluster, resampled(1)))
