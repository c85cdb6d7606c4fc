"""How an instance is divided among its accelerators, from what a row says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.observations import Observations

__all__ = ["Instances"]

_DECODING_SHARE, _USUAL_POOLS = 0.7, 24.0
"""Share of the accelerators that decodes where prefill has its own, and their number where neither is known: medians of
the 243 and 426 measured rows that tell."""

_PREFILL_SHARE = 1.0 - _DECODING_SHARE

_MOST_TENSOR_RANKS = 8.0

_NODE = 8
"""Accelerators of a usual node: an instance of more has links between nodes."""


@dataclass(frozen=True, eq=False)
class Instances:
    """How each row's accelerators are divided; an instance is what holds the weights once.

    Attributes
    ----------
    replicas
        Instances of a dense model that data parallelism makes of the row's accelerators [1].
    accelerators, of_a_stage
        Of one instance, and of one of its pipeline stages [1].
    stages, attention_ranks, tensor_ranks
        Pipeline stages; groups of accelerators with attention weights and caches of their own; accelerators that
        divide those by tensors [1].
    of_all
        Share of the row's accelerators that decodes: below 1 where prefill has accelerators of its own [1].
    two_nodes
        1 where the row's accelerators are more than one usual node has, else 0.
    """

    replicas: Any
    accelerators: Any
    of_a_stage: Any
    stages: Any
    attention_ranks: Any
    tensor_ranks: Any
    of_all: Any
    two_nodes: Any

    @classmethod
    def of(cls, rows: Observations, mixture: NDArray[np.float64]) -> Self:
        """Return how instances are divided; NaN where the number of accelerators is not known.

        What is not stated follows from the rest: accelerators = tensors x stages x data. Data parallelism repeats a
        dense model, and the attention alone of a mixture of experts. Where prefill has accelerators of its own, with
        how many workers the others decode is seldom told: eight divide a dense model's tensors at most, and a mixture's
        experts are on all of them.

        Parameters
        ----------
        rows
            What is known.
        mixture
            1 for mixtures of experts, else 0.
        """
        apart = rows.disaggregated
        stages = np.where(apart, 1.0, np.maximum(np.nan_to_num(rows.pp, nan=1.0), 1.0))
        whole = np.where(apart, _pools(rows), _accelerators(rows, stages))
        count = np.where(apart, _decoding(rows, whole), whole)
        dp = np.where(apart, np.nan, rows.dp)
        stated = np.maximum(np.nan_to_num(dp, nan=1.0), 1.0)
        tp = np.where(apart, np.minimum(count, _MOST_TENSOR_RANKS), rows.tp)
        tensors = np.where(np.isnan(tp), count / (stages * stated), tp)
        tensors = np.minimum(np.maximum(tensors, 1.0), count)
        data = np.where(np.isnan(dp), np.round(count / (tensors * stages)), np.minimum(dp, count))
        data = np.maximum(data, 1.0)
        replicas = np.where(mixture > 0.0, 1.0, data)
        return cls(
            replicas=replicas,
            accelerators=count / replicas,
            of_a_stage=count / replicas / stages,
            stages=stages,
            attention_ranks=np.where(mixture > 0.0, data, 1.0),
            tensor_ranks=np.maximum(np.round(count / (stages * data)), 1.0),
            of_all=count / whole,
            two_nodes=np.where(count > _NODE, 1.0, 0.0),
        )


def _accelerators(rows: Observations, stages: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the number of accelerators: stated, of both pools, or what the division multiplies to."""
    pools = rows.prefill_accelerators + rows.decode_accelerators
    product = rows.tp * stages * np.maximum(np.nan_to_num(rows.dp, nan=1.0), 1.0)
    return np.where(np.isnan(rows.accelerators), np.where(np.isnan(pools), product, pools), rows.accelerators)


def _pools(rows: Observations) -> NDArray[np.float64]:
    """Return the accelerators of both pools: stated, in the usual proportion to one of them, or a usual number."""
    both = rows.prefill_accelerators + rows.decode_accelerators
    stated = np.where(np.isnan(rows.accelerators), both, rows.accelerators)
    usual = np.where(np.isnan(rows.prefill_accelerators), _USUAL_POOLS, rows.prefill_accelerators / _PREFILL_SHARE)
    usual = np.where(np.isnan(rows.decode_accelerators), usual, rows.decode_accelerators / _DECODING_SHARE)
    return np.where(np.isnan(stated), np.maximum(np.round(usual), 2.0), stated)


def _decoding(rows: Observations, whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the accelerators that decode."""
    rest = np.where(np.isnan(rows.prefill_accelerators), _DECODING_SHARE * whole, whole - rows.prefill_accelerators)
    usual = np.maximum(np.round(rest), 1.0)
    return np.where(np.isnan(rows.decode_accelerators), usual, np.minimum(rows.decode_accelerators, whole))
