"""Lengths beyond those of all measured rows, and beyond the context that a model was made for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.deployments.cases import LoadCases
from wattquery.throughput.load.deployments.lengths import LengthCase

__all__ = ["beyond_lengths", "length_notes"]

Words = NDArray[np.object_]
Integers = NDArray[np.int64]


def beyond_lengths(model: Integers, cases: LoadCases) -> Words:
    """Return what lies beyond all measured lengths or the model's context, (instances, lengths); empty where nothing.

    Means are compared: of the queries that fill the batch, and of those that are attributed.

    Parameters
    ----------
    model
        Which model of the cases each instance has.
    cases
        What was asked for.
    """
    longest = cases.standing.evidence.longest_context
    words = np.full((len(cases.models), len(cases.lengths)), "", dtype=object)
    for place, case in enumerate(cases.lengths):
        mean = _mean_context(case)
        for number, facts in enumerate(cases.models):
            words[number, place] = "; ".join(_beyond(mean, facts.context_tokens, longest))
    found: Words = words[model]
    return found


def length_notes(model: Integers, length: Integers, cases: LoadCases) -> list[str]:
    """Return what to say of lengths, a sentence for each kind of excess.

    Parameters
    ----------
    model, length
        Which model and which lengths of the cases each pair has.
    cases
        What was asked for.
    """
    longest = cases.standing.evidence.longest_context
    means = [_mean_context(case) for case in cases.lengths]
    used = sorted(set(zip(model.tolist(), length.tolist(), strict=True)))
    made = []
    if far := {means[place] for _, place in used if means[place] > longest}:
        made.append(
            f"The longest measured queries have {longest:,.0f} tokens, input and output together; those of some cells "
            f"have {max(far):,.0f} in the mean, and are extrapolated."
        )
    names = dict.fromkeys(
        f"{facts.model} ({facts.context_tokens:,})"
        for facts, mean in ((cases.models[number], means[place]) for number, place in used)
        if facts.context_tokens is not None and mean > facts.context_tokens
    )
    if names:
        made.append(
            f"The mean query of some cells is longer than the context that its model was made for, {', '.join(names)} "
            "tokens: such cells say what it would take, and not that it is served."
        )
    return made


def _mean_context(case: LengthCase) -> float:
    """Return the mean input and output of the queries of a case, the longer of both kinds [tokens]."""
    query = case.query
    return max(query.mean_input + query.mean_output, case.batch_input + case.batch_output)


def _beyond(mean: float, context: int | None, longest: float) -> Iterator[str]:
    if mean > longest:
        yield f"queries have {mean:,.0f} tokens in the mean, and the longest measured {longest:,.0f}"
    if context is not None and mean > context:
        yield f"queries have {mean:,.0f} tokens in the mean, and the context of this model ends at {context:,}"
