"""`compare`: a claim beside the model, at what quantile it falls, and which assumption would close the gap."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from wattquery.catalog import Preset, PublicClaim
from wattquery.catalog.claim_columns import LLM_KINDS, UNKNOWN
from wattquery.claims.assumptions import Assumption, assumptions
from wattquery.claims.boundaries import WITH_PUE, energy
from wattquery.claims.comparison import Comparison, Verdict
from wattquery.claims.conditions import Conditions, conditions, distribution, throughputs
from wattquery.claims.evidence import low_batch
from wattquery.claims.listing import get
from wattquery.errors import InputError, InputTypeError, listed
from wattquery.histograms import Histogram
from wattquery.specs.scalars import is_number, shown
from wattquery.sweeps.provenance import package_version
from wattquery.sweeps.settings import QUANTILES, Method

__all__ = ["compare"]

TAIL = 1e-3
WORTH_SAYING = 0.05
ALL_BEYOND = 0.95
ROUNDING = 1e-9


def compare(
    claim: str | float | PublicClaim,
    *,
    model: str | None = None,
    output_tokens: object = None,
    input_tokens: object = None,
    boundary: str | None = None,
    preset: str | Preset = "v2-code",
    method: Method = "exact",
    **arguments: Any,
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
        An id of `wattquery.claims.table`, a claim, or an energy of your own [Wh].
    model
        A model of the catalog or ``"frontier"``, where the claim's own has no counterpart, or instead of it.
    output_tokens, input_tokens
        Lengths instead of the claim's [tokens], as in `wattquery.sweep`, one value each.
    boundary
        What is counted, instead of what the claim counts.
    preset
        Where everything else comes from.
    method
        As in `wattquery.sweep`.
    **arguments
        Further arguments of `wattquery.sweep`, one value each.

    Returns
    -------
    Comparison
        Printable. Its verdict is inference: it says what would close the gap, and not what a source did.

    Raises
    ------
    InputError
        If the claim is not known, has no energy, is no LLM query, is about a model without a counterpart, or an
        argument is not allowed.

    Examples
    --------
    >>> import wattquery as wq
    >>> found = wq.claims.compare("devries_2023_chatgpt")
    >>> round(found.ratio_to_mean, 1), found.boundary, found.level_text
    (6.9, 'node', '0.992')
    """
    one = _claim(claim)
    asked = conditions(one, model, output_tokens, input_tokens, boundary, preset, {**arguments, "method": method})
    whole, trimmed = distribution(asked)
    median, mean = float(whole.quantiles(0.5)), whole.mean()
    statistic = "mean" if one.statistic == "mean" else "median"
    assert one.wh is not None
    gap = one.wh / (mean if statistic == "mean" else median)
    level = _level(whole, one.wh)
    shares = {
        name: model.share_outside(asked.input_tokens, asked.output_tokens) for name, model in throughputs(asked).items()
    }
    found = assumptions(one, asked, whole, statistic, output_tokens is not None, boundary is not None)
    return Comparison(
        claim=one,
        models=asked.models,
        output_tokens=asked.output_tokens.label,
        input_tokens=asked.input_tokens.label,
        boundary=asked.boundary,
        quantiles=_by_level(whole),
        mean=mean,
        trimmed=None if trimmed is None else _by_level(trimmed),
        ratio_to_median=one.wh / median,
        ratio_to_mean=one.wh / mean,
        compared_with=statistic,
        level=level,
        level_text=_level_text(level),
        assumptions=found,
        verdict=_verdict(gap, level, found, min(shares.values(), default=0.0) > ALL_BEYOND),
        assumed=asked.assumed,
        notes=tuple(_notes(one, asked, shares)),
        provenance={
            "preset": asked.preset.name,
            "catalog": asked.catalog.name,
            "catalog_hash": asked.catalog.content_hash,
            "method": method,
            "wattquery_version": package_version(),
        },
    )


def _claim(claim: object) -> PublicClaim:
    """Return a claim that can be compared."""
    if is_number(claim):
        return PublicClaim("yours", "Your number", wh=energy(claim, "claim"), notes="An energy without a source.")
    if not isinstance(claim, (str, PublicClaim)):
        raise InputTypeError(f"claim = {shown(claim)} came. Allowed are an id, a PublicClaim, or an energy in Wh.")
    one = claim if isinstance(claim, PublicClaim) else get(claim)
    if one.wh is None:
        raise InputError(f"{one.id!r} gives no energy per query, so there is nothing to compare: {one.notes}")
    if not one.is_llm_query:
        raise InputError(
            f"{one.id!r} is of kind {one.kind!r}, and the model answers for one query to a language model. Compare a "
            f"claim of kind {listed(LLM_KINDS)}, or pass its number of Wh if it is one."
        )
    return one


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


