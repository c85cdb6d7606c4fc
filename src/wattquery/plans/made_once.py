"""A value that tasks of one process share: made by the first that needs it, and no part of any pickle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["MadeOnce"]

Value = TypeVar("Value")


class MadeOnce(Generic[Value]):
    """Holds a value once it is made; another thread that needs it meanwhile waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: Value | None = None

    def __reduce__(self) -> tuple[type[MadeOnce[Value]], tuple[()]]:
        return MadeOnce, ()

    def get(self, make: Callable[[], Value]) -> Value:
        """Return the value, made where nobody has made it yet."""
        with self._lock:
            if self._value is None:
                self._value = make()
            return self._value
