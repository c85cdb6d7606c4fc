"""What goes wrong at the door: one exception for bad input, and the words that every message shares.

A message says what came, what is allowed, and how to fix it. Nothing here may import anything of ours.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["InputError", "InputTypeError", "did_you_mean", "listed"]

SHORTEST_PART = 3


class InputError(ValueError):
    """Input that has no answer: the message says what came, what is allowed and how to fix it."""


class InputTypeError(InputError, TypeError):
    """Input of a kind that is not accepted where it was given."""


def listed(names: Iterable[object], limit: int = 12) -> str:
    """Return the names quoted and joined for a message, shortened after ``limit`` of them."""
    items = [repr(name) for name in names]
    if len(items) > limit:
        items = [*items[:limit], f"... ({len(items)} in all)"]
    return ", ".join(items)


def did_you_mean(name: object, allowed: Iterable[object]) -> str:
    """Return a sentence that offers the closest allowed name, or nothing when none is close.

    A name that contains what was written comes first: a part of a long name is its most common abbreviation.
    """
    folded = str(name).casefold().strip()
    by_folded = {str(one).casefold(): str(one) for one in allowed}
    close = [one for one in by_folded if len(folded) >= SHORTEST_PART and folded in one]
    close += difflib.get_close_matches(folded, by_folded, n=1, cutoff=0.5)
    return f" Did you mean {by_folded[close[0]]!r}?" if close else ""
