"""No energy that no query has is a result, whatever made it."""

from __future__ import annotations

import math

import numpy as np
import pytest

import wattquery as wq
from wattquery.errors import InputError
from wattquery.sweeps.magnitudes import LARGEST_ENERGY, SMALLEST_ENERGY, check_energies

WRONG = wq.Lever("wrong", wq.unchecked(1e30))
"""The largest factor there can be: energies are then below what any query has."""


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, 0.0, -1.0, 1.6e206, LARGEST_ENERGY * 1.001, 1e-31])
def test_what_no_query_has(wrong):
    with pytest.raises(InputError, match=r"The energy of a query at row 1 would be .* Wh\. It must be between"):
        check_energies([[0.1, 0.2], [0.3, wrong]], lambda row: f"row {row}")


def test_the_ends_are_allowed_and_nothing_is():
    check_energies([[SMALLEST_ENERGY, LARGEST_ENERGY]], str)
    check_energies(np.empty((0, 5)), str)


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo", "exact"])
def test_a_sweep_says_which_cell(method):
    with pytest.raises(InputError) as caught:
        wq.sweep(
            ["Mistral Large", "Llama 3.1 405B"],
            levers={"none": "none", "wrong": WRONG},
            method=method,
            draws=None if method == "exact" else 256,
        )
    assert "at model='Llama 3.1 405B', levers='wrong' would be" in str(caught.value)


def test_a_blend_is_checked_as_well():
    ds = wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], method="exact", keep_histogram=True)
    with pytest.raises(InputError, match=r"The energy of a query would be .* Wh"):
        wq.blend(ds, levers=WRONG)


def test_a_fleet_is_checked_as_well():
    classes = {"usual": {"share": 1.0, "model": "Llama 3.1 405B", "output_tokens": 300}}
    with pytest.raises(InputError, match="class 'usual' would be"):
        wq.fleet(classes=classes, queries_per_day=1e9, levers=WRONG, structural=False)
