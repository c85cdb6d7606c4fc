"""The model that ships and the rows that it was fitted to, once for all tests."""

from __future__ import annotations

import pytest

from wattquery.throughput import load
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.fitting.selection import left_out


@pytest.fixture(scope="session")
def model():
    return load.shipped()


@pytest.fixture(scope="session")
def used():
    """Return the shipped rows that a fit uses."""
    rows = load.shipped_observations()
    return rows.take(left_out(rows, Conditions.of(rows)) == "")
