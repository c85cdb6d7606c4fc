"""Factors by the number of running sequences: interpolated between points, held beyond, and levers made of them."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wattquery as wq
from one_sentence import is_one_sentence
from wattquery.specs.by_concurrency import ByConcurrency
from wattquery.specs.expressions import parse_expression

POINTS = {4: wq.LogNormal(1.2, 2.0), 32: 1.3, 256: wq.LogNormal(0.9, 1.2)}
CURVE = ByConcurrency.of(POINTS, "by_concurrency")


FACTORS = st.tuples(st.floats(0.1, 50), st.floats(1.001, 9))


@settings(max_examples=60)
@given(
    points=st.dictionaries(st.integers(1, 100_000), FACTORS, min_size=1, max_size=5),
    concurrency=st.floats(0.01, 1e6),
    level=st.sampled_from([1e-6, 0.05, 0.5, 0.95, 1 - 1e-6]),
)
def test_quantiles_lie_between_those_of_the_points_beside(points, concurrency, level) -> None:
    curve = ByConcurrency.of({at: wq.LogNormal(low, low * wide) for at, (low, wide) in points.items()}, "m")
    places = np.array(curve.concurrency)
    right = min(int(np.searchsorted(places, concurrency)), places.size - 1)
    left = right if concurrency >= places[right] else max(right - 1, 0)
    ends = sorted(float(curve.factors[i].ppf(level)) for i in (left, right))
    assert ends[0] * (1 - 1e-12) <= float(curve.at(concurrency).ppf(level)) <= ends[1] * (1 + 1e-12)
    low, high = sorted((curve.logs(places[left])[0], curve.logs(places[right])[0]))
    assert low <= curve.logs(concurrency)[0] <= high


def test_logarithms_are_those_that_numpy_interpolates() -> None:
    at = np.geomspace(0.5, 5000, 60)
    logs = [(math.log(1.2 * 2.0) / 2, math.log(2.0 / 1.2) / 3.29), (math.log(1.3), 0.0)]
    logs.append((math.log(0.9 * 1.2) / 2, math.log(1.2 / 0.9) / 3.29))
    for found, known in zip(CURVE.logs(at), np.transpose(logs), strict=True):
        np.testing.assert_allclose(found, np.interp(np.log(at), np.log([4, 32, 256]), known), rtol=1e-12, atol=1e-15)
    assert np.isnan(CURVE.logs(np.nan)).all()


def test_a_point_is_what_was_written_and_the_ends_are_held() -> None:
    assert [CURVE.at(place) for place in (0.1, 4, 32, 256, 1e5)] == [
        POINTS[4], POINTS[4], wq.Fixed(1.3), POINTS[256], POINTS[256]
    ]  # fmt: skip
    assert ByConcurrency.of({8: 2}, "m").at(1) == wq.Fixed(2.0)


LEVER = wq.Lever("draft", by_concurrency=POINTS, time_factor={4: 1.8, 64: 1.2}, kind="speculation", source="ours")


def test_a_lever_travels_as_text() -> None:
    assert wq.Lever.from_dict(json.loads(json.dumps(LEVER.to_dict()))) == LEVER
    written = (
        "Lever('draft', by_concurrency={4: LogNormal(p5=1.2, p95=2.0), 32: 1.3, 256: LogNormal(p5=0.9, p95=1.2)}, "
        "time_factor={4: 1.8, 64: 1.2}, kind='speculation', source='ours')"
    )
    assert parse_expression(written) == LEVER
    points = "LogNormal(p5=1.2, p95=2) at 4, 1.3 at 32, LogNormal(p5=0.9, p95=1.2) at 256"
    assert LEVER.definition == f"{points} running sequences"


def test_a_lever_at_one_concurrency_needs_no_load() -> None:
    at = LEVER.at(4)
    assert (at.factor, at.time_factor, at.kind, at.source) == (POINTS[4], wq.Fixed(1.8), "speculation", "ours")
    assert not at.depends_on_load
    assert at.saves_time
    assert LEVER.time_at(1e4) == wq.Fixed(1.2)
    assert wq.Lever("plain", 1.5).time_at(4) is None
    with pytest.raises(wq.InputError, match="depends on the load where none is stated, got 'draft'") as caught:
        _ = LEVER.factor
    assert is_one_sentence(str(caught.value))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "must have one of distribution and by_concurrency, got neither"),
        ({"distribution": 2, "by_concurrency": {4: 2}}, "must have one of distribution and by_concurrency, got both"),
        ({"by_concurrency": {4: 0.5}}, "must be mostly at least 1 at one concurrency"),
        ({"by_concurrency": {}}, "must be a dict of factors by running sequences"),
        ({"by_concurrency": {"many": 2}}, "keys, got 'many'"),
        ({"by_concurrency": {0.5: 2}}, "keys, got 0.5"),
        ({"by_concurrency": {1e5: 2, 99_999.999_999_999_99: 3}}, "must have each number of running sequences once"),
        ({"by_concurrency": {4: 2, "4": 3}}, "must have each number of running sequences once"),
        ({"by_concurrency": {4: wq.Uniform(1, 2)}}, "as factors, between which quantiles can be interpolated"),
        ({"distribution": 2, "source": 3}, "source must be text"),
        ({"distribution": 2, "time_factor": {4: -1}}, "must have numbers above 0"),
    ],
)
def test_what_is_no_lever_is_refused_in_a_sentence(given, said) -> None:
    with pytest.raises(wq.InputError, match=said) as caught:
        wq.Lever("x", **given)
    assert is_one_sentence(str(caught.value))
