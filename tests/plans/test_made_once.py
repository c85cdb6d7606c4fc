"""A value that is made once in a process, by whichever thread needs it first, and never travels."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from wattquery.plans.made_once import MadeOnce


def test_one_thread_makes_it_for_all() -> None:
    held: MadeOnce[object] = MadeOnce()
    made = []
    together = Barrier(4)

    def get(_: int) -> object:
        together.wait()
        return held.get(lambda: made.append(1) or object())

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(get, range(4)))
    assert made == [1]
    assert len({id(value) for value in found}) == 1


def test_a_pickle_has_nothing_in_it() -> None:
    held: MadeOnce[int] = MadeOnce()
    assert held.get(lambda: 1) == 1
    again = pickle.loads(pickle.dumps(held))
    assert again.get(lambda: 2) == 2
    assert held.get(lambda: 3) == 1


def test_what_could_not_be_made_is_tried_again() -> None:
    held: MadeOnce[int] = MadeOnce()
    with pytest.raises(ZeroDivisionError):
        held.get(lambda: 1 // 0)
    assert held.get(lambda: 5) == 5
