"""What physics says about finished rows: words in the column `flags`, the same that a user's row would be met with."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from building.cells import ROOT, Row, words

sys.path.insert(0, str(ROOT / "src"))

from wattquery.catalog.physics import flags_of  # that of this checkout, installed or not

IMPOSSIBLE, QUESTIONABLE = "impossible:", "questionable:"
"""What a word begins with where physics rules a row out, or questions it."""

_ALLOWED = ("questionable:cache-does-not-fit",)


def mark(rows: Sequence[Row], accelerators: Mapping[str, Row], architectures: Mapping[str, Row]) -> None:
    """Mark rows that physics questions or rules out."""
    for row in rows:
        flags, _ = flags_of(row, architectures[row["architecture"]], accelerators[row["hardware"]])
        row["flags"] = words(*row["flags"].split("|"), *flags)


def verdict(flags: Sequence[str]) -> str:
    """Return the rule by which a row is no benchmark; empty for none.

    A cache that does not fit rules nothing out at maximum load: some of the requests wait, as they do there.
    """
    if any(flag.startswith(IMPOSSIBLE) for flag in flags):
        return "impossible"
    return "questionable" if any(flag.startswith(QUESTIONABLE) and flag not in _ALLOWED for flag in flags) else ""
