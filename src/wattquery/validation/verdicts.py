"""Whether scores are where they are wanted, and by how much they miss."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from wattquery.validation.targets import TARGETS, Target

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ERRORS_ALLOWED", "FEWEST_RESAMPLED", "VERDICTS", "verdicts"]

VERDICTS = ("met", "within errors", "missed", "no rows")
"""Where it is wanted; outside, by no more than `ERRORS_ALLOWED` of its errors; by more; nothing to be scored."""

ERRORS_ALLOWED = 2.0
"""Standard errors, from clusters, by which a score may miss."""

FEWEST_RESAMPLED = 5
"""Clusters whose error excuses a miss: that of fewer is hardly known."""

_COLUMNS = ("by", "points", "quantity", "group", "label", "statistic", "lowest", "highest")


def verdicts(grouped: pd.DataFrame, targets: Sequence[Target] = TARGETS) -> pd.DataFrame:
    """Return each target with what was found.

    Parameters
    ----------
    grouped
        Scores, as `grouped` returns them.
    targets
        What is wanted. One without a label is held against every group that has enough rows.

    Returns
    -------
    pandas.DataFrame
        The target (``by``, ``points``, ``quantity``, ``group``, ``label``, ``statistic``, ``lowest``, ``highest``),
        ``found`` with its ``stderr``, ``rows`` and ``clusters``, ``missed_by`` (0 inside, else how far outside), and
        ``verdict``, one of `VERDICTS`. A miss is excused by the error of `FEWEST_RESAMPLED` clusters or more alone.
    """
    import pandas as pd

    keys = ["by", "points", "quantity", "group"]
    tables = dict(iter(grouped.groupby(keys)))
    rows = []
    for one in targets:
        part = tables.get((one.by, one.points, one.quantity, one.group), grouped.iloc[:0])
        part = part[(part["rows"] >= one.fewest) & ((part["label"] == one.label) | (one.label == ""))]
        rows += [_verdict(one, found) for found in part.to_dict("records")]
        if part.empty and one.label:
            rows.append(_nothing(one))
    return pd.DataFrame(rows, columns=[*_COLUMNS, "found", "stderr", "rows", "clusters", "missed_by", "verdict"])


def _verdict(target: Target, found: dict[Hashable, Any]) -> dict[str, object]:
    value, stderr = found[target.statistic], found[f"{target.statistic}_stderr"]
    missed_by = max(target.lowest - value, value - target.highest, 0.0)
    excused = found["clusters"] >= FEWEST_RESAMPLED and missed_by <= ERRORS_ALLOWED * stderr
    verdict = "met" if missed_by == 0.0 else "within errors" if excused else "missed"
    return {
        **{name: getattr(target, name) for name in _COLUMNS},
        "label": found["label"],
        "found": value,
        "stderr": stderr,
        "rows": found["rows"],
        "clusters": found["clusters"],
        "missed_by": missed_by,
        "verdict": verdict,
    }


def _nothing(target: Target) -> dict[str, object]:
    return {**{name: getattr(target, name) for name in _COLUMNS}, "rows": 0, "clusters": 0, "verdict": "no rows"}
