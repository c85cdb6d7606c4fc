"""What rows are told apart by, and the scores of each of their groups."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog.records import records
from wattquery.errors import InputError, listed
from wattquery.throughput.load import Observations
from wattquery.validation.scores import scores

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CLUSTERS",
    "GROUPS",
    "LOAD_BANDS",
    "grouped",
    "is_trusted",
    "kinds",
    "load_bands",
    "regimes",
    "siblings",
    "with_groups",
]

Words = NDArray[np.object_]

GROUPS = ("overall", "regime", "kind", "hardware", "serving", "load", "support", "sibling", "source")
"""Columns that `with_groups` adds or finds, by each of which `grouped` scores."""

CLUSTERS = ("left_out", "architecture")
"""Rows belong together by the label that was left out where there are enough, and by architecture elsewhere."""

LOAD_BANDS = ("up to 4", "4 to 16", "16 to 64", "64 to 256", "above 256")
"""Running sequences per replica, the upper end included. Two more labels are ``maximum load`` and ``unknown``."""

_UPPER_ENDS = (4.0, 16.0, 64.0, 256.0)

_FAMILIES = (
    ("A100 PCIe 80GB", "A100 SXM 40GB", "A100 SXM 80GB", "A800"),
    ("GH200", "H100 NVL", "H100 PCIe", "H100 SXM", "H200", "H200 NVL", "H800"),
    ("B200", "B300", "GB200 NVL72", "GB300 NVL72"),
    ("RTX PRO 4500 Blackwell", "RTX PRO 6000 Blackwell SE"),
    ("MI300X", "MI325X"),
    ("MI350X", "MI355X"),
    ("Intel Arc Pro B50", "Intel Arc Pro B60", "Intel Arc Pro B60 Dual", "Intel Arc Pro B70"),
)
"""Accelerators of one generation of one vendor, whose compute units are alike."""


@cache
def _experts() -> dict[str, bool]:
    return {row["architecture"]: float(row["experts"] or 0) > 0 for row in records("architectures")}


def kinds(rows: Observations) -> Words:
    """Return ``"dense"`` or ``"MoE"`` by row: from the catalog, or else from the sizes that the row states."""
    known = _experts()
    made = np.full(len(rows), "unknown", dtype=object)
    made[rows.active_params_b < 0.95 * rows.total_params_b] = "MoE"
    made[rows.active_params_b >= 0.95 * rows.total_params_b] = "dense"
    for row, architecture in enumerate(rows.architecture):
        if architecture in known:
            made[row] = "MoE" if known[architecture] else "dense"
    return made


def load_bands(rows: Observations) -> Words:
    """Return the band of the load of each replica: the mean batch, or else the concurrency, see `LOAD_BANDS`.

    An instance of several data-parallel replicas shares its load equally among them.
    """
    load = np.where(np.isfinite(rows.batch), rows.batch, rows.concurrency)
    load = load / np.where(rows.dp > 1.0, rows.dp, 1.0)
    made = np.array(LOAD_BANDS, dtype=object)[np.searchsorted(_UPPER_ENDS, load)]
    made[~np.isfinite(load)] = "unknown"
    made[rows.at_maximum_load] = "maximum load"
    return made


def regimes(rows: Observations) -> Words:
    """Return how rows were measured.

    ``"maximum load"`` where all requests were queued at once, ``"energy run"`` where power or energy was measured too,
    ``"serving point"`` elsewhere, or ``"disaggregated"`` where prefill had accelerators of its own.
    """
    made = np.full(len(rows), "serving point", dtype=object)
    made[rows.disaggregated] = "disaggregated"
    made[np.isfinite(rows.power_w_per_accelerator) | np.isfinite(rows.joules_per_output_token)] = "energy run"
    made[rows.at_maximum_load] = "maximum load"
    return made


def siblings(rows: Observations) -> Words:
    """Return ``"sibling known"`` where some row is of another accelerator of the same generation, else ``"none"``."""
    present = set(rows.hardware)
    known = {one for family in _FAMILIES for one in family if any(other in present for other in family if other != one)}
    return np.array(["sibling known" if one in known else "none" for one in rows.hardware], dtype=object)


def with_groups(table: pd.DataFrame, rows: Observations) -> pd.DataFrame:
    """Return a table with what tells its rows apart: `GROUPS`, ``architecture``, ``confidence`` and ``left_out``.

    Parameters
    ----------
    table
        Has ``row_id`` and ``support``, as `long_table` makes it, and may have ``by``.
    rows
        The operating points that it is about, each with a ``row_id`` of its own.

    Returns
    -------
    pandas.DataFrame
        The same rows with more columns; ``left_out`` is the label of a row by which its fold goes.

    Raises
    ------
    InputError
        If a row of the table is not among the operating points, or several of these have one ``row_id``.
    """
    import pandas as pd

    content = {
        "architecture": rows.architecture,
        "regime": regimes(rows),
        "kind": kinds(rows),
        "hardware": rows.hardware,
        "serving": rows.serving,
        "load": load_bands(rows),
        "sibling": siblings(rows),
        "source": rows.source_id,
        "confidence": rows.confidence,
    }
    places = pd.Index(rows.row_id)
    if not places.is_unique:
        twice = sorted(set(places[places.duplicated()]))
        raise InputError(f"Several rows are called {listed(twice)}. Give each row a row_id of its own.")
    number = places.get_indexer(pd.Index(table["row_id"]))
    if (number < 0).any():
        unknown = sorted(set(table["row_id"][number < 0].astype(str)))
        raise InputError(
            f"Predictions of {listed(unknown)} belong to no row that was passed. Pass the rows that were predicted; "
            "`make validation` predicts the shipped ones anew."
        )
    labelled = table.assign(overall="all", **{name: words[number] for name, words in content.items()})
    by = table["by"] if "by" in table.columns else pd.Series("architecture", index=table.index)
    return labelled.assign(left_out=_left_out(labelled, by))


def _left_out(labelled: pd.DataFrame, by: pd.Series[str]) -> Words:
    made = labelled["architecture"].to_numpy(dtype=object, copy=True)
    for name in ("hardware", "serving"):
        which = (by == name).to_numpy()
        made[which] = labelled[name].to_numpy()[which]
    return made


def is_trusted(labelled: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows are not of low confidence."""
    return labelled["confidence"] != "low"


def grouped(
    table: pd.DataFrame, over: Sequence[str] = ("by", "points", "quantity"), groups: Sequence[str] = GROUPS
) -> pd.DataFrame:
    """Return the scores of each group of rows.

    Parameters
    ----------
    table
        As `with_groups` returns it.
    over
        Columns whose combinations are scored apart in any case.
    groups
        Columns by which rows are divided, one at a time.

    Returns
    -------
    pandas.DataFrame
        The columns of ``over``, ``group`` and ``label``, then those of `wattquery.validation.scores`.
    """
    import pandas as pd

    parts = []
    for group in groups:
        found = scores(table, (*over, group), clusters=CLUSTERS).rename(columns={group: "label"})
        found.insert(len(over), "group", group)
        parts.append(found)
    return pd.concat(parts, ignore_index=True)
