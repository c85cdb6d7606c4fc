"""How fast work is done, smoothed, and how long the rest takes. By a clock that nobody can set."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

__all__ = ["Rate"]

MEMORY = 15.0
"""Seconds after which what was seen counts a third: long enough for tasks of seconds, short enough to get over a
first compilation."""


class Rate:
    """The rate of some work, from the shares of it that are done.

    Parameters
    ----------
    start
        The share that was done before: by an earlier run, so that it says nothing of the rate of this one.
    clock
        Returns seconds.
    """

    def __init__(self, start: float = 0.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = self._last = clock()
        self._share = start
        self._done = self._seconds = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the work began."""
        return self._last - self._begun

    @property
    def share(self) -> float:
        """The share that is done."""
        return self._share

    @property
    def per_second(self) -> float:
        """What share is done in a second by now; 0 where that is not known yet."""
        return self._done / self._seconds if self._seconds > 0.0 else 0.0

    @property
    def left(self) -> float:
        """Seconds that the rest will take; infinite where that is not known yet."""
        rate = self.per_second
        return (1.0 - self._share) / rate if rate > 0.0 else math.inf

    def skip(self, share: float) -> None:
        """Count a share as done before."""
        self._share += share

    def see(self, share: float) -> None:
        """Take note of what is done now. Both what was done and the time it took fade alike."""
        now = self._clock()
        passed, done = now - self._last, share - self._share
        fade = math.exp(-passed / MEMORY)
        self._done = self._done * fade + done
        self._seconds = self._seconds * fade + passed
        self._last, self._share = now, share
