"""Groups left out by one formula, against a posterior without the rows of each."""

from __future__ import annotations

import numpy as np
import pytest

from residual_tables import places, simulated, theta
from wattquery.throughput.load.residuals import left_out as module
from wattquery.throughput.load.residuals import posterior
from wattquery.throughput.load.residuals.coregionalisation import covariances
from wattquery.throughput.load.residuals.left_out import left_out
from wattquery.throughput.load.residuals.posterior import Posterior

LEVELS = covariances(theta())


@pytest.mark.parametrize("attribute", ["configuration", "hardware", "architecture"])
def test_groups_are_predicted_from_the_other_rows(monkeypatch, attribute):
    for one in (module, posterior):
        monkeypatch.setattr(one, "settled_weights", lambda block, levels, rows: np.ones(rows))
    table = places(30)
    residuals = simulated(theta(), table)
    residuals[::3, :2] = np.nan
    residuals[:4] = np.nan
    groups = getattr(table, attribute)
    found = left_out(LEVELS, table, residuals, groups)
    for group in set(groups):
        mine = groups == group
        expected = Posterior(LEVELS, table.take(~mine), residuals[~mine]).effects(table.take(mine))
        np.testing.assert_allclose(found.mean[mine], expected.mean, rtol=1e-7, atol=1e-10)
        np.testing.assert_allclose(found.covariance[mine], expected.covariance, rtol=1e-7, atol=1e-10)


def test_nothing_measured_leaves_the_prior():
    table = places(5)
    found = left_out(LEVELS, table, np.full((5, 5), np.nan), table.configuration)
    np.testing.assert_array_equal(found.mean, 0.0)
    np.testing.assert_allclose(found.covariance, np.tile(LEVELS.sum(axis=0), (5, 1, 1)))
