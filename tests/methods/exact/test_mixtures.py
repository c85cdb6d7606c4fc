"""Mixtures: the distribution of a family at any sigma, against the naive quadrature; floors, and what is made once."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.special import ndtr

import naive
import wattquery as wq
from exact_pairs import spec
from small_plans import MODEL, planned
from wattquery.methods.exact import mixtures as module
from wattquery.methods.exact.families import families
from wattquery.methods.exact.length_rules import NARROW_SIGMA
from wattquery.methods.exact.mixtures import Mixtures

OUTPUT, INPUT = naive.Exponential(300), naive.LogNormal(200, 1500)
ROWS = [(1024, 1024, 886.00), (500, 2000, 1300.00), (5000, 500, 378.00)]


def made(output=OUTPUT, inputs=500.0, whole=False, **more):
    """Return the mixtures of a plan with one family, and that family."""
    plan = planned(MODEL, output_tokens=spec(output), input_tokens=spec(inputs), round_tokens=whole, **more)
    ((family, _),) = families(plan, plan.cells)
    return Mixtures(plan), family


def reference(sigma: float, output=OUTPUT, inputs=500.0, whole=False, **more) -> naive.Cell:
    """Return the naive cell whose other factors have a median of 3.6 kW and this sigma."""
    edge = math.exp(naive.Z95 * sigma)
    other = naive.LogNormal(3.6 / edge, 3.6 * edge) if sigma else 3.6
    return naive.Cell(naive.least_squares(ROWS), other, output, inputs, whole=whole, **more)


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "continuous"])
@pytest.mark.parametrize(
    ("sigma", "inputs"), [(0.03, 500.0), (0.3, 500.0), (1.1, 500.0), (0.3, INPUT), (1.1, INPUT)], ids=str
)
def test_normals_add_up_to_the_distribution(sigma: float, inputs, whole: bool) -> None:
    of = reference(sigma, inputs=inputs, whole=whole)
    mixtures, family = made(inputs=inputs, whole=whole)
    mixture = mixtures.mixture(family, float(mixtures.floors(family, np.array([sigma]))[0]))
    assert mixture.half_widths is None
    assert (np.diff(mixture.centres) >= 0.0).all()
    assert mixture.weights.sum() == pytest.approx(1.0, abs=1e-12)
    if whole and not isinstance(inputs, float):
        return  # the naive sum over all pairs of whole tokens would take long
    for x in (0.01, 0.3, 2.0):
        found = float(mixture.weights @ ndtr((math.log(x) - mixture.centres) / sigma))
        assert found == pytest.approx(naive.cdf(of, x), abs=1e-7)
    mean, _ = naive.moments(of)
    found = float(mixture.weights @ np.exp(mixture.centres)) * math.exp(0.5 * sigma**2)
    assert found == pytest.approx(mean, rel=1e-6)


def test_the_input_is_inside_where_it_smears_more() -> None:
    output = naive.LogNormal(290, 310)
    mixtures, family = made(output, INPUT, prefill_weight=2.0)
    mixture = mixtures.mixture(family, 0.25)
    for x in (0.1, 0.3, 0.6):
        found = float(mixture.weights @ ndtr((math.log(x) - mixture.centres) / 0.25))
        assert found == pytest.approx(naive.cdf(reference(0.25, output, INPUT, prefill_weight=2.0), x), abs=1e-7)


@pytest.mark.parametrize("sigma", [0.0, 0.5])
def test_weights_add_up_to_one_whatever_the_rules_leave_out(monkeypatch, sigma: float) -> None:
    mixtures, family = made()
    whole = mixtures.mixture(family, sigma).weights
    for name in ("nodes", "segments"):
        made_by = getattr(module, name)

        def some(pair, made_by=made_by):
            *places, weights = made_by(pair)
            return *places, 0.9 * weights

        monkeypatch.setattr(module, name, some)
    np.testing.assert_allclose(made()[0].mixture(family, sigma).weights, whole, rtol=1e-12)


def test_a_narrow_sigma_gets_segments() -> None:
    mixtures, family = made()
    for sigma in (0.0, 0.5 * NARROW_SIGMA):
        (floor,) = mixtures.floors(family, np.array([sigma])).tolist()
        mixture = mixtures.mixture(family, floor)
        assert mixture.half_widths is not None
        assert mixture.weights.sum() == pytest.approx(1.0, abs=1e-12)
        of = reference(0.0)
        for x in (0.01, 0.3, 2.0):
            shares = np.clip(0.5 + 0.5 * (math.log(x) - mixture.centres) / mixture.half_widths, 0.0, 1.0)
            assert float(mixture.weights @ shares) == pytest.approx(naive.cdf(of, x), abs=1e-6)


@pytest.mark.parametrize(("inputs", "octaves"), [(500.0, 3), (INPUT, 1)], ids=["one length", "two lengths"])
def test_floors_are_shared_by_octaves_of_sigma(inputs, octaves: int) -> None:
    mixtures, family = made(inputs=inputs)
    sigmas = np.geomspace(1e-4, 3.0, 200)
    floors = mixtures.floors(family, sigmas)
    assert (floors <= sigmas).all()
    assert (sigmas < floors * 2.0**octaves).all()
    exponents = np.log2(floors)
    np.testing.assert_array_equal(exponents, np.round(exponents))
    assert np.unique(exponents % octaves).size == 1
    assert (floors > NARROW_SIGMA).any()
    assert NARROW_SIGMA in floors, "no range lies on both sides of the narrowest sigma that has normals"
    np.testing.assert_array_equal(mixtures.floors(family, np.array([0.0, 1e-15])), 0.0)


def test_a_mixture_serves_every_sigma_of_its_octaves() -> None:
    mixtures, family = made(inputs=INPUT)
    (floor,) = mixtures.floors(family, np.array([0.3])).tolist()
    mixture = mixtures.mixture(family, floor)
    for sigma in (floor, 1.4 * floor, 1.99 * floor):
        found = float(mixture.weights @ ndtr((math.log(0.3) - mixture.centres) / sigma))
        assert found == pytest.approx(naive.cdf(reference(sigma, inputs=INPUT), 0.3), abs=1e-7)


def test_mixtures_are_made_once_and_only_the_last_are_kept() -> None:
    plan = planned(MODEL, output_tokens=wq.Exponential(median=300))
    ((family, _),) = families(plan, plan.cells)
    mixtures = Mixtures(plan, keep=2)
    first = mixtures.mixture(family, 0.25)
    assert mixtures.mixture(family, 0.25) is first
    mixtures.mixture(family, 0.5)
    mixtures.mixture(family, 1.0)
    again = mixtures.mixture(family, 0.25)
    assert again is not first
    np.testing.assert_array_equal(again.centres, first.centres)


def test_threads_get_the_same_one() -> None:
    mixtures, family = made()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: mixtures.mixture(family, 0.25), range(8)))
    assert len({id(one) for one in found}) == 1
