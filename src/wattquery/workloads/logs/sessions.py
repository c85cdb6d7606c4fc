"""Sessions of a log: how many there are, and how many requests each has, in bounded memory.

A session is known by a hash of 64 bits of its name. Where there are more than `MOST_SESSIONS`, those with the smaller
hashes are kept, an even sample that is the same whatever the order of the rows, and the number of all is estimated.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_SESSIONS", "Sessions"]

MOST_SESSIONS = 2**20
"""That are counted one by one; of more, the estimated number is off by a tenth of a per cent or so."""


class Sessions:
    """Requests of each session.

    Parameters
    ----------
    most
        Sessions that are kept.
    """

    def __init__(self, most: int = MOST_SESSIONS) -> None:
        self._most = most
        self._halvings = 0
        self.requests = 0
        self._hashes: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._counts: NDArray[np.int64] = np.empty(0, np.int64)

    def add(self, names: Any) -> NDArray[np.bool_]:
        """Add the requests of sessions by their names, a Series of texts, and return which of them have a name."""
        import pandas as pd

        places, texts = pd.factorize(names.to_numpy(object, na_value=None))
        texts = np.array([str(text).strip() for text in texts], object)
        named = np.append(texts != "", False)[places]  # without a name the place is -1
        counts = np.bincount(places[named], minlength=len(texts))
        hashes = pd.util.hash_array(texts, categorize=False)[counts > 0]
        self.requests += int(named.sum())
        self._set(np.concatenate([self._hashes, hashes]), np.concatenate([self._counts, counts[counts > 0]]))
        while len(self._hashes) > self._most:
            self._halvings += 1
            self._set(self._hashes, self._counts)
        return named

    def _set(self, hashes: NDArray[np.uint64], counts: NDArray[np.int64]) -> None:
        kept = (hashes >> np.uint64(64 - self._halvings)) == 0 if self._halvings else np.ones(len(hashes), bool)
        self._hashes, places = np.unique(hashes[kept], return_inverse=True)
        self._counts = np.bincount(places, counts[kept], len(self._hashes)).astype(np.int64)

    @property
    def is_estimated(self) -> bool:
        """Whether the number of sessions is estimated."""
        return self._halvings > 0

    @property
    def number(self) -> float:
        """Number of sessions."""
        return float(len(self._hashes) * 2.0**self._halvings)

    @property
    def stderr(self) -> float:
        """Relative standard error of the number of sessions."""
        return float((1.0 - 0.5**self._halvings) ** 0.5 / max(1, len(self._hashes)) ** 0.5)
