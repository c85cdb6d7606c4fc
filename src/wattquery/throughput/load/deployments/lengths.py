"""The lengths of a form: of the query that is attributed, and of those that fill the batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from wattquery.errors import InputError
from wattquery.specs.distributions import Distribution
from wattquery.specs.scalars import shown
from wattquery.specs.workload import Workload
from wattquery.throughput.load.attention_reach import AttentionReach
from wattquery.throughput.load.query_means import QueryMeans, query_means

__all__ = ["LengthCase", "Lengths"]

_SUMMED = ("output_tokens", "context_reads", "prefill_tokens", "attention_pairs", "context_held")


@dataclass(frozen=True, kw_only=True)
class Lengths:
    """Joint lengths, or two that are independent of each other.

    Attributes
    ----------
    workload
        Joint lengths, in place of the two others.
    output_tokens, input_tokens
        Distributions [tokens].
    cached_share, cached_number
        Cached tokens of an input, as a share of it [1] or a number [tokens], in place of those of a workload.
    """

    workload: Workload | None = None
    output_tokens: Distribution | None = None
    input_tokens: Distribution | None = None
    cached_share: float = 0.0
    cached_number: float = 0.0

    def means(self, reach: AttentionReach) -> QueryMeans:
        """Return the means over queries of these lengths; see `query_means`, which also refuses what has none."""
        joint = self._joint
        if joint is not None:
            return query_means(joint, reach=reach)
        return query_means(
            output_tokens=self.output_tokens,
            input_tokens=self.input_tokens,
            cached_tokens=self.cached_number,
            cached_share=self.cached_share,
            reach=reach,
        )

    @cached_property
    def _joint(self) -> Workload | None:
        """The workload with what is cached."""
        one = self.workload
        if one is None or not (self.cached_share or self.cached_number):
            return one
        output, inputs, _ = one.rows.lengths
        cached = self.cached_number + self.cached_share * inputs
        return Workload(output.tolist(), inputs.tolist(), cached.tolist(), one.rows.weights.tolist(), name=one.name)

    @property
    def mean_cached(self) -> float:
        """E[L_cached] [tokens]."""
        if self._joint is not None:
            return self._joint.mean("cached_tokens")
        return self.cached_number + self.cached_share * self.mean_input

    @property
    def mean_input(self) -> float:
        """E[L_in], cached tokens included [tokens]."""
        if self.workload is not None:
            return self.workload.mean("input_tokens")
        return float("nan") if self.input_tokens is None else self.input_tokens.mean()

    @property
    def mean_output(self) -> float:
        """E[L_out] [tokens]."""
        if self.workload is not None:
            return self.workload.mean("output_tokens")
        return float("nan") if self.output_tokens is None else self.output_tokens.mean()

    @property
    def is_fixed(self) -> bool:
        """Whether all queries have the same lengths, and nothing is cached."""
        if self.workload is not None:
            return self.workload.size == 1 and not self.mean_cached
        is_random = any(one is not None and one.is_random for one in (self.output_tokens, self.input_tokens))
        return not (is_random or self.cached_share or self.cached_number)

    @property
    def label(self) -> str:
        """What tells them from others."""
        cached = self.cached_number or self.cached_share
        lengths = f"{self.output_tokens}, {self.input_tokens}" if self.workload is None else self.workload.label
        return lengths + (f", {cached:g} cached" if cached else "")


@dataclass(frozen=True, kw_only=True)
class LengthCase:
    """The lengths of a form.

    Attributes
    ----------
    query
        Of the query that is attributed.
    batch_of
        Of those that fill the batch, each with its share of the queries [1].
    """

    query: Lengths
    batch_of: tuple[tuple[float, Lengths], ...]

    @classmethod
    def of(
        cls,
        workload: Workload | None = None,
        *,
        output_tokens: Distribution | None = None,
        input_tokens: Distribution | None = None,
        cached_share: float = 0.0,
        cached_number: float = 0.0,
        batch: Sequence[tuple[float, Workload]] | None = None,
    ) -> Self:
        """Return the case of a query among others.

        Parameters
        ----------
        workload, output_tokens, input_tokens, cached_share, cached_number
            Of the query; see `Lengths`.
        batch
            Shares of the queries that fill the batch, relative to each other, and their lengths; those of the query
            itself when left out.

        Raises
        ------
        InputError
            If the shares of a batch are negative or sum to nothing.

        Examples
        --------
        >>> import wattquery as wq
        >>> chat = wq.Workload([100, 400], [2000, 50], name="chat")
        >>> case = LengthCase.of(output_tokens=wq.Fixed(100), input_tokens=wq.Fixed(10), batch=[(1.0, chat)])
        >>> from wattquery.throughput.load.attention_reach import PLAIN_ATTENTION
        >>> case.own(PLAIN_ATTENTION).output_tokens, case.batch(PLAIN_ATTENTION).output_tokens
        (100.0, 250.0)
        """
        own = Lengths(
            workload=workload,
            output_tokens=output_tokens,
            input_tokens=input_tokens,
            cached_share=cached_share,
            cached_number=cached_number,
        )
        if batch is None:
            return cls(query=own, batch_of=((1.0, own),))
        total = sum(share for share, _ in batch)
        if not total > 0.0 or min(share for share, _ in batch) < 0.0:
            raise InputError(
                "Shares of the workloads that fill a batch must be 0 or more, and one above 0, got "
                f"{shown([share for share, _ in batch])}. Give the share of the queries that each has."
            )
        parts = tuple((share / total, Lengths(workload=one)) for share, one in batch if share > 0.0)
        return cls(query=own, batch_of=parts)

    def own(self, reach: AttentionReach) -> QueryMeans:
        """Return the means over queries like the one that is attributed."""
        return self.query.means(reach)

    def batch(self, reach: AttentionReach) -> QueryMeans:
        """Return the means over the queries that fill the batch: linear in the shares of the queries."""
        parts = [(share, lengths.means(reach)) for share, lengths in self.batch_of]
        if len(parts) == 1:
            return parts[0][1]
        sums: dict[str, Any] = {
            name: float(np.sum([share * getattr(means, name) for share, means in parts])) for name in _SUMMED
        }
        return QueryMeans(**sums, reach=reach)

    @property
    def batch_input(self) -> float:
        """Mean input of the queries that fill the batch [tokens]."""
        return float(sum(share * lengths.mean_input for share, lengths in self.batch_of))

    @property
    def batch_output(self) -> float:
        """Mean output of the queries that fill the batch [tokens]."""
        return float(sum(share * lengths.mean_output for share, lengths in self.batch_of))

    @property
    def is_fixed(self) -> bool:
        """Whether all queries of the batch have the same lengths, as those of most measured rows have."""
        return len(self.batch_of) == 1 and self.batch_of[0][1].is_fixed

    @property
    def batch_label(self) -> str:
        """What tells the batch from others."""
        return " + ".join(f"{share:g} {one.label}" if share < 1.0 else one.label for share, one in self.batch_of)
