"""Means over the queries that fill a batch of what their energy depends on, and what is resident at a moment.

What is resident is not the mean query: a long one is there for longer. A query counts with the time that it is decoded,
in proportion to its output, so that the batch sees E[L_out (L_in + L_out/2)] / E[L_out] of context, and of prefill
E[L_in] / E[L_out] tokens for each output token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.kernels.load.query import (
    attention_pairs,
    context_held,
    context_reads,
    exponential_capped_positions,
    prefill_tokens,
)
from wattquery.specs.distributions import Distribution, Exponential
from wattquery.specs.distributions.convert import as_distribution
from wattquery.specs.scalars import finite, shown
from wattquery.specs.workload import Workload
from wattquery.throughput.load.attention_reach import PLAIN_ATTENTION, AttentionReach
from wattquery.throughput.load.length_nodes import length_nodes

__all__ = ["QueryMeans", "query_means"]

Array = NDArray[np.float64]
Length = float | Distribution | Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class QueryMeans:
    """Means over the queries of an instance; see `wattquery.kernels.load.query.DRIVERS`.

    Attributes
    ----------
    output_tokens
        E[L_out] [tokens].
    context_reads
        Positions whose keys and values a query reads, in full layers' worth [tokens2].
    prefill_tokens
        New tokens of the prompt, with the cached ones at their weight [tokens].
    attention_pairs
        Pairs of positions in the attention of prefill, in full layers' worth [tokens2].
    context_held
        What a query holds of memory times the output tokens for which it does, in full layers' worth [tokens2].
    reach
        The attention that they hold for.
    """

    output_tokens: float
    context_reads: float
    prefill_tokens: float
    attention_pairs: float
    context_held: float
    reach: AttentionReach = PLAIN_ATTENTION

    @property
    def drivers(self) -> Array:
        """The means in the order of `wattquery.kernels.load.query.DRIVERS`."""
        means = (self.output_tokens, self.context_reads, self.prefill_tokens, self.attention_pairs)
        return np.array([1.0, *means])

    @property
    def resident_reads(self) -> float:
        """Mean context that a running sequence reads in a step [tokens]."""
        return self.context_reads / self.output_tokens

    @property
    def resident_context(self) -> float:
        """Mean context that a running sequence holds in memory [tokens]."""
        return self.context_held / self.output_tokens

    @property
    def prefill_per_output(self) -> float:
        """Prompt tokens to be prefilled for each output token [1]."""
        return self.prefill_tokens / self.output_tokens

    @property
    def pairs_per_output(self) -> float:
        """Pairs of positions in the attention of prefill for each output token [tokens]."""
        return self.attention_pairs / self.output_tokens


@refuses_unknown
def query_means(
    workload: Workload | None = None,
    *,
    output_tokens: Length | None = None,
    input_tokens: Length | None = None,
    cached_tokens: float = 0.0,
    cached_share: float = 0.0,
    reach: AttentionReach = PLAIN_ATTENTION,
) -> QueryMeans:
    """Return the means over a workload, or over two lengths that are independent of each other.

    Sums over the nodes of a workload and over whatever has probabilities of its own; closed forms for exponential
    outputs; quadrature, to some 12 digits, elsewhere. Lengths are not rounded to whole tokens.

    Parameters
    ----------
    workload : Workload, optional
        Joint lengths; in their place both of the following.
    output_tokens, input_tokens : float or Distribution
        Lengths [tokens], the input with the cached ones.
    cached_tokens : float, optional
        Of every input [tokens]; a workload has its own.
    cached_share : float, optional
        The same as a share of each input [1].
    reach : AttentionReach, optional
        What the attention sees; all of the context when left out.

    Raises
    ------
    InputError, InputTypeError
        If lengths or cached tokens are given in both ways, lengths in none, can be negative, are of an infinite mean
        square, or no input token is new.

    Examples
    --------
    >>> import wattquery as wq
    >>> means = query_means(output_tokens=wq.Exponential(median=300), input_tokens=500)
    >>> round(means.output_tokens, 1), round(means.resident_context, 1), round(means.prefill_per_output, 3)
    (432.8, 932.8, 1.155)
    """
    if workload is not None:
        if output_tokens is not None or input_tokens is not None or cached_tokens != 0.0 or cached_share != 0.0:
            raise InputError(
                "query_means() takes a workload or lengths, got both. Leave out output_tokens, input_tokens, "
                "cached_tokens and cached_share, which the workload has."
            )
        return _checked(_of_workload(workload, reach))
    if output_tokens is None or input_tokens is None:
        raise InputError(
            "query_means() needs both lengths, or a workload, got "
            f"output_tokens={shown(output_tokens)} and input_tokens={shown(input_tokens)}. Give both as numbers or "
            "distributions."
        )
    output, inputs = _length(output_tokens, "output_tokens"), _length(input_tokens, "input_tokens")
    share = _share(cached_share)
    if share and cached_tokens != 0.0:
        raise InputError(
            "query_means() takes cached_tokens or cached_share, got both. Leave one of them out: a number of every "
            "input, or a share of each."
        )
    cached = _cached(cached_tokens, inputs)
    return _checked(_of_lengths(output, inputs, cached, share, reach))


def _of_workload(workload: Workload, reach: AttentionReach) -> QueryMeans:
    output, inputs, cached = workload.rows.lengths
    weights = workload.rows.weights / workload.rows.weights.sum()
    numbers = reach.numbers
    return QueryMeans(
        output_tokens=float(weights @ output),
        context_reads=float(weights @ context_reads(numbers, output, inputs)),
        prefill_tokens=float(weights @ prefill_tokens(numbers, inputs, cached)),
        attention_pairs=float(weights @ attention_pairs(numbers, inputs, cached)),
        context_held=float(weights @ context_held(numbers, output, inputs)),
        reach=reach,
    )


def _of_lengths(
    output: Distribution, inputs: Distribution, number: float, share: float, reach: AttentionReach
) -> QueryMeans:
    numbers = reach.numbers
    window, topk = numbers[6:8].tolist()
    breaks = (window, topk, window / share, topk / share) if share else (window, topk)
    lengths, weights = length_nodes(inputs, breaks)
    cached = number + share * lengths
    seen = {cap: _mean_capped(output, inputs, cap) for cap in {window, topk, np.inf}}
    full, windowed, indexed = numbers[:3].tolist()
    return QueryMeans(
        output_tokens=output.mean(),
        context_reads=full * seen[topk] + windowed * seen[window] + indexed * seen[np.inf],
        prefill_tokens=float(prefill_tokens(numbers, inputs.mean(), number + share * inputs.mean())),
        attention_pairs=float(weights @ attention_pairs(numbers, lengths, cached)),
        context_held=(full + indexed) * seen[np.inf] + windowed * seen[window],
        reach=reach,
    )


def _mean_capped(output: Distribution, inputs: Distribution, cap: float) -> float:
    """Return the mean of `capped_positions` from L_in to L_in + L_out, independent of each other [tokens2]."""
    starts, weights = length_nodes(inputs, cap - _kinks(output))
    if isinstance(output, Exponential):
        return float(weights @ exponential_capped_positions(starts, output.mean(), cap))
    if np.isinf(cap):
        lengths, shares = length_nodes(output)
        return inputs.mean() * output.mean() + 0.5 * float(shares @ lengths**2)
    below, squares = _mean_below(output, np.maximum(cap - starts, 0.0))
    return float(weights @ (starts * below + 0.5 * squares + cap * (output.mean() - below)))


def _kinks(output: Distribution) -> Array:
    """Return 0 and the lengths at which the distribution of the output is not smooth [tokens]."""
    atoms = output.atoms()
    ends = np.array([end for end in output.support() if np.isfinite(end)])
    return np.append(0.0, atoms[0] if atoms is not None else np.append(ends, output.ppf(np.array(output.knots()))))


def _mean_below(output: Distribution, most: Array) -> tuple[Array, Array]:
    """Return the means of min(L_out, most) and of its square."""
    lengths, weights = length_nodes(output, np.unique(most))
    order = np.argsort(lengths)
    lengths, weights = lengths[order], weights[order]
    sums = [np.append(0.0, np.cumsum(weights * lengths**power)) for power in range(3)]
    here = np.searchsorted(lengths, most, side="right")
    above = 1.0 - sums[0][here]
    return sums[1][here] + most * above, sums[2][here] + most**2 * above


def _length(value: Length, name: str) -> Distribution:
    """Return a length as a distribution of which nothing is negative."""
    distribution = as_distribution(value, name)
    if distribution.support()[0] < 0.0:
        raise InputError(
            f"{name} must be 0 or more, got {distribution}, which reaches below. Cut it: wq.Truncated(..., low=1)."
        )
    return distribution


def _cached(value: float, inputs: Distribution) -> float:
    cached = finite(value, "cached_tokens")
    if not 0.0 <= cached <= inputs.support()[0]:
        raise InputError(
            f"cached_tokens must be from 0 to the shortest input, {inputs.support()[0]:g} tokens, got {shown(value)}. "
            "Give joint lengths where they go with the input: wq.Workload(output_tokens, input_tokens, cached_tokens)."
        )
    return cached


def _share(value: float) -> float:
    share = finite(value, "cached_share")
    if not 0.0 <= share <= 1.0:
        raise InputError(f"cached_share must be from 0 to 1, got {shown(value)}. Write 95 % as 0.95.")
    return share


def _checked(means: QueryMeans) -> QueryMeans:
    """Return the means, or raise where one of them has no coefficient: it is 0, or beyond any number."""
    if not np.isfinite(means.drivers).all():
        raise InputError(
            "Lengths must have a finite mean square, got one that is not. Cut them: wq.Truncated(..., high=...)."
        )
    if means.attention_pairs <= 0.0:
        raise InputError(
            "Queries must have at least one input token that is not cached, got none. Leave the last token of each "
            "prompt out of what is cached."
        )
    if means.output_tokens <= 0.0:
        raise InputError("output_tokens must be above 0 on average, got 0. Give the generated tokens of a query.")
    return means
