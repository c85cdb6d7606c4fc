"""`compare`: a claim beside the model, at what quantile it falls, and which assumption would close the gap."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Unpack

import numpy as np

from wattquery.catalog import Preset, PublicClaim
from wattquery.catalog.claim_columns import LLM_KINDS, UNKNOWN
from wattquery.claims.answers import Answers, statistic_of, throughputs
from wattquery.claims.assumption import Gap
from wattquery.claims.assumptions import assumptions
from wattquery.claims.boundaries import WITH_PUE, energy
from wattquery.claims.closing import closing
from wattquery.claims.comparison import Comparison
from wattquery.claims.conditions import ComparisonArguments, Conditions, conditions
from wattquery.claims.energies import read_energy
from wattquery.claims.evidence import low_batch
from wattquery.claims.listing import get
from wattquery.engine.executor import AskedProgress, Progress
from wattquery.errors import InputError, InputTypeError, listed
from wattquery.histograms import Histogram
from wattquery.inputs.arguments import refuse_unknown
from wattquery.specs.arguments import Factor, Spec
from wattquery.specs.scalars import is_number, shown
from wattquery.sweeps.arguments import SweepArguments
from wattquery.sweeps.provenance import package_version
from wattquery.sweeps.settings import QUANTILES, Method, checked_progress
from wattquery.sweeps.stages import between, stages

__all__ = ["comparable_claim", "compare", "compare_each", "compared", "own_claim"]

TAIL = 1e-3
WORTH_SAYING = 0.05
ALL_BEYOND = 0.95
_DISTRIBUTION = 0.06
"""Share of the time that the distribution itself takes, measured for the frontier's traditional query with the exact
method; the rest is the search for a length."""

_OWN = ("claim", "model", "output_tokens", "input_tokens", "boundary", "preset", "method", "threads", "progress")
"""The arguments that `compare` names itself."""


def compare(
    claim: str | float | PublicClaim,
    *,
    model: str | None = None,
    output_tokens: Factor | Spec | str | None = None,
    input_tokens: Factor | Spec | None = None,
    boundary: str | None = None,
    preset: str | Preset = "v2-code",
    method: Method | None = None,
    threads: int | None = None,
    progress: AskedProgress = None,
    **arguments: Unpack[ComparisonArguments],
) -> Comparison:
    r"""Return a public claim beside the model, and which assumption would close the gap between them.

    The model is asked at what the claim states: its lengths, its model, its boundary. A stated output length is that
    of every query, unless the claim says that it is a median. What it does not state is taken from the preset (a
    traditional query at the facility, the frontier blend), and the result says so. The gap is

    .. math::

        g = E_{claim} / E_{model}

    with the model's mean where the claim is a mean, and its median otherwise. A blend is compared untrimmed: a trim
    would cut off the very tails in which claims are looked for; the preset's trim is reported beside it.

    Parameters
    ----------
    claim
        An id of `wattquery.claims.table`, a claim, or an energy of your own: in Wh, or a text such as ``"10 kJ"``.
    model
        A model of the catalog or ``"frontier"``, where the claim's own has no counterpart, or instead of it.
    output_tokens, input_tokens
        Lengths instead of the claim's [tokens], as in `wattquery.sweep`, one value each.
    boundary
        What is counted, instead of what the claim counts.
    preset
        Where everything else comes from.
    method
        As in `wattquery.sweep`; exact by default, or quasi-random draws where a factor has no closed form.
    threads
        Number of threads; by default one per core.
    progress
        Called with the share of the work done, from 0 to 1. With true it is shown on a terminal or in a notebook.
    **arguments
        Further arguments of `wattquery.sweep`, one value each.

    Returns
    -------
    Comparison
        Printable. Its verdict is inference: it says what would close the gap, and not what a source did.

    Raises
    ------
    InputError
        If the claim is unknown, has no energy, is no LLM query, is about a model without a counterpart, or an
        argument is not allowed.

    Examples
    --------
    >>> import wattquery as wq
    >>> found = wq.claims.compare("devries_2023_chatgpt")
    >>> round(found.ratio_to_mean, 1), found.boundary, found.level_text
    (6.9, 'node', '0.992')
    """
    unknown = {name: value for name, value in arguments.items() if name not in SweepArguments.__annotations__}
    refuse_unknown("compare", unknown, (*_OWN, *ComparisonArguments.__annotations__))
    comparable = comparable_claim(claim)
    asked = conditions(
        comparable,
        model=model,
        output_tokens=output_tokens,
        input_tokens=input_tokens,
        boundary=boundary,
        preset=preset,
        method=method,
        **arguments,
    )
    return compared(comparable, asked, Answers(threads), checked_progress(progress))


def compare_each(
    claims: Sequence[PublicClaim], *, threads: int | None = None, progress: AskedProgress = None, **arguments: Any
) -> Iterator[tuple[PublicClaim, Comparison | InputError]]:
    """Yield each claim with its comparison, or with the reason why it cannot be compared.

    The arguments are those of `compare`. What several claims ask of the model is computed once.
    """
    answers = Answers(threads)
    progress = checked_progress(progress)
    for claim, part in zip(claims, stages(progress, len(claims)), strict=True):
        try:
            comparable = comparable_claim(claim)
            yield claim, compared(comparable, conditions(comparable, **arguments), answers, part)
        except InputError as error:
            yield claim, error
        if part is not None:
            part(1.0)


def own_claim(wh: object) -> PublicClaim:
    """Return an energy of the user's own [Wh] as a claim."""
    return PublicClaim("yours", "Your number", wh=energy(wh, "claim"), notes="An energy without a source.")


