"""Shares of finished tasks, added up and told."""

from __future__ import annotations

import numpy as np

from wattquery.engine.executor import ShareDone


def test_a_million_shares_end_at_one() -> None:
    told: list[float] = []
    done = ShareDone(told.append)
    shares = np.random.default_rng(1).random(100_000)
    for share in (shares / shares.sum()).tolist():
        done.add(share)
    assert told[-1] == 1.0
    assert np.all(np.diff(told) >= 0.0)
    done.finish()
    assert len(told) == shares.size


def test_what_was_foreseen_too_large_still_ends_at_one() -> None:
    told: list[float] = []
    done = ShareDone(told.append)
    done.add(0.25)
    done.finish()
    assert told == [0.25, 1.0]


def test_too_many_shares_are_no_more_than_all() -> None:
    told: list[float] = []
    done = ShareDone(told.append)
    done.add(0.75)
    done.add(0.75)
    assert told == [0.75, 1.0]


def test_nobody_is_told() -> None:
    done = ShareDone(None)
    done.add(0.5)
    done.finish()


def test_a_plain_function_is_told_of_what_was_finished_before_as_of_the_rest() -> None:
    told: list[float] = []
    done = ShareDone(told.append)
    done.pass_over(0.5)
    done.add(0.5)
    assert told == [0.5, 1.0]
