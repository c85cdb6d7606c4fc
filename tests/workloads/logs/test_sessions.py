"""Requests of sessions, counted one by one and by a sample."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wattquery.workloads.logs.sessions import Sessions


def names(count: int) -> pd.Series:
    return pd.Series([f"s{number}" for number in np.random.default_rng(2).integers(0, count, 20_000)])


def test_sessions_are_counted():
    sessions = Sessions()
    named = sessions.add(pd.Series(["a", " b", None, "", "a", 3, float("nan")], dtype=object))
    sessions.add(pd.Series(["b", "c"]))
    assert named.tolist() == [True, True, False, False, True, True, False]
    assert (sessions.number, sessions.requests, sessions.is_estimated, sessions.stderr) == (4.0, 6, False, 0.0)


def test_of_many_a_sample_tells_their_number_in_any_order():
    drawn = names(9000)
    sessions, other = Sessions(most=1000), Sessions(most=1000)
    for part in np.array_split(drawn, 7):
        sessions.add(pd.Series(part))
    other.add(drawn[::-1])
    assert sessions.number == other.number
    assert sessions.is_estimated
    assert sessions.number == pytest.approx(drawn.nunique(), rel=4 * sessions.stderr)
