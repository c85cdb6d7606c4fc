"""Digests tell values apart, and are the same in every process."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import wattquery as wq
from wattquery.specs.digest import digest

VALUES = [
    None,
    True,
    1,
    1.0,
    "1",
    -0.0,
    0.0,
    ("a", "b"),
    ("ab",),
    ("a", ("b",)),
    {"a": 1},
    {"a": 2},
    np.arange(3.0),
    np.arange(3),
    np.arange(4.0).reshape(2, 2),
    np.arange(4.0),
    wq.LogNormal(p5=1, p95=2),
    wq.LogNormal(p5=1, p95=2.0000001),
    wq.Uniform(1, 2),
    wq.Lever("a", wq.LogNormal(p5=1, p95=2)),
]


def test_no_two_values_have_the_same() -> None:
    for one, other in itertools.combinations(VALUES, 2):
        assert digest(one) != digest(other), (one, other)


def test_equal_values_have_the_same() -> None:
    assert digest({"b": 1, "a": (2,)}) == digest({"a": [2], "b": 1})
    assert digest(wq.LogNormal(p5=1, p95=2)) == digest(wq.LogNormal(p5=1.0, p95=2.0))


def test_it_is_the_same_in_every_process() -> None:
    assert digest(("pue", 1.2, None, {"b", "a"})) == "6075516fe94a0854"


def test_what_has_no_lasting_content_is_refused() -> None:
    with pytest.raises(TypeError, match="no digest of a function"):
        digest(lambda: 1)
