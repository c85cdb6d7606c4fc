"""`verdict`: one sentence on a claim, or on how many times another figure a query takes, with what it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Unpack

from wattquery.catalog import Preset, PublicClaim
from wattquery.catalog.claim_columns import UNKNOWN
from wattquery.claims.answers import Answers
from wattquery.claims.comparing import comparable_claim, compared, own_claim
from wattquery.claims.conditions import FRONTIER, TRADITIONAL, ComparisonArguments, Conditions, conditions
from wattquery.claims.energies import read_energy
from wattquery.claims.judged import Verdict
from wattquery.claims.listing import get
from wattquery.claims.questions import Query, beyond_rows, conditions_by_weight, query
from wattquery.claims.sources import Source, method_source, sources_of
from wattquery.claims.wording import USUAL, against_sentence, claim_sentence, hedges
from wattquery.engine.executor import AskedProgress, Progress
from wattquery.errors import InputError, InputTypeError, listed
from wattquery.inputs.arguments import refuse_unknown
from wattquery.specs.arguments import Factor, Spec
from wattquery.specs.scalars import is_number, shown
from wattquery.sweeps.arguments import SweepArguments
from wattquery.sweeps.no_rows_hint import claims_on
from wattquery.sweeps.provenance import package_version
from wattquery.sweeps.settings import Method, checked_progress
from wattquery.sweeps.stages import between

__all__ = ["LONG", "provenance_of", "verdict"]

LONG = "long"
"""The preset's long query."""
_NAMES = {TRADITIONAL: "typical", LONG: "long"}
_ENERGIES = 0.1
"""Share of the work that goes into energies of queries; the rest is the comparison."""

_OWN = (
    *("claim", "against", "model", "output_tokens", "input_tokens", "boundary"),
    *("preset", "method", "threads", "progress"),
)


def verdict(
    claim: str | float | PublicClaim | None = None,
    *,
    against: str | float | PublicClaim | None = None,
    model: str | None = None,
    output_tokens: Factor | Spec | str | None = None,
    input_tokens: Factor | Spec | None = None,
    boundary: str | None = None,
    preset: str | Preset = "v2-code",
    method: Method | None = None,
    threads: int | None = None,
    progress: AskedProgress = None,
    **arguments: Unpack[ComparisonArguments],
) -> Verdict:
    """Return what is to be said of a claim in one sentence, and the numbers and sources that it stands on.

    Where a claim states an output length it is held against a query of that length, and otherwise against the
    preset's traditional query (called typical) and its long one. Against another figure the question is how many times
    that figure a query takes.

    Parameters
    ----------
    claim
        An id of `wattquery.claims.table`, a claim, or an energy of your own: in Wh, or a text such as ``"10 kJ"``. None
        with ``against`` asks for the model's query itself; so does a claim that is no query to a language model.
    against
        Another figure, written in the same ways: ``"google_search_2009"`` for a web search.
    model, output_tokens, input_tokens, boundary
        Instead of what the claim says, as in `compare`.
    preset, method, threads, progress
        As in `compare`.
    **arguments
        Further arguments of `wattquery.sweep`, one value each.

    Raises
    ------
    InputError
        If there is neither a claim nor a figure, one of them has no energy or cannot be read, or an argument is not
        allowed.

    Examples
    --------
    >>> import wattquery as wq
    >>> found = wq.claims.verdict("google_search_2009")
    >>> found.range_unit, [round(one, 2) for one in found.range], found.condition.name
    ('1', [0.07, 6.35], 'length')
    """
    unknown = {name: value for name, value in arguments.items() if name not in SweepArguments.__annotations__}
    refuse_unknown("verdict", unknown, (*_OWN, *ComparisonArguments.__annotations__))
    if claim is None and against is None:
        raise InputError("verdict needs a claim or a figure to hold a query against: pass claim='3 Wh' for example.")
    subject = None if claim is None else _figure(claim, "claim")
    figure = None if against is None else _figure(against, "against")
    if subject is not None and figure is None and not subject.is_llm_query:
        subject, figure = None, subject
    given: dict[str, Any] = {"model": model, "output_tokens": output_tokens, "input_tokens": input_tokens}
    given |= {"boundary": boundary, "preset": preset, "method": method, **arguments}
    return _judged(subject, figure, given, Answers(threads), checked_progress(progress))


def _figure(written: object, name: str) -> PublicClaim:
    """Return a claim that has an energy, of whatever kind."""
    if is_number(written):
        return own_claim(written)
    if isinstance(written, PublicClaim):
        found = written
    elif isinstance(written, str):
        energy = read_energy(written)
        found = get(written) if energy is None else own_claim(energy)
    else:
        raise InputTypeError(
            f"{name} must be an id, a PublicClaim or an energy such as '3 Wh', got {shown(written)}: pass one."
        )
    if found.wh is None:
        others = claims_on(found.model_class)
        more = f" Claims on the same model that give one: {listed(others)}." if others else ""
        raise InputError(f"{found.id!r} gives no energy, so there is nothing to compare: {found.notes}{more}")
    return found


