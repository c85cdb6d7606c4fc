"""What is kept for the next points of the axes, each made once; the oldest is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from wattquery.plans.made_once import MadeOnce

__all__ = ["Kept"]

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values by key; threads may share it.

    Each is made by the thread that asks for it first. Others that ask for it wait, and those that ask for another do
    not.

    Parameters
    ----------
    most
        How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: dict[Key, MadeOnce[Value]] = {}
        self._lock = Lock()

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made if it is not there."""
        with self._lock:
            if key not in self._entries:
                while len(self._entries) >= self._most:
                    del self._entries[next(iter(self._entries))]
                self._entries[key] = MadeOnce()
            entry = self._entries[key]
        return entry.get(make)
