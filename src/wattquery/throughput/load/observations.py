"""Operating points of serving instances as columns of arrays: what the load model predicts for, and is fitted to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["QUANTITIES", "Observations"]

QUANTITIES = (
    "tpot_s",
    "ttft_s",
    "output_tps_per_accelerator",
    "power_w_per_accelerator",
    "joules_per_output_token",
)
"""What is measured and predicted: mean time per output token and mean time to first token [s], output tokens per
second and accelerator [tokens/s], mean power [W] and energy per output token [J], both of the accelerators alone."""

Numbers = NDArray[np.float64]
Words = NDArray[np.object_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Observations:
    """Operating points, one row each: an instance with its load and lengths, and what was measured there.

    Numbers that are not known are NaN, words empty.

    Attributes
    ----------
    row_id, source_id
        Which row of which source.
    architecture, hardware, serving, version, precision
        Labels of the catalog ``default``: `wattquery.catalog.Architecture.architecture`, the accelerator, the serving
        system with its version, and the precision of the weights.
    total_params_b, active_params_b
        Sizes that the row itself states [1e9], for an architecture that the catalog does not know.
    accelerators, nodes, tp, ep, dp, pp
        Accelerators and nodes of the instance, and how it is divided: by tensors, experts, data and stages [1].
    disaggregated
        Whether prefill and decoding have accelerators of their own; unknown counts as no.
    prefill_accelerators, decode_accelerators
        How many each has [1].
    speculation
        Speculative decoding or multi-token prediction: ``"on"``, ``"off"`` or ``"unknown"``.
    task
        What was asked, where a source states it instead of an input length.
    input_tokens, output_tokens
        Mean lengths [tokens].
    concurrency
        Requests under way in a closed loop, waiting ones included [1].
    batch
        Mean number of running sequences [1].
    at_maximum_load
        Whether all requests were queued at once.
    date
        Of the measurement or of the build [decimal years].
    confidence, flags
        ``"high"``, ``"medium"`` or ``"low"``; words of the source's traps, divided by ``|``.
    tpot_s, ttft_s, output_tps_per_accelerator, power_w_per_accelerator, joules_per_output_token
        What was measured; see `QUANTITIES`.
    """

    row_id: Words
    source_id: Words
    architecture: Words
    hardware: Words
    serving: Words
    version: Words
    precision: Words
    total_params_b: Numbers
    active_params_b: Numbers
    accelerators: Numbers
    nodes: Numbers
    tp: Numbers
    ep: Numbers
    dp: Numbers
    pp: Numbers
    disaggregated: NDArray[np.bool_]
    prefill_accelerators: Numbers
    decode_accelerators: Numbers
    speculation: Words
    task: Words
    input_tokens: Numbers
    output_tokens: Numbers
    concurrency: Numbers
    batch: Numbers
    at_maximum_load: NDArray[np.bool_]
    date: Numbers
    confidence: Words
    flags: Words
    tpot_s: Numbers
    ttft_s: Numbers
    output_tps_per_accelerator: Numbers
    power_w_per_accelerator: Numbers
    joules_per_output_token: Numbers

    def __len__(self) -> int:
        return len(self.row_id)

    def take(self, rows: NDArray[Any]) -> Self:
        """Return some rows, by their numbers or by a mask."""
        return replace(self, **{one.name: getattr(self, one.name)[rows] for one in fields(self)})

    def measured(self, quantity: str) -> Numbers:
        """Return what was measured of a quantity, NaN where it was not; see `QUANTITIES`."""
        numbers: Numbers = getattr(self, quantity)
        return numbers

    @classmethod
    def joined(cls, parts: Iterable[Observations]) -> Observations:
        """Return the rows of all parts, in their order."""
        tables = list(parts)
        return cls(**{one.name: np.concatenate([getattr(table, one.name) for table in tables]) for one in fields(cls)})
