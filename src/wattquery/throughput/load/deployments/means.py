"""Means over queries for every attention that occurs: each is computed once, however many instances share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.load.query import reach_numbers
from wattquery.throughput.load.attention_reach import AttentionReach
from wattquery.throughput.load.deployments.lengths import LengthCase

__all__ = ["MeansByReach"]

Numbers = NDArray[np.float64]

_DIGITS = 12
"""To which the numbers of an attention are rounded: below, they tell of round-off and not of the model."""


@dataclass(frozen=True, eq=False)
class MeansByReach:
    """Means for each kind of attention and each case of lengths.

    Attributes
    ----------
    reach
        Numbers of the attentions, (kinds, `REACH_NUMBERS`).
    kind
        Which attention each instance has.
    batch, own
        Means of `DRIVERS` over the queries that fill the batch, and over those that are attributed,
        (kinds, lengths, 5).
    resident_context
        Mean context that a running sequence of the batch holds in memory, in full layers' worth (kinds, lengths)
        [tokens].
    """

    reach: Numbers
    kind: NDArray[np.int64]
    batch: Numbers
    own: Numbers
    resident_context: Numbers

    @classmethod
    def of(cls, numbers: Numbers, lengths: tuple[LengthCase, ...], cached_weight: float) -> Self:
        """Return the means for instances.

        Parameters
        ----------
        numbers
            Of their cells, (`LOAD_NUMBERS`, instances).
        lengths
            The cases.
        cached_weight
            Prefill of a cached token relative to that of a new one [1].
        """
        every = np.stack(np.broadcast_arrays(*reach_numbers(numbers, cached_weight)), axis=1)
        every = np.round(every, _DIGITS)
        # Where nothing is known of an instance its numbers are NaN, and it has no reason to have means.
        every[~np.isfinite(every[:, :6]).all(axis=1)] = AttentionReach(cached_weight=cached_weight).numbers
        reach, kind = np.unique(every, axis=0, return_inverse=True)
        attentions = [_attention(row) for row in reach]
        batch = [[case.batch(one) for case in lengths] for one in attentions]
        own = [[case.own(one) for case in lengths] for one in attentions]
        return cls(
            reach=reach,
            kind=kind.reshape(-1).astype(np.int64),
            batch=np.array([[means.drivers for means in row] for row in batch]),
            own=np.array([[means.drivers for means in row] for row in own]),
            resident_context=np.array([[means.resident_context for means in row] for row in batch]),
        )


def _attention(reach: Numbers) -> AttentionReach:
    """Return the attention of `REACH_NUMBERS`."""
    window, topk = (float(one) if np.isfinite(one) else 0.0 for one in reach[6:8])
    return AttentionReach(
        windowed_reads=float(reach[1]),
        indexed_reads=float(reach[2]),
        windowed_pairs=float(reach[4]),
        indexed_pairs=float(reach[5]),
        window_tokens=window,
        topk_tokens=topk,
        cached_weight=float(reach[8]),
    )
