"""Guessed shapes against those of architectures that are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wattquery.catalog.facts import architectures
from wattquery.throughput.load.imputed import imputed
from wattquery.throughput.load.shapes import shape_of

PUBLISHED = [one for one in architectures().values() if one.total_params_b and one.active_params_b]


def test_guesses_are_near_on_average():
    """Within 40 % for the middle architecture, in layers and width, and not biased."""
    errors = {"layers": [], "hidden_size": []}
    for one in PUBLISHED:
        guess = imputed("new", one.total_params_b, one.active_params_b)
        for name, found in errors.items():
            found.append(math.log(getattr(guess, name) / getattr(one, name)))
    for found in errors.values():
        assert np.median(np.abs(found)) < math.log(1.4)
        assert abs(np.mean(found)) < 0.05


@pytest.mark.parametrize(("total", "active"), [(8.0, 8.0), (70.0, 70.0), (30.0, 3.0), (671.0, 37.0), (1000.0, 32.0)])
def test_a_guess_has_the_parameters_that_are_stated(total, active):
    shape = shape_of(imputed("new", total, active))
    assert shape.active_params == pytest.approx(1e9 * active)
    assert shape.shared_params + shape.routed_params == pytest.approx(1e9 * total)
    assert shape.mixture == float(total > active)
    assert shape.cache_elements > 0


def test_experts_need_more_parameters_than_a_token_uses():
    assert imputed("new", 10.0, 9.0).experts == 0
    assert imputed("new", 5.0, 9.0).active_params_b == 5.0


@pytest.mark.parametrize(("total", "active"), [(3.0, 2.4), (900.0, 0.5)])
def test_even_odd_sizes_leave_something_to_experts(total, active):
    shape = shape_of(imputed("new", total, active))
    assert 0 < shape.used_share < 1
    assert shape.shared_params < shape.active_params
