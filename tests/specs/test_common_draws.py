"""Whose draws a factor takes: names, keys and directions, and sums over as few normals as give the same covariance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wattquery.specs import LogNormal, Uniform
from wattquery.specs.common_draws import (
    by_name,
    centred_lognormal,
    direction_names,
    draw_name,
    log_parts,
    normal_coefficients,
)
from wattquery.specs.factors import Factor, kind_of

WIDE = centred_lognormal(0.5)
PUE = Factor("pue", LogNormal(1.05, 1.6), 1.0)


def effect(name: str, sigma: float, key: str = "", loadings: tuple[float, ...] = (), sign: float = 1.0) -> Factor:
    return Factor(f"load_model:{name}", centred_lognormal(sigma), sign, key, loadings)


def test_without_a_key_the_name_is_as_it_was() -> None:
    assert draw_name(PUE) == "pue"
    assert direction_names(PUE) == ["pue"]


def test_a_key_tells_draws_apart_and_the_kind_is_still_known() -> None:
    one, other = effect("architecture", 0.1, "a:b"), effect("architecture", 0.1, "a")
    assert draw_name(one) != draw_name(other)
    assert kind_of(draw_name(one)) is kind_of("load_model:architecture")
    assert len({*direction_names(effect("stack", 0.1, "a", (0.6, 0.8))), *direction_names(one)}) == 3


def test_parts_of_a_sum_have_its_mean_and_variance() -> None:
    mean, parts = log_parts([PUE, effect("stack", 0.2, "a", (0.6, -0.8), -1.0), effect("run", 0.3, "b")])
    assert mean == pytest.approx(PUE.distribution.mu)
    assert sum(part**2 for part in parts.values()) == pytest.approx(PUE.distribution.sigma**2 + 0.2**2 + 0.3**2)
    assert sorted(parts.values())[:2] == pytest.approx([-0.12, 0.128], abs=1e-3)


def test_coefficients_have_the_covariance_of_the_sums() -> None:
    rng = np.random.default_rng(3)
    names = [f"z{k}" for k in range(7)]
    parts = [dict(zip(names, rng.normal(size=7), strict=True)) for _ in range(4)]
    parts.append({"z0": 1.0, "own": 2.0})
    whole = np.array([[one.get(name, 0.0) for name in (*names, "own")] for one in parts])
    found = normal_coefficients(parts)
    np.testing.assert_allclose(found @ found.T, whole @ whole.T, atol=1e-12)
    assert np.count_nonzero(np.triu(found, 1)) == 0


@pytest.mark.parametrize(
    ("keys", "used"), [(("a", "a", "a"), 1), (("a", "b", "a"), 2), (("a", "b", "c"), 3)], ids=lambda one: str(one)
)
def test_as_many_normals_as_keys(keys: tuple[str, ...], used: int) -> None:
    found = normal_coefficients([log_parts([effect("stack", 0.2, key)])[1] for key in keys])
    assert np.count_nonzero(np.any(found != 0.0, axis=0)) == used
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 0.2)


def test_more_sums_than_directions_and_none_at_all() -> None:
    assert normal_coefficients([{"z": 0.1}, {"z": 0.2}, {}]).shape == (3, 3)
    assert normal_coefficients([{}, {}]).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_lognormal_factors_of_one_name_are_one() -> None:
    found = by_name([PUE, effect("lengths", 0.3, "a"), effect("lengths", 0.4, "b")])
    assert list(found) == ["pue", "load_model:lengths"]
    assert found["pue"] is PUE
    joined = found["load_model:lengths"].distribution
    assert (joined.mu, joined.sigma) == pytest.approx((0.0, 0.5))
    moved = Factor("load_model:lengths", LogNormal(1.0, math.e), -1.0, "b")
    joined = by_name([effect("lengths", 0.3, "a"), moved])["load_model:lengths"].distribution
    assert joined.mu == pytest.approx(-moved.distribution.mu)
    with pytest.raises(LookupError, match="not all are lognormal"):
        by_name([PUE, Factor("pue", Uniform(1.0, 2.0), 1.0, "x")])
