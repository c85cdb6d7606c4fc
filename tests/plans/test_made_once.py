"""A value that is made once, by whoever comes first, and stays where it was made."""

from __future__ import annotations

import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

from wattquery.plans.made_once import MadeOnce


def test_threads_that_come_together_get_one_value() -> None:
    made: list[object] = []
    together = threading.Barrier(8, timeout=60.0)
    held: MadeOnce[object] = MadeOnce()

    def make() -> object:
        made.append(object())
        return made[-1]

    def ask(_: int) -> object:
        together.wait()
        return held.get(make)

    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(ask, range(8)))
    assert len(made) == 1
    assert all(value is made[0] for value in values)


def test_a_pickle_has_no_value() -> None:
    held: MadeOnce[str] = MadeOnce()
    assert held.get(lambda: "here") == "here"
    assert pickle.loads(pickle.dumps(held)).get(lambda: "there") == "there"


def test_an_error_leaves_it_to_the_next() -> None:
    held: MadeOnce[float] = MadeOnce()
    try:
        held.get(lambda: 1.0 / 0.0)
    except ZeroDivisionError:
        assert held.get(lambda: 2.0) == 2.0
    else:
        raise AssertionError("the error was lost")
