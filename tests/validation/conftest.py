"""Predictions of a model that is right, and of one that is fitted, of rows whose errors are known."""

from __future__ import annotations

import pytest

import fake_load_model as fake
from wattquery.validation import KINDS, cross_validate
from wattquery.validation.groups import with_groups
from wattquery.validation.report import Found


@pytest.fixture(scope="session")
def rows():
    return fake.fake_rows(count=1500, architectures=15)


@pytest.fixture(scope="session")
def predictions(rows):
    """Return predictions of the truth, of all kinds of folds and with measured points."""
    return cross_validate(rows, KINDS, fake.true_model, configuration=fake.configuration, points=(1, 2))


@pytest.fixture(scope="session")
def labelled(predictions, rows):
    return with_groups(predictions, rows)


@pytest.fixture(scope="session")
def found(labelled):
    return Found.of(labelled)


@pytest.fixture(scope="session")
def by_architecture(labelled):
    """Return the predictions without measured points of one kind of folds."""
    return labelled[(labelled["by"] == "architecture") & (labelled["points"] == 0)]
