"""Rows whose accelerators serve a dense model several times, as rows of one of these instances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.observations import Observations

__all__ = ["of_one_replica"]


def of_one_replica(rows: Observations, at: Conditions) -> Observations:
    """Return rows of one instance each: requests are shared among replicas, rates per accelerator stay.

    Parameters
    ----------
    rows, at
        The rows, and what is known of them.
    """
    replicas = np.asarray(at.instance.replicas, dtype=np.float64)
    return replace(
        rows,
        accelerators=np.asarray(at.instance.accelerators, dtype=np.float64),
        dp=np.where(replicas > 1.0, 1.0, rows.dp),
        concurrency=rows.concurrency / replicas,
        batch=rows.batch / replicas,
    )
