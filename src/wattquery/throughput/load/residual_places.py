"""Where rows stand for the process of residuals, from their conditions and from what the equations say of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.equations import Rates
from wattquery.throughput.load.observations import QUANTITIES, Observations
from wattquery.throughput.load.residuals import Places
from wattquery.throughput.load.shipped_rows import NODE_BOUNDARY
from wattquery.throughput.load.support import architecture_keys, instance_keys, length_keys

__all__ = ["places_of", "residuals_of", "table_of", "telling_of"]

Numbers = NDArray[np.float64]

_OF_POWER = ("power_w_per_accelerator", "joules_per_output_token")


def places_of(rows: Observations, at: Conditions, rates: Rates) -> Places:
    """Return where rows stand; something must be predicted of each."""
    return Places(
        architecture=architecture_keys(rows, at),
        hardware=rows.hardware,
        stack=at.labels["stack"],
        precision=rows.precision,
        configuration=instance_keys(rows, at),
        lengths=length_keys(rows),
        log_load=np.log(np.maximum(rates.batch, 0.1)),
        log_accelerators=np.log(np.asarray(at.instance.accelerators, dtype=np.float64)),
        log_input=np.log(rates.input_tokens),
        date=at.date,
        decode_share=np.nan_to_num(rates.decode_share, nan=1.0),
    )


def table_of(rates: Rates) -> Numbers:
    """Return the logarithms of `QUANTITIES`, (rows, 5)."""
    return np.stack([rates.of(name) for name in QUANTITIES], axis=1)


def residuals_of(rows: Observations, rates: Rates) -> Numbers:
    """Return measured minus predicted logarithms of `QUANTITIES`, (rows, 5); NaN where nothing was measured.

    What is not above 0 was not measured. The power and energy of whole nodes say nothing of accelerators alone.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        measured = np.log(np.stack([rows.measured(name) for name in QUANTITIES], axis=1))
    found: Numbers = measured - table_of(rates)
    found[~np.isfinite(found)] = np.nan
    nodes = np.array([NODE_BOUNDARY in flags for flags in rows.flags], dtype=bool)
    found[nodes[:, None] & np.isin(QUANTITIES, _OF_POWER)] = np.nan
    return found


def telling_of(rows: Observations, residuals: Numbers) -> Numbers:
    """Return the residuals that tell of other rows: not of the time per token where rate and batch say it.

    At a given batch the mean time per token that is published leaves out what sequences wait between their tokens: it
    is 15 % below the round in the median of 265 rows, and varies. The round is what throughput and energy follow from.
    """
    rate = residuals[:, QUANTITIES.index("output_tps_per_accelerator")]
    known = ~np.isnan(rows.batch) & np.isfinite(rate)
    found = residuals.copy()
    found[known, QUANTITIES.index("tpot_s")] = np.nan
    return found
