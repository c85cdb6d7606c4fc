"""What the uncertainty of the parameters adds, against sums over central differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from load_rows import rows
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.equations import LoadEquations
from wattquery.throughput.load.fitting.fit import FittedParameters
from wattquery.throughput.load.fitting.output_errors import output_errors, with_labels_of
from wattquery.throughput.load.parameters import Layout
from wattquery.throughput.load.residuals import OUTPUTS

FITTED_TO = rows(concurrency=8.0, source_id="somewhere", task="chat")
LAYOUT = Layout.of(Conditions.of(FITTED_TO))
VECTOR = LAYOUT.vector({}) + 0.3 * LAYOUT.prior[1] * np.random.default_rng(2).normal(size=len(LAYOUT.names))
CERTAIN = FittedParameters(LAYOUT, VECTOR, np.zeros((len(VECTOR), len(VECTOR))))


def slopes(layout, vector, at):
    """Derivatives of the outputs by each number, (rows, 3, numbers)."""
    equations, made = LoadEquations(layout, at), np.zeros((len(at), 3, len(vector)))
    for place in range(len(vector)):
        ends = []
        for sign in (1.0, -1.0):
            moved = vector.copy()
            moved[place] += sign * 1e-4
            rates = equations.rates(moved)
            ends.append(np.stack([rates.of(name) for name in OUTPUTS], axis=1))
        made[:, :, place] = np.nan_to_num(ends[0] - ends[1]) / 2e-4
    return made


def naive(layout, vector, at, covariance):
    found = slopes(layout, vector, at)
    return np.einsum("rap,pq,rbq->rab", found, covariance, found)


def conditions(**columns):
    return Conditions.of(rows(**{"concurrency": 8.0, "source_id": "somewhere", **columns}))


def test_known_labels_have_the_covariance_of_the_parameters():
    at = Conditions.of(rows(concurrency=[8.0, None, 64.0], batch=[None, 4.0, None], source_id="somewhere"))
    generator = np.random.default_rng(5)
    root = 0.05 * generator.normal(size=(len(VECTOR), 8))
    covariance = root @ root.T + 1e-4 * np.eye(len(VECTOR))
    found = output_errors(FittedParameters(LAYOUT, VECTOR, covariance), at)
    np.testing.assert_allclose(found, naive(LAYOUT, VECTOR, at, covariance), rtol=0.01, atol=1e-6)
    np.testing.assert_array_equal(found, found.transpose(0, 2, 1))
    # No time to first token is predicted where the batch is given.
    assert not found[1, 1].any()
    assert found[0, 1, 1] > 0


def test_what_was_fitted_without_doubt_adds_nothing():
    assert np.abs(output_errors(CERTAIN, conditions())).max() < 1e-9


@pytest.mark.parametrize(
    ("grouping", "columns"),
    [
        ("stack", {"serving": "mystery"}),
        ("stack", {"serving": ""}),
        ("source", {"source_id": "elsewhere"}),
        ("source", {"source_id": ""}),
        ("hardware", {"hardware": "H200"}),
        ("task", {"input_tokens": None, "task": "poetry"}),
        ("task", {"input_tokens": None, "task": ""}),
    ],
)
def test_labels_that_no_fit_saw_have_the_deviation_of_the_prior(grouping, columns):
    at = conditions(**columns)
    label = at.labels[grouping][0]
    labels = {**LAYOUT.labels, grouping: (label,)}
    layout = Layout(labels)
    _, sd = layout.prior
    mine = np.array([name.endswith(f" | {grouping} | {label}") for name in layout.names])
    assert mine.any()
    vector = layout.vector(dict(zip(LAYOUT.names, VECTOR, strict=True)))
    expected = naive(layout, vector, at, np.diag(np.where(mine, sd**2, 0.0)))
    found = output_errors(CERTAIN, at)
    np.testing.assert_allclose(found, expected, rtol=0.02, atol=1e-7)
    assert np.diag(found[0]).max() > 1e-4


def test_an_accelerator_of_another_family_is_less_known():
    near, far = (np.diag(output_errors(CERTAIN, conditions(hardware=name))[0]) for name in ("H200", "B200"))
    assert (far > near).all()


def test_a_known_input_length_has_no_error_of_its_task():
    assert np.abs(output_errors(CERTAIN, conditions(task="poetry"))).max() < 1e-9


def test_more_labels_leave_what_was_fitted_as_it_is():
    covariance = np.diag(np.linspace(0.01, 0.02, len(VECTOR)))
    wide = with_labels_of(FittedParameters(LAYOUT, VECTOR, covariance), conditions(serving="mystery"))
    numbers = wide.numbers()
    assert {name: numbers[name] for name in LAYOUT.names} == dict(zip(LAYOUT.names, VECTOR, strict=True))
    new = [name for name in wide.layout.names if name not in LAYOUT.names]
    assert new
    assert all(name.endswith(" | stack | mystery") and numbers[name] == 0 for name in new)
    place = {name: number for number, name in enumerate(wide.layout.names)}
    old = [place[name] for name in LAYOUT.names]
    np.testing.assert_array_equal(wide.covariance[np.ix_(old, old)], covariance)
    _, sd = wide.layout.prior
    added = [place[name] for name in new]
    np.testing.assert_allclose(wide.covariance[np.ix_(added, added)], np.diag(sd[added] ** 2))
    assert not wide.covariance[np.ix_(added, old)].any()


def test_rows_do_not_depend_on_which_others_are_asked():
    parameters = replace(CERTAIN, covariance=0.01 * np.eye(len(VECTOR)))
    table = rows(concurrency=[1.0, 8.0, 64.0], source_id=["somewhere", "", "x"], serving=["vLLM", "mystery", "SGLang"])
    together = output_errors(parameters, Conditions.of(table))
    for number in range(3):
        alone = output_errors(parameters, Conditions.of(table.take(np.array([number]))))
        np.testing.assert_allclose(alone[0], together[number], rtol=1e-6, atol=1e-12)
