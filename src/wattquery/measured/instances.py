"""Rows of tables as rows of one instance each: copies of a dense model share the requests of a run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.measured.one_instance import copies_in_words
from wattquery.throughput.load import Observations
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.deployments.replicas import of_one_replica
from wattquery.throughput.load.known import Known

__all__ = ["divides", "one_instance_each"]


def divides(rows: Observations, at: Conditions) -> NDArray[np.bool_]:
    """Return of which rows the accelerators are those of whole instances, as they state their division.

    Parameters
    ----------
    rows, at
        The rows, and what is known of them.
    """
    each, copies = np.asarray(at.instance.accelerators), np.asarray(at.instance.replicas)
    stages = np.maximum(np.nan_to_num(rows.pp, nan=1.0), 1.0)
    agrees = np.isnan(rows.tp) | (copies <= 1.0) | (rows.tp * stages == each)
    found: NDArray[np.bool_] = np.isnan(each) | ((each == np.round(each)) & agrees)
    return found


def one_instance_each(rows: Observations, known: Known) -> tuple[Observations, list[tuple[str, str]]]:
    """Return rows of one instance each, and what is to be said of which.

    Parameters
    ----------
    rows
        Rows that can be used.
    known
        Models and accelerators by which they name theirs.
    """
    at = Conditions.of(rows, known=known)
    count, copies, ranks = (
        np.asarray(one) for one in (rows.accelerators, at.instance.replicas, at.instance.attention_ranks)
    )
    said = []
    for row in np.flatnonzero(copies > 1.0).tolist():
        said.append((rows.row_id[row], copies_in_words(int(count[row]), int(copies[row]))))
    for row in np.flatnonzero((ranks > 1.0) & np.isnan(rows.dp)).tolist():
        said.append(
            (rows.row_id[row], f"{count[row]:g} accelerators are one instance with {ranks[row]:g} {_ATTENTION}")
        )
    return of_one_replica(rows, at), said


_ATTENTION = "copies of its attention, as tp is below them: write how many served an instance if they were several"
