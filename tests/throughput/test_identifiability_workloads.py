"""Fits judged at the pairs of a workload, and not where only its margins would be."""

from __future__ import annotations

import numpy as np
import pytest

import wattquery as wq
from wattquery import catalog
from wattquery.throughput import fit_throughput
from wattquery.throughput.identifiability import check_identified, check_identified_jointly, log_lengths

MODEL = fit_throughput(catalog.load("oviedo2026").deployment("Llama 3.1 405B").rows, "Llama 3.1 405B")


def judged(outputs, inputs, weights=None) -> None:
    weights = np.ones(len(outputs)) if weights is None else np.array(weights, dtype=float)
    check_identified_jointly(MODEL, "'it'", np.log(inputs), np.log(outputs), weights / weights.sum())


def test_lengths_near_the_rows_pass() -> None:
    judged([128.0, 500.0, 2000.0], [2000.0, 500.0, 128.0])


def test_medians_far_from_the_rows_do_not() -> None:
    with pytest.raises(wq.InputError, match=r"of 'it' would be .* at 10 output and 1e\+09 input tokens"):
        judged([10.0, 10.0, 10.0], [1e9, 1e9, 1e9])


def test_a_corner_that_no_pair_has_is_not_judged() -> None:
    """Of these lengths taken as independent, some have a long input with a short output: a throughput of no sense."""
    rng = np.random.default_rng(5)
    inputs = np.exp(rng.uniform(np.log(1e-3), np.log(1e8), 400))
    outputs = inputs.copy()
    margins = [wq.Empirical(samples=one) for one in (inputs, outputs)]
    with pytest.raises(wq.InputError):
        check_identified(MODEL, "'it'", *(log_lengths([one], whole=False) for one in margins))
    with pytest.raises(wq.InputError):
        judged(outputs[:3] * 1e6, inputs[:3])


def test_what_is_rarer_than_one_in_twenty_at_either_end_is_not_judged() -> None:
    usual = np.full(99, 500.0)
    judged(np.append(usual, 500.0), np.append(usual, 1e12))
    with pytest.raises(wq.InputError):
        judged(np.append(usual, 500.0), np.append(usual, 1e12), [*[1.0] * 99, 20.0])


def test_one_throughput_for_all_lengths_passes() -> None:
    row = catalog.load("oviedo2026").deployment("Llama 3.1 405B").rows[:1]
    single = fit_throughput(row, "one row")
    check_identified_jointly(single, "'it'", np.array([0.0]), np.array([30.0]), np.array([1.0]))


def test_a_sweep_is_refused_in_a_sentence() -> None:
    with pytest.raises(wq.InputError, match=r"The throughput of 'Llama 3\.1 405B"):
        wq.sweep("Llama 3.1 405B", workload=wq.Workload([1, 1, 1], [1e8, 2e8, 3e8]), method="exact")
