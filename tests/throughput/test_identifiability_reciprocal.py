"""The judge of fits on the reciprocal form: the same limits, the same sentences."""

from __future__ import annotations

import math

import numpy as np
import pytest

import wattquery as wq
from reciprocal_tables import LENGTHS, rows
from wattquery.catalog import Catalog
from wattquery.errors import InputError
from wattquery.throughput import fit_throughput
from wattquery.throughput.identifiability import MOST_BELOW, hardly_varied

FIXED = {"pue": 1.2, "power_utilization": 0.5, "method": "exact"}


def estimate(points, **lengths):
    return wq.estimate("Ours", catalog=Catalog("mine", tuple(points)), **lengths, **FIXED)


def test_rows_that_contradict_each_other_are_refused():
    wild = np.exp([3.0, -3.0, 2.0, -2.0])
    with pytest.raises(InputError, match=r"'Ours \(FP8\) in mine' is not determined by its rows at 300 output and 500"):
        estimate(rows(LENGTHS[:4], factors=wild), output_tokens=300, input_tokens=500)


def test_a_long_prompt_for_a_short_answer_is_no_error():
    """Its few output tokens bear the whole prefill: the rate falls in proportion to L_out/L_in, however far."""
    points = rows(LENGTHS[:4])
    near = estimate(points, output_tokens=300, input_tokens=2000)
    far = estimate(points, output_tokens=5, input_tokens=128_000)
    assert far.throughput < near.throughput / MOST_BELOW
    assert far.throughput > 0.0


def test_what_is_uncertain_at_the_lengths_asked_for_is_said():
    spread = np.exp(np.random.default_rng(3).normal(0, 0.9, len(LENGTHS)))
    found = estimate(rows(factors=spread), output_tokens=300, input_tokens=500)
    assert any(note.startswith("rows scatter: the residual standard error is") for note in found.notes)
    ends = estimate(rows(LENGTHS[:3]), output_tokens=20_000, input_tokens=20)
    assert any(note.startswith("uncertain throughput") and "borrowed" in note for note in ends.notes)
    assert any(note.startswith("thin data") for note in ends.notes)


def test_coefficients_that_cannot_be_negative_bound_what_lengths_that_hardly_vary_can_do():
    outputs = [(1000 + i, out) for i, out in enumerate((100, 400, 900, 3000))]
    model = fit_throughput(rows(outputs, factors=np.array([1.0, 1.05, 0.97, 1.01])), "x", "reciprocal")
    assert hardly_varied(model) == []
    assert 0.02 < float(model.log_stderr(500, 400)) < math.log(2.0)


def test_whatever_the_rows_the_rate_stays_within_reach_of_them():
    rng = np.random.default_rng(17)
    refused = 0
    for _ in range(60):
        n, width = int(rng.integers(3, 7)), 10.0 ** rng.uniform(-4, 0.5)
        points = [tuple(middle * math.exp(width * rng.normal()) for middle in (800, 300)) for _ in range(n)]
        drawn = rows(points, factors=np.exp(rng.normal(0, 2.5, n)))
        rates = [row.tokens_per_second for row in drawn]
        try:
            found = estimate(drawn, output_tokens=500, input_tokens=400)
        except InputError:
            refused += 1
            continue
        if found.throughput_model == "reciprocal":
            assert min(rates) / MOST_BELOW <= found.throughput < 10.0 * max(rates)
    assert 5 < refused < 50
