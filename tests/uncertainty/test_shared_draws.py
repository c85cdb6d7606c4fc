"""Draws of shared factors by name and key, and along common directions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wattquery.specs.common_draws import centred_lognormal, log_parts
from wattquery.specs.factors import Factor
from wattquery.uncertainty.shared_draws import (
    LAST,
    REPLICATES,
    Inner,
    SharedDraws,
    dimensions,
    drawn_names,
    has_closed_form,
    summary,
)

COUNT = 2**14
HALF = centred_lognormal(0.5)


def effect(name: str, key: str = "", loadings: tuple[float, ...] = (), sign: float = 1.0) -> Factor:
    return Factor(f"load_model:{name}", HALF, sign, key, loadings)


def normals(factors: list[Factor], seed: int = 1) -> np.ndarray:
    draws, places = SharedDraws(seed, COUNT), dimensions(drawn_names(factors), 0)
    return np.array([draws.log_product([factor], places) for factor in factors]) / 0.5


def unit(*numbers: float) -> tuple[float, ...]:
    return tuple(number / math.hypot(*numbers) for number in numbers)


def test_equal_name_and_key_share_their_draws_and_others_do_not() -> None:
    factors = [effect("stack", "a"), effect("stack", "b"), effect("stack", "a"), effect("run", "a")]
    same, other, again, named = normals(factors)
    np.testing.assert_array_equal(same, again)
    for one in (other, named):
        assert abs(np.corrcoef(same, one)[0, 1]) < 5.0 / math.sqrt(COUNT)
    # Not another shift of the same dimension, on which one number tells the other.
    places = dimensions(drawn_names(factors), 0)
    assert len(set(places.values())) == len(places) == 3


def test_keys_beyond_the_lattice_are_independent() -> None:
    factors = [effect("stack", f"key {i}") for i in range(60)]
    places = dimensions(drawn_names(factors), 0)
    assert list(places.values()).count(LAST) > 30
    found = np.corrcoef(normals(factors)[-20:])
    assert np.abs(found - np.eye(20)).max() < 5.0 / math.sqrt(COUNT)


def test_common_directions_correlate_as_their_loadings_say() -> None:
    rng = np.random.default_rng(7)
    first = unit(*rng.normal(size=40))
    second = unit(*(np.array(first) + 0.5 * np.array(unit(*rng.normal(size=40)))))
    factors = [effect("parameters", "", first), effect("parameters", "", second), effect("parameters", "", first, -1.0)]
    one, other, divides = normals(factors)
    np.testing.assert_array_equal(divides, -one)
    expected = float(np.dot(first, second))
    assert 0.5 < expected < 0.99
    error = (1.0 - expected**2) / math.sqrt(COUNT)
    assert abs(np.corrcoef(one, other)[0, 1] - expected) < 5.0 * error
    for each in (one, other):
        assert abs(each.mean()) < 5.0 / math.sqrt(COUNT)
        assert abs(each.std() - 1.0) < 5.0 / math.sqrt(2.0 * COUNT)
    assert drawn_names(factors) == []


def test_directions_of_other_keys_are_independent() -> None:
    one, other = normals([effect("stack", "a", (0.6, 0.8)), effect("stack", "b", (0.6, 0.8))])
    assert abs(np.corrcoef(one, other)[0, 1]) < 5.0 / math.sqrt(COUNT)


def test_draws_are_the_same_whatever_stands_beside_them() -> None:
    draws = SharedDraws(3, COUNT)
    factor = effect("parameters", "", unit(1.0, 2.0, 3.0))
    alone = draws.log_product([factor], {})
    beside = draws.log_product([effect("stack", "a"), factor], dimensions(["load_model:stack\x1fa"], 0))
    stack = draws.log_product([effect("stack", "a")], dimensions(["load_model:stack\x1fa"], 0))
    np.testing.assert_allclose(beside, alone + stack, atol=1e-12)


def test_the_closed_form_is_that_of_the_draws() -> None:
    factors = (effect("stack", "a", (0.6, 0.8)), effect("parameters", "", unit(1.0, -1.0)), effect("run", "b"))
    places = dimensions(drawn_names(factors), 0)
    inner = Inner(np.ones((1, 1)), np.zeros(1), np.ones(1), np.zeros(1), factors, places)
    assert has_closed_form(inner)
    closed = summary(inner, SharedDraws(0, 256), (0.05, 0.5, 0.95))
    variance = 3 * 0.5**2
    assert sum(part**2 for part in log_parts(factors)[1].values()) == pytest.approx(variance)
    assert closed.energy[0] == pytest.approx(np.exp(np.sqrt(variance) * np.array([-1.6448536, 0.0, 1.6448536])))
    drawn = SharedDraws(0, COUNT).log_product(factors, places).reshape(REPLICATES, -1)
    each = drawn.std(axis=1)
    assert abs(each.mean() - math.sqrt(variance)) < 5.0 * each.std(ddof=1) / math.sqrt(REPLICATES)