def _judged(
    claim: PublicClaim | None,
    against: PublicClaim | None,
    given: dict[str, Any],
    answers: Answers,
    progress: Progress | None,
) -> Verdict:
    """Return the verdict on a claim, an energy or none, and on a figure that it is held against."""
    asking, at = _question(claim, against, given)
    asked = conditions(asking, **at)
    open_length = asking.output_tokens is None and at["output_tokens"] is None
    longer_asked = conditions(asking, **{**at, "output_tokens": LONG}) if open_length else None
    own = query(_name(at["output_tokens"], open_length), asked, answers)
    longer = None if longer_asked is None else query(LONG, longer_asked, answers)
    if progress is not None:
        progress(_ENERGIES)
    hangs_on = conditions_by_weight(
        own,
        longer=longer,
        boundary_known=given["boundary"] is not None or _states(against or asking, "boundary"),
        batch=asking.batch,
        preset=at["preset"],
    )
    comparison = None
    if claim is not None and claim.is_llm_query:
        beside = conditions(claim, **given)
        comparison = compared(comparable_claim(claim), beside, answers, between(progress, _ENERGIES, 1.0))
    if progress is not None:
        progress(1.0)
    mean = claim is not None and claim.statistic == "mean"
    if against is None:
        assert claim is not None
        sentence, unit = claim_sentence(claim, own, longer, mean=mean, condition=hangs_on[0]), 1.0
    else:
        assert against.wh is not None
        sentence, unit = against_sentence(claim, against, own, longer, hangs_on[0]), against.wh
    return Verdict(
        sentence=sentence,
        range=(own.quantiles[0.05] / unit, own.quantiles[0.95] / unit),
        range_unit="Wh" if against is None else "1",
        condition=hangs_on[0],
        conditions=hangs_on,
        claim=claim,
        against=against,
        queries=(own,) if longer is None else (own, longer),
        ratios=dict(_ratios(claim, against, own, longer, mean)),
        comparison=comparison,
        caveats=tuple(_caveats(against, own.name, asked, longer_asked)),
        sources=tuple(_sources(claim, against)),
        provenance=provenance_of(asked),
    )


def _question(
    claim: PublicClaim | None, against: PublicClaim | None, given: dict[str, Any]
) -> tuple[PublicClaim, dict[str, Any]]:
    """Return what the model is asked for: the claim's own query, counted as the figure that it is held against is."""
    asking = claim
    if asking is None or not asking.is_llm_query:
        asking = PublicClaim("query", "A query", model_class=FRONTIER)
    if against is None:
        return asking, given
    boundary = given["boundary"] or (against.boundary if _states(against, "boundary") else USUAL)
    return asking, {**given, "boundary": boundary}


def _states(claim: PublicClaim, name: str) -> bool:
    """Return whether a claim states something itself: it is neither unknown nor inferred."""
    return getattr(claim, name) not in (None, "", UNKNOWN) and name not in claim.inferred


def _name(output_tokens: object, open_length: bool) -> str:
    if open_length:
        return _NAMES[TRADITIONAL]
    return _NAMES.get(output_tokens, "stated") if isinstance(output_tokens, str) else "stated"


def _ratios(
    claim: PublicClaim | None, against: PublicClaim | None, own: Query, longer: Query | None, mean: bool
) -> Iterator[tuple[str, float]]:
    """Yield the ratios of the sentence, by what is over what."""
    asked = [own] if longer is None else [own, longer]
    for one in asked:
        central = one.mean if mean else one.median
        if against is None and claim is not None and claim.wh is not None:
            yield f"claim_over_{one.name}", claim.wh / central
        if against is not None and against.wh is not None:
            yield f"{one.name}_over_against", one.median / against.wh
    if claim is not None and against is not None and claim.wh is not None and against.wh is not None:
        yield "claim_over_against", claim.wh / against.wh


def _caveats(against: PublicClaim | None, name: str, asked: Conditions, longer: Conditions | None) -> Iterator[str]:
    if against is not None:
        yield from hedges(against)
        yield from asked.assumed  # without another figure the comparison says them
        yield from beyond_rows(name, asked)
    if longer is not None:
        yield from beyond_rows(LONG, longer)


def _sources(claim: PublicClaim | None, against: PublicClaim | None) -> Iterator[Source]:
    seen = set()
    own = [source for one in (claim, against) if one is not None for source in sources_of(one)]
    for source in (*own, method_source()):
        if source.key not in seen:
            seen.add(source.key)
            yield source


def provenance_of(asked: Conditions) -> dict[str, Any]:
    """Return preset, catalog, method and version of an answer."""
    return {
        "preset": asked.preset.name,
        "catalog": asked.catalog.name,
        "catalog_hash": asked.catalog.content_hash,
        "method": asked.arguments["method"],
        "wattquery_version": package_version(),
    }
