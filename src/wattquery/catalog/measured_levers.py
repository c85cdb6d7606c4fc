"""Levers that were measured: pairs of runs that differ in one lever alone, summed up by concurrency."""

from __future__ import annotations

import csv
import io
from functools import cache
from typing import TYPE_CHECKING

from wattquery.catalog.shipped import data

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["lever_rows", "levers"]

TABLE = "measured_levers.csv"
_NUMBERS = (
    "concurrency",
    "ratio",
    "log_sd",
    "pairs",
    "lowest_ratio",
    "highest_ratio",
    "lowest_concurrency",
    "highest_concurrency",
)


def levers() -> pd.DataFrame:
    """Return what was measured of levers: the ratio of a run with a lever to one without it, by concurrency.

    Returns
    -------
    pandas.DataFrame
        A row per lever, ``quantity`` (``"energy"`` of an output token, where below 1 saves, or ``"throughput"``, where
        above 1 saves time), ``hardware``, ``model_class`` and ``concurrency``: ``ratio`` [1] with ``log_sd``, the
        standard deviation of its logarithm from one deployment to another; ``pairs``, their lowest and highest ratio
        and concurrency; ``same_stack``, whether both runs of each pair had the same serving system; ``models`` and
        ``source_id``, where runs are from. A ``concurrency`` above ``highest_concurrency`` lies beyond what was
        measured: where a saving falls with load, the line through its pairs goes on to four times that.

    Examples
    --------
    >>> from wattquery import catalog
    >>> table = catalog.levers()
    >>> mtp = table.query("lever == 'multi_token_prediction' and quantity == 'energy'")
    >>> mtp[["concurrency", "ratio", "pairs", "same_stack"]].values.tolist()
    [[4.0, 0.701, 5.0, False], [64.0, 0.7783, 5.0, False], [256.0, 0.82, 5.0, False]]
    """
    return _frame().copy()


@cache
def lever_rows() -> tuple[dict[str, str], ...]:
    """Return the same table as text by column."""
    return tuple(csv.DictReader(io.StringIO(data(TABLE).decode())))


@cache
def _frame() -> pd.DataFrame:
    import pandas as pd

    content = data(TABLE).decode()
    columns = next(csv.reader(io.StringIO(content)))
    texts = dict.fromkeys((name for name in columns if name not in (*_NUMBERS, "same_stack")), "str")
    frame = pd.read_csv(io.StringIO(content), dtype={**texts, "same_stack": "bool"})
    return frame.astype(dict.fromkeys(_NUMBERS, "float64"))