def comparable_claim(claim: object) -> PublicClaim:
    """Return a claim that can be compared."""
    if is_number(claim):
        return own_claim(claim)
    if not isinstance(claim, (str, PublicClaim)):
        raise InputTypeError(f"claim must be an id, a PublicClaim or an energy in Wh, got {shown(claim)}. Pass one.")
    written = read_energy(claim) if isinstance(claim, str) else None
    if written is not None:
        return comparable_claim(written)
    found = claim if isinstance(claim, PublicClaim) else get(claim)
    if found.wh is None:
        raise InputError(f"{found.id!r} gives no energy per query, so there is nothing to compare: {found.notes}")
    if not found.is_llm_query:
        raise InputError(
            f"{found.id!r} is of kind {found.kind!r}, and the model answers for one query to a language model. Compare "
            f"a claim of kind {listed(LLM_KINDS)}, or pass its number of Wh if it is one."
        )
    return found


def compared(claim: PublicClaim, asked: Conditions, answers: Answers, progress: Progress | None) -> Comparison:
    """Return the comparison of a claim under its conditions."""
    assert claim.wh is not None
    model, trimmed = answers.distribution(asked, between(progress, 0.0, _DISTRIBUTION))
    median, mean = statistic_of(model, "median"), model.mean()
    statistic = "mean" if claim.statistic == "mean" else "median"
    model_wh = mean if statistic == "mean" else median
    gap = Gap(claim, asked, statistic, model_wh, claim.wh / model_wh)
    level = _level(model, claim.wh)
    shares = {
        name: throughput.share_outside(asked.input_tokens, asked.output_tokens)
        for name, throughput in throughputs(asked).items()
    }
    differing = assumptions(gap, model, answers, between(progress, _DISTRIBUTION, 1.0))
    extrapolated = min(shares.values(), default=0.0) > ALL_BEYOND
    return Comparison(
        claim=claim,
        models=asked.models,
        output_tokens=asked.output_tokens.label,
        input_tokens=asked.input_tokens.label,
        boundary=asked.boundary,
        quantiles=_by_level(model),
        mean=mean,
        trimmed=None if trimmed is None else _by_level(trimmed),
        ratio_to_median=claim.wh / median,
        ratio_to_mean=claim.wh / mean,
        compared_with=statistic,
        level=level,
        level_text=_level_text(level),
        assumptions=differing,
        verdict=closing(gap.ratio, level, differing, extrapolated=extrapolated),
        assumed=asked.assumed,
        notes=tuple(_notes(claim, asked, shares)),
        provenance={
            "preset": asked.preset.name,
            "catalog": asked.catalog.name,
            "catalog_hash": asked.catalog.content_hash,
            "method": asked.arguments["method"],
            "wattquery_version": package_version(),
        },
    )


def _by_level(histogram: Histogram) -> dict[float, float]:
    return dict(zip(QUANTILES, histogram.quantiles(QUANTILES).tolist(), strict=True))


def _level(histogram: Histogram, wh: float) -> float:
    """Return the share of the model's queries that need less than an energy [1]."""
    return float(np.interp(math.log(wh), np.log(histogram.edges), histogram.cumulative))


def _level_text(level: float) -> str:
    """Return a level, or that it lies in a tail: what is there is the shape of a lognormal and not knowledge."""
    if level < TAIL:
        return f"< {TAIL:g}"
    return f"> {1.0 - TAIL:g}" if level > 1.0 - TAIL else f"{level:.3f}"


def _notes(claim: PublicClaim, asked: Conditions, shares: Mapping[str, float]) -> Iterator[str]:
    """Yield what qualifies the numbers, with the share of queries that each model was extrapolated for."""
    if claim.origin != "public":
        yield "this claim comes from the method of this package, and is no independent evidence"
    if claim.range_is == "at least":
        yield "the claim is a lower bound"
    if claim.boundary not in (UNKNOWN, asked.boundary):
        inferred = " (inferred)" if "boundary" in claim.inferred else ""
        yield f"the claim counts {claim.boundary}{inferred}, and the model was asked for {asked.boundary}"
    yield from _notes_on_the_statistic(claim)
    if claim.pue is not None and "boundary" in claim.inferred and asked.boundary in WITH_PUE:
        yield f"the claim has a PUE of {claim.pue:g}; as its boundary is inferred, PUE is part of the boundary"
    if claim.statistic == UNKNOWN:
        yield "the claim does not say whether it is a mean or a median: it is compared with the median"
    if claim.batch is not None:
        at = low_batch(claim.batch)
        inferred = " (inferred)" if "batch" in claim.inferred else ""
        yield (
            f"the claim is for batch {claim.batch:g}{inferred}, and the model's rows are of well filled batches: "
            f"tokens at a maximum batch of {at.measured_at:g} cost {at.median:.3g} times theirs, {at.low:.3g} at P5. "
            "The model is not moved by it"
        )
    thin = [name for name, throughput in throughputs(asked).items() if throughput.degrees_of_freedom == 0]
    if thin:
        yield f"thin data: the error of the throughput cannot be told for {listed(thin)}"
    beyond = [f"{share:.0%} of queries to {name}" for name, share in shares.items() if share > WORTH_SAYING]
    if beyond:
        yield f"extrapolated beyond the lengths of the benchmark rows: {', '.join(beyond)}"


def _notes_on_the_statistic(claim: PublicClaim) -> Iterator[str]:
    inferred = "statistic" in claim.inferred
    if claim.statistic == "mean":
        words = ", which is inferred and not stated" if inferred else ""
        yield f"the claim is a mean over queries{words}; its quantile is among single queries of the model"
    if claim.statistic == "median" and inferred:
        yield "that the claim is a median is inferred and not stated"