def _verdict(gap: float, level: float, found: Sequence[Assumption], beyond: bool) -> Verdict:
    """Return the smallest set of assumptions whose plausible factors hold the gap, or that no row speaks to it."""
    end = _EXTRAPOLATED if beyond else ""
    where = "between the model's P25 and P75" if 0.25 <= level <= 0.75 else ""
    if where:
        said = f"The claim lies {where}: there is no gap that asks for an explanation."
        return Verdict("inside", (), (), 1.0, said + end)
    acting = [one for one in found if _reach(one, gap) > ROUNDING]
    spread = (
        " It lies between the model's P5 and P95, so what the model leaves open is also enough."
        if 0.05 <= level <= 0.95
        else ""
    )
    for size in range(1, len(acting) + 1):
        sets = [one for one in combinations(acting, size) if _closes(one, gap)]
        if sets:
            # Stretched least: the smallest part of what is plausible has to be true.
            sets.sort(key=lambda some: abs(math.log(gap)) / sum(_reach(one, gap) for one in some))
            names = [tuple(one.name for one in some) for some in sets]
            return Verdict(
                "single" if size == 1 else "combination",
                names[0],
                tuple(names[1:]),
                1.0,
                _words(gap, names) + spread + _INFERENCE + end,
            )
    reach = sum(_reach(one, gap) for one in acting)
    left = math.exp(abs(math.log(gap)) - reach)
    everything = " and ".join(one.name for one in acting) or "no assumption"
    text = f"A factor of {gap:.3g} is not closed: with {everything} as far as is plausible, {left:.3g} is left."
    return Verdict("none", tuple(one.name for one in acting), (), left, text + spread + _INFERENCE + end)


_EXTRAPOLATED = " But no benchmark row has such lengths: the model itself is extrapolated here."
_INFERENCE = " This is inference: sources do not say which of these holds."


def _words(gap: float, names: Sequence[tuple[str, ...]]) -> str:
    first, others = " and ".join(names[0]), [" and ".join(one) for one in names[1:]]
    if len(names[0]) == 1:
        said = f"A factor of {gap:.3g}: {first} alone would close it"
    else:
        said = f"A factor of {gap:.3g}: no single assumption closes it; {first} together would"
    shown = others[:3] + ([f"{len(others) - 3} more"] if len(others) > 3 else [])
    return f"{said}, and so would {'; or '.join(shown)}." if shown else f"{said}."


def _reach(one: Assumption, gap: float) -> float:
    """Return how far an assumption can go towards the gap, in ln E."""
    return math.log(one.high) if gap > 1.0 else -math.log(one.low)


def _closes(some: Sequence[Assumption], gap: float) -> bool:
    return sum(_reach(one, gap) for one in some) >= abs(math.log(gap)) - ROUNDING


def _notes(claim: PublicClaim, asked: Conditions, shares: Mapping[str, float]) -> list[str]:
    """Return what qualifies the numbers, with the share of queries that each model was extrapolated for."""
    notes = []
    if claim.origin != "public":
        notes.append("this claim comes from the method of this package, and is no independent evidence")
    if claim.range_is == "at least":
        notes.append("the claim is a lower bound")
    if claim.boundary not in (UNKNOWN, asked.boundary):
        inferred = " (inferred)" if "boundary" in claim.inferred else ""
        notes.append(f"the claim counts {claim.boundary}{inferred}, and the model was asked for {asked.boundary}")
    if claim.statistic == "mean":
        inferred = ", which is inferred and not stated" if "statistic" in claim.inferred else ""
        notes.append(f"the claim is a mean over queries{inferred}; its quantile is among single queries of the model")
    if claim.statistic == "median" and "statistic" in claim.inferred:
        notes.append("that the claim is a median is inferred and not stated")
    if claim.pue is not None and "boundary" in claim.inferred and asked.boundary in WITH_PUE:
        notes.append(f"the claim has a PUE of {claim.pue:g}; as its boundary is inferred, PUE is part of the boundary")
    if claim.statistic == "unknown":
        notes.append("the claim does not say whether it is a mean or a median: it is compared with the median")
    if claim.batch is not None:
        at = low_batch(claim.batch)
        inferred = " (inferred)" if "batch" in claim.inferred else ""
        notes.append(
            f"the claim is for batch {claim.batch:g}{inferred}, and the model's rows are of well filled batches: "
            f"tokens at a maximum batch of {at.measured_at:g} cost {at.median:.3g} times theirs, {at.low:.3g} at P5. "
            "The model is not moved by it"
        )
    thin = [name for name, one in throughputs(asked).items() if one.degrees_of_freedom == 0]
    if thin:
        notes.append(f"thin data: the error of the throughput cannot be told for {listed(thin)}")
    beyond = [f"{share:.0%} of queries to {name}" for name, share in shares.items() if share > WORTH_SAYING]
    if beyond:
        notes.append(f"extrapolated beyond the lengths of the benchmark rows: {', '.join(beyond)}")
    return notes
