"""Lengths that are left out: exact of a table that the form has made, and the stated errors of the shipped rows."""

from __future__ import annotations

import numpy as np
import pytest

from reciprocal_tables import LENGTHS, rows
from wattquery import catalog
from wattquery.catalog import Catalog
from wattquery.throughput.left_out import configurations, left_out, left_out_errors


@pytest.fixture(scope="module")
def shipped():
    return left_out(configurations())


def test_a_table_of_the_form_is_predicted_exactly():
    found = left_out(Catalog("mine", tuple(rows())))
    assert len(found) == len(LENGTHS)
    np.testing.assert_allclose(found["reciprocal"], found["tokens_per_second"], rtol=1e-9)
    assert (abs(found["log_linear"] / found["tokens_per_second"] - 1.0) > 0.05).any()
    inside = found.set_index(["input_tokens", "output_tokens"])["inside"]
    assert inside[1000.0, 1000.0]
    assert not inside[20000.0, 2000.0]


def test_the_reciprocal_form_predicts_lengths_that_it_has_not_seen(shipped):
    errors = left_out_errors(shipped)
    assert errors.loc["6 or more", "reciprocal_median"] < 5.0
    assert errors.loc["6 or more", "reciprocal_p90"] < 16.0
    assert errors.loc["all", "reciprocal_median"] < 6.0
    assert errors.loc["all", "log_linear_median"] > 40.0
    assert errors.loc["all", "rates"] > 1500
    parts = errors.loc[["inside", "outside"], "rates"].sum()
    assert parts == errors.loc["all", "rates"] == errors["rates"].iloc[:4].sum()


def test_a_cap_at_the_largest_rate_would_make_it_worse(shipped):
    above = shipped[shipped["reciprocal"] > shipped["fastest"]]

    def error(name):
        return (above[name] / above["tokens_per_second"] - 1.0).abs().median()

    assert len(above) > 200
    assert 2.5 * error("reciprocal") < error("fastest")


def test_deployments_of_few_lengths_or_several_loads_are_passed_over():
    assert len(left_out(catalog.load("oviedo2026"))) == 17
