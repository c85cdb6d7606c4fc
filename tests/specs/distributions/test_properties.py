"""Properties that every distribution has."""

from __future__ import annotations

import copy
import importlib
import inspect
import json
import math
import pickle
import pkgutil

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import wattquery
from wattquery.specs import (
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    LogNormal,
    Normal,
    Triangular,
    Truncated,
    Uniform,
    distributions,
)

PROFILE = settings(derandomize=True, max_examples=100, deadline=None)
NAMES = {
    kind.__name__: kind for kind in (Empirical, Exponential, Fixed, LogNormal, Normal, Triangular, Truncated, Uniform)
}


def within(largest: float) -> st.SearchStrategy[float]:
    """Return numbers of either sign, with 0 for those closer to it than is allowed."""
    return st.floats(-largest, largest).map(lambda number: number if abs(number) >= 1e-30 else 0.0)


signed = within(1e6)
positive = st.floats(1e-6, 1e6)
probabilities = st.floats(1e-9, 1 - 1e-9)
fixed = st.builds(Fixed, signed)
widths = st.floats(1e-3, 1e3)
smooth = st.one_of(
    st.builds(lambda p5, ratio: LogNormal(p5, p5 * ratio), positive, st.floats(1.001, 1e4)),
    st.builds(Exponential, positive),
    st.builds(lambda low, width: Uniform(low, low + width), within(1e3), widths),
    st.builds(lambda low, a, b: Triangular(low, low + a, low + a + b), within(1e3), widths, widths),
    st.builds(Normal, within(1e3), widths),
)
samples = st.builds(Empirical, st.lists(signed, min_size=1, max_size=20))


@st.composite
def tables(draw: st.DrawFn) -> Empirical:
    inner = draw(st.lists(st.integers(1, 99), unique=True, max_size=6))
    p = [0, *(one / 100 for one in sorted(inner)), 1]
    steps = draw(st.lists(within(100).map(abs), min_size=len(p), max_size=len(p)))
    return Empirical(probabilities=p, values=np.cumsum(steps))


@st.composite
def truncations(draw: st.DrawFn) -> Truncated:
    base = draw(smooth)
    low, width = draw(st.floats(0.01, 0.8)), draw(st.floats(0.05, 0.19))
    bounds = {"low": float(base.ppf(low)), "high": float(base.ppf(low + width))}
    kept = draw(st.sampled_from([("low",), ("high",), ("low", "high")]))
    return Truncated(base, **{name: bounds[name] for name in kept})


continuous = st.one_of(smooth, truncations())
anything = st.one_of(fixed, continuous, samples, tables())


def test_every_distribution_is_public_and_tested_here() -> None:
    for file in pkgutil.iter_modules(distributions.__path__):
        importlib.import_module(f"{distributions.__name__}.{file.name}")
    ours = {
        name
        for name, kind in Distribution.by_name.items()
        if kind.__module__.startswith(distributions.__name__) and not inspect.isabstract(kind)
    }
    assert ours == set(NAMES)
    assert ours < set(distributions.__all__)
    assert ours < set(wattquery.__all__)


@PROFILE
@given(continuous, probabilities)
def test_quantile_and_probability_are_inverse(one: Distribution, p: float) -> None:
    x = float(one.ppf(p))
    # What one rounding of x is worth in probability is all that may be lost.
    slack = float(one.cdf(x + 8 * math.ulp(x)) - one.cdf(x - 8 * math.ulp(x)))
    assert abs(float(one.cdf(x)) - p) <= 1e-12 + slack


@PROFILE
@given(anything, st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_quantiles_and_probabilities_do_not_decrease(one: Distribution, ps: list[float]) -> None:
    x = one.ppf(np.sort(ps))
    finite = x[np.isfinite(x)]
    assert (np.diff(finite) >= -1e-13 * np.abs(finite[:-1])).all()
    assert (np.diff(one.cdf(np.sort(finite))) >= -1e-15).all()
    low, high = one.support()
    assert ((low <= x) & (x <= high)).all()


@PROFILE
@given(st.one_of(fixed, samples, tables()), st.floats(0, 1))
def test_quantile_is_the_smallest_value_that_reaches_p(one: Distribution, p: float) -> None:
    x = float(one.ppf(p))
    assert float(one.cdf(x + 8 * math.ulp(x))) >= p - 1e-12
    if one.atoms() is not None and x > one.support()[0]:
        assert float(one.cdf(np.nextafter(x, -math.inf))) < p


@PROFILE
@given(anything)
def test_mean_lies_inside_the_support(one: Distribution) -> None:
    low, high = one.support()
    slack = 1e-12 * max(abs(x) for x in (low, high, 1.0) if math.isfinite(x))
    assert low - slack <= one.mean() <= high + slack


@PROFILE
@given(st.one_of(samples, fixed))
def test_atoms_carry_the_whole_distribution(one: Distribution) -> None:
    values, weights = one.atoms()
    assert (np.diff(values) > 0).all()
    np.testing.assert_allclose(np.cumsum(weights), one.cdf(values), rtol=1e-12)
    assert abs(math.fsum(values * weights) - one.mean()) <= 1e-9 * max(1.0, np.abs(values).max())


@PROFILE
@given(anything)
def test_dicts_read_back(one: Distribution) -> None:
    written = one.to_dict()
    assert Distribution.from_dict(written) == one
    assert type(one).from_dict(json.loads(json.dumps(written, allow_nan=False))) == one
    assert None not in written.values()


@PROFILE
@given(anything)
def test_labels_read_back_and_copies_are_equal(one: Distribution) -> None:
    assert Distribution.from_dict(one.to_dict()).label == one.label == str(one)
    if not isinstance(one, Empirical):
        read = eval(one.label, NAMES.copy())
        assert (Fixed(read) if isinstance(one, Fixed) else read) == one
    for twin in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
        assert twin == one
        assert hash(twin) == hash(one)


@PROFILE
@given(st.one_of(tables(), continuous))
def test_knots_are_inner_probabilities_in_order(one: Distribution) -> None:
    knots = one.knots()
    assert all(0 < knot < 1 for knot in knots)
    assert list(knots) == sorted(set(knots))
