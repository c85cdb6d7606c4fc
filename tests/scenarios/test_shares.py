"""Shares sum to one, also where some of them are an axis."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattquery.errors import InputError
from wattquery.scenarios.query_class import QueryClass
from wattquery.scenarios.shares import checked_share_axis, share_table, summing_to_one


def classes(**shares: float | str) -> dict[str, QueryClass]:
    return {name: QueryClass(share, "frontier") for name, share in shares.items()}


def test_the_rest_is_what_is_left() -> None:
    assert summing_to_one(classes(a=0.3, b="rest", c=0.2)) == {"a": 0.3, "b": 0.5, "c": 0.2}
    assert summing_to_one(classes(a=1.0, b="rest")) == {"a": 1.0, "b": 0.0}


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"a": 0.9, "b": 0.2}, "a = 0.9, b = 0.2 must sum to 1, got 1.1"),
        ({"a": 0.5}, "a = 0.5 must sum to 1, got 0.5"),
        ({"a": 0.9, "b": 0.2, "c": "rest"}, "must sum to at most 1, got 1.1, which leaves nothing for 'c'"),
        ({"a": "rest", "b": "rest"}, "must take the rest, got 'a', 'b'"),
    ],
)
def test_other_sums_are_refused(shares: dict[str, float | str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        summing_to_one(classes(**shares))


def test_an_axis_of_shares_takes_from_all_others_in_their_proportions() -> None:
    table = share_table(classes(a=0.6, b=0.3, c=0.1), {"c": (0.0, 0.1, 1.0)})
    np.testing.assert_allclose(table, [[2 / 3, 1 / 3, 0.0], [0.6, 0.3, 0.1], [0.0, 0.0, 1.0]], atol=1e-15)


def test_or_from_the_class_that_takes_the_rest() -> None:
    table = share_table(classes(a="rest", b=0.3, c=0.1), {"c": (0.0, 0.5)})
    np.testing.assert_allclose(table, [[0.7, 0.3, 0.0], [0.2, 0.3, 0.5]], atol=1e-15)
    with pytest.raises(InputError, match=r"must sum to at most 1, got 1.1"):
        share_table(classes(a="rest", b=0.3, c=0.1), {"c": (0.8,)})


def test_two_axes_are_crossed() -> None:
    table = share_table(classes(a="rest", b=0.1, c=0.1), {"b": (0.0, 0.4), "c": (0.0, 0.2, 0.5)})
    assert table.shape == (2, 3, 3)
    np.testing.assert_allclose(table[1, 2], [0.1, 0.4, 0.5], atol=1e-15)


def test_without_anyone_to_take_the_rest_a_point_is_refused() -> None:
    with pytest.raises(InputError, match=r"leave 0.5 to no class"):
        share_table(classes(a=0.0, b=1.0), {"b": (0.5,)})


@given(st.lists(st.floats(0.001, 1.0), min_size=2, max_size=5), st.floats(0.0, 1.0))
def test_every_row_sums_to_one(weights: list[float], share: float) -> None:
    total = sum(weights)
    named = classes(**{f"c{i}": one / total for i, one in enumerate(weights[:-1])}, last="rest")
    table = share_table(named, {"c0": (share * weights[0] / total,)})
    assert table.min() >= 0.0
    np.testing.assert_allclose(table.sum(axis=-1), 1.0, atol=1e-9)


@pytest.mark.parametrize(
    ("axis", "values", "said"),
    [
        ("lng_share", [0.1], "Did you mean 'long_share'"),
        ("long_share", 0.1, "must be a list of shares"),
        ("long_share", [], "must be a list of shares"),
        ("long_share", "0.1", "must be a list of shares"),
        ("long_share", [0.1, 0.1], "must be different shares"),
        ("long_share", [0.1, 1.2], "from 0 to 1"),
        ("long_share", [-0.1], "from 0 to 1"),
        ("long_share", ["a"], "must be a finite number, got 'a'"),
    ],
)
def test_axes_that_are_none_are_refused(axis: str, values: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        checked_share_axis(axis, values, classes(long=0.1, short="rest"))
