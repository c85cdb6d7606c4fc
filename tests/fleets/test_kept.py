"""What is kept for the next points: made once, whoever asks, and forgotten in the order in which it was made."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from wattquery.fleets.kept import Kept


def test_the_oldest_is_forgotten() -> None:
    kept: Kept[str, str] = Kept(2)
    made: list[str] = []

    def get(key: str) -> str:
        return kept.get(key, lambda: made.append(key) or key.upper())

    assert [get(key) for key in "abab"] == ["A", "B", "A", "B"]
    assert made == ["a", "b"]
    assert [get(key) for key in "cba"] == ["C", "B", "A"]
    assert made == ["a", "b", "c", "a"]


def test_threads_that_ask_at_the_same_time_get_the_same_value() -> None:
    kept: Kept[int, object] = Kept(64)
    together = threading.Barrier(8)
    made: list[int] = []

    def get(key: int) -> object:
        together.wait(timeout=30)
        return kept.get(key, lambda: made.append(key) or object())

    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(get, [key // 4 for key in range(40)]))
    assert sorted(made) == list(range(10))
    assert all(len({id(value) for value in values[start : start + 4]}) == 1 for start in range(0, 40, 4))
