"""`least`: which model takes the least energy for one query, as a verdict: a sentence, with what it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Unpack

from wattquery import catalog as catalogs
from wattquery.catalog import Preset, PublicClaim
from wattquery.claims.answers import Answers, throughputs
from wattquery.claims.conditions import ComparisonArguments, Conditions, conditions
from wattquery.claims.judged import Verdict
from wattquery.claims.judging import LONG, provenance_of
from wattquery.claims.questions import Query, beyond_rows, conditions_by_weight, query
from wattquery.claims.sources import method_source
from wattquery.claims.wording import USUAL, least_sentence
from wattquery.engine.executor import AskedProgress
from wattquery.errors import InputError, listed
from wattquery.inputs.arguments import refuse_unknown
from wattquery.specs.arguments import Factor, Spec
from wattquery.sweeps.arguments import SweepArguments
from wattquery.sweeps.settings import Method, checked_progress

__all__ = ["least"]

_OWN = ("output_tokens", "input_tokens", "boundary", "preset", "method", "threads", "progress")


def least(
    *,
    output_tokens: Factor | Spec | str | None = None,
    input_tokens: Factor | Spec | None = None,
    boundary: str | None = None,
    preset: str | Preset = "v2-code",
    method: Method | None = None,
    threads: int | None = None,
    progress: AskedProgress = None,
    **arguments: Unpack[ComparisonArguments],
) -> Verdict:
    """Return which model of a catalog takes the least energy for one query, in one sentence, and all others by rank.

    Every model is asked the same: the preset's traditional query (called typical), and whether the first is the first
    for a long one too. With ``output_tokens`` it is a query of that length alone. How good an answer is, and which
    model needs more tokens for it, are no part of it: the caveats say so.

    Parameters
    ----------
    output_tokens, input_tokens
        Lengths [tokens], as in `compare`.
    boundary
        What is counted; the facility by default.
    preset, method, threads, progress
        As in `compare`.
    **arguments
        Further arguments of `wattquery.sweep`, one value each.

    Returns
    -------
    Verdict
        ``queries`` are those of the models, the least first, each with the model as its name [Wh]; ``ratios`` how many
        times the first each takes [1].

    Raises
    ------
    InputError
        If the preset's catalog has many deployments of a model, fewer than two models, or an argument is not allowed.

    References
    ----------
    Oviedo et al., Joule 2026, https://arxiv.org/abs/2509.20241, whose method the energies are by.

    Examples
    --------
    >>> import wattquery as wq
    >>> found = wq.claims.least()
    >>> [(one.name, round(one.median, 3)) for one in found.queries[:2]]
    [('Mixtral 8x22B', 0.064), ('Llama 3.1 70B', 0.096)]
    """
    unknown = {name: value for name, value in arguments.items() if name not in SweepArguments.__annotations__}
    refuse_unknown("least", unknown, (*_OWN, *ComparisonArguments.__annotations__))
    report = checked_progress(progress)
    answers = Answers(threads)
    given: dict[str, Any] = {"output_tokens": output_tokens, "input_tokens": input_tokens, "preset": preset}
    given |= {"boundary": USUAL if boundary is None else boundary, "method": method, **arguments}
    asked = _each(given)
    longer_asked = () if output_tokens is not None else _each({**given, "output_tokens": LONG})
    found: list[Query] = []
    for i, one in enumerate((*asked, *longer_asked)):
        if report is not None:
            report(i / (len(asked) + len(longer_asked)))
        found.append(query(one.models[0], one, answers))
    ranked = sorted(found[: len(asked)], key=lambda one: one.median)
    longer = sorted(found[len(asked) :], key=lambda one: one.median)
    return _verdict(ranked, longer, asked, longer_asked)


def _each(given: dict[str, Any]) -> Sequence[Conditions]:
    """Return the conditions of each model that a preset's catalog has."""
    preset = catalogs.preset(given["preset"])
    catalog = catalogs.load(given.get("catalog") or preset.catalog)
    if preset.blend_top == 0 and given.get("catalog") is None:
        raise InputError(
            f"Preset {preset.name!r} has many deployments of a model in catalog {catalog.name!r}, and which of them "
            "are to be compared is for you to say: take preset v2-code, or sweep the models with hardware, serving "
            "and precision of your own (wattquery sweep SPEC)."
        )
    names = catalog.labels("model")
    if len(names) < 2:
        raise InputError(f"least compares models, and catalog {catalog.name!r} has {len(names)}. Add rows of another.")
    anybody = PublicClaim("query", "A query")
    return [conditions(anybody, model=name, **given) for name in names]


def _verdict(
    ranked: Sequence[Query], longer: Sequence[Query], asked: Sequence[Conditions], longer_asked: Sequence[Conditions]
) -> Verdict:
    first = ranked[0]
    of_first = next((one for one in longer if one.name == first.name), None)
    hangs_on = conditions_by_weight(
        replace(first, medians={one.name: one.median for one in ranked}),
        longer=of_first,
        boundary_known=True,
        batch=None,
        preset=asked[0].preset,
    )
    beside = next(one for one in hangs_on if one.name != "model")
    return Verdict(
        sentence=least_sentence(asked[0].catalog.name, ranked, longer, beside),
        range=(first.quantiles[0.05], first.quantiles[0.95]),
        range_unit="Wh",
        condition=beside,
        conditions=(beside, *(one for one in hangs_on if one is not beside)),
        claim=None,
        against=None,
        queries=tuple(ranked),
        ratios={f"{one.name} over {first.name}": one.median / first.median for one in ranked[1:]},
        comparison=None,
        caveats=tuple(_caveats(asked, longer_asked)),
        sources=(method_source(),),
        provenance=provenance_of(asked[0]),
    )


def _caveats(asked: Sequence[Conditions], longer: Sequence[Conditions]) -> Iterator[str]:
    yield "energy alone: nothing here says how good the answers are"
    yield "all models are given the same lengths; one that answers at greater length takes more than its rank says"
    yield from dict.fromkeys(text for one in asked for text in one.assumed if not text.startswith("precision"))
    yield from (f"{one.models[0]}: {text}" for one in asked for text in one.assumed if text.startswith("precision"))
    thin = [
        name for one in asked for name, throughput in throughputs(one).items() if throughput.degrees_of_freedom == 0
    ]
    if thin:
        yield f"thin data: the error of the throughput cannot be told for {listed(thin)}"
    for name, several in (("typical" if longer else "this", asked), (LONG, longer)):
        said = [text for one in several for text in beyond_rows(name, one)]
        if said:
            start = said[0].partition(" for ")[0] + " for "
            yield start + ", ".join(text.removeprefix(start) for text in said)
