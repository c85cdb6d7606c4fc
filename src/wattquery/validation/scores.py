"""How far predictions are off, and how often their intervals hold what was measured, with errors of both."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, listed
from wattquery.validation.bootstrap import DRAWS, SEED, mean_stderr, median_stderr, resampled

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FEWEST_CLUSTERS", "STATISTICS", "interval_score", "scores"]

Numbers = NDArray[np.float64]

STATISTICS = ("median_absolute_log_error", "bias", "coverage_50", "coverage_90", "interval_score")
"""What `scores` says; each comes with a standard error, ``NAME_stderr``."""

FEWEST_CLUSTERS = 5
"""Clusters of the first kind that are enough to take rows together by it."""

_NEEDED = ("measured", "q05", "q25", "q50", "q75", "q95")


def interval_score(value: Numbers, low: Numbers, high: Numbers, level: float) -> Numbers:
    r"""Return the score of central intervals: their width, and what a value outside pays. Less is better.

    .. math:: (u - l) + \frac{2}{\alpha} (l - y)_+ + \frac{2}{\alpha} (y - u)_+, \quad \alpha = 1 - \mathrm{level}

    Gneiting and Raftery, Strictly Proper Scoring Rules, Prediction, and Estimation, Journal of the American Statistical
    Association 102 (2007), equation 43, https://doi.org/10.1198/016214506000001437.

    Parameters
    ----------
    value
        What was measured.
    low, high
        Ends of the interval, in the same unit.
    level
        Share of the values that it is to hold [1].

    Examples
    --------
    >>> import numpy as np
    >>> interval_score(np.array([0.0, 2.0]), np.array([-1.0]), np.array([1.0]), 0.9).round(6)
    array([ 2., 22.])
    """
    outside = np.maximum(low - value, 0.0) + np.maximum(value - high, 0.0)
    return np.asarray((high - low) + 2.0 / (1.0 - level) * outside)


def scores(
    table: pd.DataFrame,
    over: Sequence[str] = ("quantity",),
    *,
    clusters: Sequence[str] = ("architecture",),
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """Return the scores of the rows of a table, for each combination of labels.

    Errors are natural logarithms of predicted median over measured number: 0.12 is 12 % in the way that "median
    absolute log error in per cent" is meant here, a factor of exp(0.12) up or down.

    Parameters
    ----------
    table
        A row for each measured number, as `long_table` makes it, with the labels that ``over`` and ``clusters`` name.
    over
        Columns whose combinations are scored apart.
    clusters
        Columns by which rows belong together: the first with `FEWEST_CLUSTERS` labels or more among the rows, or else
        the last. Whole clusters are resampled for the errors.
    draws, seed
        Resamples, and the seed of their random numbers.

    Returns
    -------
    pandas.DataFrame
        The columns of ``over``, then ``rows`` that are scored, ``unpredicted`` of which nothing is predicted,
        ``clusters``, and

        - ``median_absolute_log_error``: median of the absolute errors [1];
        - ``bias``: median of the errors, above 0 where too much is predicted [1];
        - ``coverage_50``, ``coverage_90``: shares inside the intervals from q25 to q75, and from q05 to q95 [1];
        - ``interval_score``: mean `interval_score` of the latter interval, of logarithms [1];

        each with its ``_stderr``, which is NaN with fewer than two clusters.

    Raises
    ------
    InputError
        If the table lacks a column.

    Examples
    --------
    >>> import pandas as pd
    >>> quantiles = {"q05": 0.5, "q25": 0.8, "q50": 1.0, "q75": 1.25, "q95": 2.0}
    >>> labels = {"quantity": "tpot_s", "architecture": list("abc")}
    >>> table = pd.DataFrame({"measured": [1.0, 1.1, 3.0], **labels, **quantiles})
    >>> found = scores(table).iloc[0]
    >>> [round(float(found[name]), 3) for name in ("median_absolute_log_error", "bias", "coverage_90")]
    [0.095, -0.095, 0.667]
    """
    import pandas as pd

    missing = [name for name in (*_NEEDED, *over, *clusters) if name not in table.columns]
    if missing:
        raise InputError(
            f"scores need the columns {listed(sorted({*_NEEDED, *over, *clusters}))}, and the table has no "
            f"{listed(missing)}. Add them, or name other columns in over and clusters."
        )
    values = _values(table)
    # By label and not by first row: the resamples of a group do not depend on what else is in the table.
    labels = [table[name].factorize(sort=True)[0] for name in clusters]
    found = []
    for rows in _parts(table, over):
        key = table.iloc[rows[0]]
        scored = _scored({name: one[rows] for name, one in values.items()}, [one[rows] for one in labels], draws, seed)
        found.append({**{name: key[name] for name in over}, **scored})
    names = [*over, "rows", "unpredicted", "clusters"]
    return pd.DataFrame(found, columns=[*names, *(one for name in STATISTICS for one in (name, f"{name}_stderr"))])


def _parts(table: pd.DataFrame, over: Sequence[str]) -> list[NDArray[np.intp]]:
    """Return the numbers of the rows of each combination of labels, in the order of the labels."""
    if not len(table):
        return []
    if not over:
        return [np.arange(len(table))]
    numbers = table.groupby(list(over), sort=True, dropna=False).ngroup().to_numpy()
    order = np.argsort(numbers, kind="stable")
    return list(np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1))


def _scored(
    values: Mapping[str, Numbers], labels: Sequence[NDArray[np.intp]], draws: int, seed: int
) -> dict[str, float]:
    """Return the scores of rows taken together."""
    usable = np.isfinite(values["bias"])
    numbers = _clusters([one[usable] for one in labels])
    count = int(numbers.max()) + 1 if numbers.size else 0
    found: dict[str, float] = {"rows": len(numbers), "unpredicted": len(usable) - len(numbers), "clusters": count}
    for name in STATISTICS:
        is_median = name in ("median_absolute_log_error", "bias")
        centre, stderr = (np.median, median_stderr) if is_median else (np.mean, mean_stderr)
        of_rows = values[name][usable]
        found[name] = float(centre(of_rows)) if count else math.nan
        found[f"{name}_stderr"] = stderr(of_rows, numbers, resampled(count, draws, seed)) if count > 1 else math.nan
    return found


def _values(table: pd.DataFrame) -> dict[str, Numbers]:
    """Return what is averaged, by row: medians of the first two, means of the others."""
    measured, q05, q25, q50, q75, q95 = (np.log(table[name].to_numpy(dtype=np.float64)) for name in _NEEDED)
    return {
        "median_absolute_log_error": np.abs(q50 - measured),
        "bias": q50 - measured,
        "coverage_50": ((q25 <= measured) & (measured <= q75)).astype(np.float64),
        "coverage_90": ((q05 <= measured) & (measured <= q95)).astype(np.float64),
        "interval_score": interval_score(measured, q05, q95, 0.9),
    }


def _clusters(labels: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """Return the number of the cluster of each row."""
    for one in labels:
        different, numbers = np.unique(one, return_inverse=True)
        if len(different) >= FEWEST_CLUSTERS:
            break
    return np.asarray(numbers, dtype=np.intp)
