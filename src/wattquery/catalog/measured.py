"""What is measured where: numbers of rows by model, hardware, serving and precision, and by quantity."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from wattquery.catalog.row_selection import BENCHMARKS, Labels, rows
from wattquery.catalog.shipped import DEFAULT, has_tables, load
from wattquery.catalog.table import Catalog
from wattquery.inputs.arguments import refuses_unknown
from wattquery.quantities import CATALOG_AXES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MEASURED", "support"]

MEASURED = {
    "throughput": ("performance", ("output_tps", "output_tps_per_accelerator")),
    "latency": ("performance", ("ttft_s", "tpot_s")),
    "power": ("energy", ("power_w_per_accelerator", "power_w_total")),
    "energy": ("energy", ("joules_per_output_token", "joules_per_request")),
}
"""What may be measured: the table, and the columns of which one has a number."""

LENGTHS = ["input_tokens", "output_tokens"]


@refuses_unknown
def support(
    catalog: str | os.PathLike[str] | Catalog = DEFAULT,
    *,
    model: Labels = None,
    hardware: Labels = None,
    serving: Labels = None,
    precision: Labels = None,
) -> pd.DataFrame:
    """Return how many rows say what, for every combination of labels that has any.

    Parameters
    ----------
    catalog
        Name of a shipped catalog, path of a CSV file, or a `Catalog`.
    model, hardware, serving, precision
        A label or a list of labels, in any case or by an alias; all when left out or `wattquery.ALL`.

    Returns
    -------
    pandas.DataFrame
        Columns ``model``, ``hardware``, ``serving``, ``precision``; how many rows have a ``throughput``, ``latency``,
        ``power`` and ``energy``; the number of ``benchmarks``, the rows from which a sweep fits its throughput, and
        of ``lengths``, the different pairs of input and output length among these. A combination with benchmarks is
        ``supported`` in a sweep.

    Raises
    ------
    InputError
        If a label is not known.

    Examples
    --------
    >>> from wattquery import catalog
    >>> frame = catalog.support("oviedo2026", model="Llama 3.1 70B")
    >>> frame[["hardware", "precision", "throughput", "benchmarks", "lengths"]].values.tolist()
    [['H100 80GB HBM3', 'FP8', 5, 5, 5]]
    """
    held = load(catalog)
    labels = {"model": model, "hardware": hardware, "serving": serving, "precision": precision}
    axes = list(CATALOG_AXES)
    benchmarks = rows(held, table=BENCHMARKS, **labels)
    counts = {}
    if has_tables(held):
        for quantity, (table, columns) in MEASURED.items():
            found = rows(held, table=table, **labels)
            has_any = found[[column for column in columns if column in found.columns]].notna().any(axis=1)
            counts[quantity] = found[has_any].groupby(axes).size()
    else:
        counts["throughput"] = benchmarks.groupby(axes).size()
    counts[BENCHMARKS] = benchmarks.groupby(axes).size()
    counts["lengths"] = benchmarks.drop_duplicates([*axes, *LENGTHS]).groupby(axes).size()
    import pandas as pd

    frame = pd.DataFrame(counts).reindex(columns=[*MEASURED, BENCHMARKS, "lengths"]).fillna(0).astype("int64")
    frame.index.names = axes
    frame = frame.sort_index(key=lambda level: level.str.casefold()).reset_index()
    frame.attrs = {"catalog": held.name}
    return frame
