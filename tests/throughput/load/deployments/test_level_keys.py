"""Whose residuals are: shares along the load against the kernel of the process, and keys."""

from __future__ import annotations

import numpy as np
import pytest

from residual_tables import places
from wattquery.throughput.load.deployments.level_keys import ALONG_LOAD, along_load, level_parts
from wattquery.throughput.load.residuals import LEVELS

VARIANCES = np.linspace(0.01, 0.02, len(LEVELS) + 1)


@pytest.mark.parametrize("batch", [1.0, 2.5, 30.0, 256.0, 4000.0])
@pytest.mark.parametrize("other", [1.0, 7.0, 100.0, 1024.0])
def test_products_of_shares_are_the_kernel(batch, other):
    expected = np.exp(-0.5 * (np.log(batch / other) / ALONG_LOAD) ** 2)
    assert along_load(batch) @ along_load(other) == pytest.approx(expected, abs=0.02)
    assert along_load(batch) @ along_load(batch) == pytest.approx(1.0)


def test_beyond_the_places_all_is_as_at_the_last_one():
    np.testing.assert_array_equal(along_load(1e6), along_load(1e7))


def test_parts_have_the_variances_of_the_levels():
    found = list(level_parts(places(3), 1, 20.0, VARIANCES))
    assert sum(np.sum(part.along**2) for part in found) == pytest.approx(VARIANCES.sum())
    assert {part.name for part in found} == {
        *("architecture", "hardware", "precision", "stack", "configuration", "lengths", "run")
    }


def keys(table, row, batch):
    return {(part.name, part.key) for part in level_parts(table, row, batch, VARIANCES)}


def test_loads_of_one_configuration_share_all_but_the_run():
    table = places(3)
    one, other = keys(table, 0, 4.0), keys(table, 0, 64.0)
    assert {name for name, _ in one ^ other} == {"run"}


@pytest.mark.parametrize(
    ("column", "own"),
    [
        ("hardware", {"hardware", "stack"}),
        ("stack", {"stack"}),
        ("precision", {"precision", "stack"}),
        ("configuration", {"configuration", "lengths", "run"}),
        ("lengths", {"lengths", "run"}),
        ("architecture", {"architecture", "precision", "hardware", "stack", "lengths"}),
    ],
)
def test_another_label_has_draws_of_its_own(column, own):
    table, changed = places(1), places(1)
    getattr(changed, column)[:] = "another"
    found = {name for name, _ in keys(table, 0, 8.0) ^ keys(changed, 0, 8.0)}
    assert found == own


def test_inputs_of_another_size_share_a_part():
    table, longer = places(1), places(1)
    longer.log_input[:] += 3.0
    differ = {name for name, _ in keys(table, 0, 8.0) ^ keys(longer, 0, 8.0)}
    assert differ == {"architecture", "stack"}
    assert keys(table, 0, 8.0) & keys(longer, 0, 8.0)
