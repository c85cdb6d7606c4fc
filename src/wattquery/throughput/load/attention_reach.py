"""What an attention reads and attends to as the context grows: windows, top k, indexers."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.catalog.facts import Architecture
from wattquery.errors import InputError
from wattquery.kernels.load.query import reach_numbers
from wattquery.specs.scalars import finite, shown

__all__ = ["CACHED_WEIGHT", "PLAIN_ATTENTION", "AttentionReach", "attention_reach"]

CACHED_WEIGHT = 0.05
"""Prefill of a cached token relative to that of a new one [1]: a judgement, in want of measurements, of 0 to 0.15."""

INDEXER_BYTES = 1.0
"""Of an element of an indexer's keys, which are kept in 8 bits."""


@dataclass(frozen=True, kw_only=True)
class AttentionReach:
    """How far the layers of an architecture look back, and with what weight.

    Attributes
    ----------
    windowed_reads
        Share of the layers with a window in what a token adds to the key-value cache [1]; the rest is without one.
    indexed_reads
        Bytes of the indexer's keys relative to all others [1].
    windowed_pairs
        Share of the layers with a window in the arithmetic of attention [1].
    indexed_pairs
        Arithmetic of the indexer relative to that of all attention, per pair of positions [1].
    window_tokens, topk_tokens
        Window and top k of a sparse attention; 0 for none [tokens].
    cached_weight
        Prefill of a cached token relative to that of a new one [1].

    Raises
    ------
    InputError, InputTypeError
        If one is negative or no finite number, a share is above 1, or there are windowed layers without a window.

    Examples
    --------
    >>> AttentionReach(windowed_reads=0.5, windowed_pairs=0.5, window_tokens=128).numbers.tolist()[:3]
    [0.5, 0.5, 0.0]
    """

    windowed_reads: float = 0.0
    indexed_reads: float = 0.0
    windowed_pairs: float = 0.0
    indexed_pairs: float = 0.0
    window_tokens: float = 0.0
    topk_tokens: float = 0.0
    cached_weight: float = CACHED_WEIGHT

    def __post_init__(self) -> None:
        for name, value in zip(self.__dataclass_fields__, astuple(self), strict=True):
            number = finite(value, f"AttentionReach: {name}")
            most = 1.0 if name in ("windowed_reads", "windowed_pairs", "cached_weight") else np.inf
            if not 0.0 <= number <= most:
                allowed = "0 or more" if np.isinf(most) else "from 0 to 1"
                raise InputError(f"AttentionReach: {name} must be {allowed}, got {shown(value)}. Check its unit.")
            object.__setattr__(self, name, number)
        if self.window_tokens == 0.0 and max(self.windowed_reads, self.windowed_pairs) > 0.0:
            raise InputError(
                "AttentionReach: window_tokens must be above 0 where layers have a window, got 0. Give the window, or "
                "leave windowed_reads and windowed_pairs out."
            )

    @classmethod
    def of_cell(cls, numbers: ArrayLike, *, cached_weight: float = CACHED_WEIGHT) -> Self:
        """Return the reach of one cell of the load model; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`."""
        reach = [float(number) for number in reach_numbers(np.asarray(numbers, np.float64), cached_weight)]
        return cls(
            windowed_reads=reach[1],
            indexed_reads=reach[2],
            windowed_pairs=reach[4],
            indexed_pairs=reach[5],
            window_tokens=reach[6] if np.isfinite(reach[6]) else 0.0,
            topk_tokens=reach[7] if np.isfinite(reach[7]) else 0.0,
            cached_weight=cached_weight,
        )

    @property
    def numbers(self) -> NDArray[np.float64]:
        """The numbers that kernels take; see `wattquery.kernels.load.query.REACH_NUMBERS`."""
        reads = (1.0 - self.windowed_reads, self.windowed_reads, self.indexed_reads)
        pairs = (1.0 - self.windowed_pairs, self.windowed_pairs, self.indexed_pairs)
        return np.array([*reads, *pairs, self.window_tokens or np.inf, self.topk_tokens or np.inf, self.cached_weight])


PLAIN_ATTENTION = AttentionReach()
"""Every layer sees the whole context."""


def attention_reach(
    architecture: Architecture, *, key_value_bytes: float = 2.0, cached_weight: float = CACHED_WEIGHT
) -> AttentionReach:
    """Return the reach of an architecture of the catalog.

    The arithmetic of an indexer, of which the catalog has no shape, is assumed to be to that of attention as the bytes
    of its keys are to the others.

    Parameters
    ----------
    architecture
        From `wattquery.catalog.architecture`; what it does not know of windows and indexers counts as none.
    key_value_bytes
        Of an element of the key-value cache [bytes].
    cached_weight
        Prefill of a cached token relative to that of a new one [1].

    Examples
    --------
    >>> import wattquery as wq
    >>> gpt_oss = attention_reach(wq.catalog.architecture("gpt-oss-120b"))
    >>> gpt_oss.windowed_reads, gpt_oss.window_tokens
    (0.5, 128.0)
    """
    total = architecture.kv_elements_per_token or 0.0
    full = architecture.kv_elements_per_token_full_layers
    layers, full_layers = architecture.attention_layers or 0, architecture.full_attention_layers
    has_window = bool(architecture.window_tokens)
    indexer = architecture.indexer_elements_per_token or 0.0
    indexed = indexer * INDEXER_BYTES / (total * key_value_bytes) if total else 0.0
    return AttentionReach(
        windowed_reads=1.0 - full / total if has_window and total and full is not None else 0.0,
        windowed_pairs=1.0 - full_layers / layers if has_window and layers and full_layers is not None else 0.0,
        indexed_reads=indexed,
        indexed_pairs=indexed,
        window_tokens=float(architecture.window_tokens or 0.0),
        topk_tokens=float(architecture.sparse_topk_tokens or 0.0),
        cached_weight=cached_weight,
    )
