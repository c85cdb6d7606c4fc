"""What is said of a claim: a result of `wattquery.claims.verdict` as the parts of a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wattquery.catalog import PublicClaim
from wattquery.claims import Verdict
from wattquery.claims.comparison import Comparison
from wattquery.claims.conditions import FRONTIER
from wattquery.claims.energies import in_digits
from wattquery.claims.listing import chosen
from wattquery.claims.questions import Query
from wattquery.claims.wording import named
from wattquery.quantities import QUANTITIES
from wattquery.reports.assumptions import HEADER
from wattquery.reports.beside import MOST, claims_beside
from wattquery.reports.cells import digits
from wattquery.reports.content import Content, Picture, Table
from wattquery.reports.driving import conditions_table
from wattquery.reports.equations import QUERY
from wattquery.reports.grids import Told, provenance_of
from wattquery.reports.origins import of_sources
from wattquery.reports.pictures import picture

__all__ = ["verdict_content"]


def verdict_content(verdict: Verdict, told: Told) -> Content:
    """Return what a page says of a verdict."""
    comparison = verdict.comparison
    notes = [] if comparison is None else [*comparison.assumed, *comparison.notes]
    first = verdict.queries[0]
    return Content(
        title=told.title or _title(verdict),
        answer=verdict.sentence,
        numbers=(_model(verdict.queries), *_ratios(verdict)),
        cells=() if comparison is None else (_closing(comparison),),
        assumptions=_assumptions(verdict),
        warnings=verdict.caveats,
        notes=tuple(dict.fromkeys(one for one in notes if one not in verdict.caveats)),
        pictures=tuple(_picture(verdict)),
        drivers=(conditions_table(list(verdict.conditions), "What the answer hangs on, the largest factor first"),),
        beside=claims_beside(first.median, [FRONTIER] if first.blend else first.models, first.boundary),
        equations=(QUERY,),
        call=told.call,
        command=told.command,
        provenance=provenance_of(verdict.provenance),
        sources=tuple(of_sources(verdict.sources)),
    )


def _title(verdict: Verdict) -> str:
    if _is_ranking(verdict):
        return "Which model takes least for one query"
    subject = "A query to a language model" if verdict.claim is None else _upper(named(verdict.claim))
    return subject if verdict.against is None else f"{subject}, against {named(verdict.against)}"


def _is_ranking(verdict: Verdict) -> bool:
    """Return whether models are ranked, and there is no claim."""
    return verdict.claim is None and verdict.against is None


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _model(queries: tuple[Query, ...]) -> Table:
    levels = list(queries[0].quantiles)
    header = ("query", "boundary", *(f"P{100.0 * level:g}" for level in levels), "mean")
    rows = tuple((one.name, one.boundary, *map(digits, one.quantiles.values()), digits(one.mean)) for one in queries)
    below = "Boundaries that a claim may have instead stand among what would explain a difference."
    return Table("What the model says of one query [Wh]", header, rows, frozenset({0, 1}), below)


def _ratios(verdict: Verdict) -> Iterator[Table]:
    rows = [(name.replace("_", " "), digits(value), "1") for name, value in verdict.ratios.items()]
    low, high = verdict.range
    unit = verdict.range_unit
    rows.append(("P5 to P95 of the model's queries", f"{digits(low)} to {digits(high)}", unit))
    for role, claim in (("the claim", verdict.claim), ("what it is held against", verdict.against)):
        if claim is not None and claim.wh is not None:
            rows.append((f"{role}: {claim.id}, counting {claim.boundary}", digits(claim.wh), "Wh"))
    yield Table("The numbers of the answer", ("number", "value", "unit"), tuple(rows), frozenset({0, 2}))


def _closing(comparison: Comparison) -> Table:
    rows = tuple(
        (
            one.name,
            "yes" if one.enough else "no",
            one.model_value,
            one.needed,
            f"x {in_digits(one.low, 3)} to {in_digits(one.high, 3)}",
            f"{one.because} ({one.basis})",
        )
        for one in comparison.assumptions
    )
    header = ("assumption", "enough alone", "the model has", "it would need", "plausible", "because")
    caption = "What would explain the difference (inference: sources do not say which of these holds)"
    return Table(caption, header, rows, frozenset(range(6)), str(comparison.verdict.text))


def _assumptions(verdict: Verdict) -> Table:
    preset = str(verdict.provenance.get("preset", ""))
    rows = []
    ranking = _is_ranking(verdict)
    for one in verdict.queries[:1] if ranking else verdict.queries:  # models that are ranked are asked the same
        models = [each.name for each in verdict.queries] if ranking else one.models
        how = ", each alone" if ranking else ", in equal parts" if len(models) > 1 else ""
        facts = {
            "model": (", ".join(models) + how, "-"),
            "output tokens": (one.output_tokens, "tokens"),
            "input tokens": (one.input_tokens, "tokens"),
            "boundary": (one.boundary, "-"),
        }
        rows += [
            (
                name if ranking else f"{name} ({one.name} query)",
                _what(name),
                value,
                unit,
                f"as asked, else preset {preset}" if ranking else f"the claim where it says it, else preset {preset}",
            )
            for name, (value, unit) in facts.items()
        ]
    rows.append(("all others", "", "as the preset has them", "-", f"preset {preset}"))
    caption = "What each model is asked" if ranking else "What the claim is compared with"
    return Table(caption, HEADER, tuple(rows), frozenset(range(5)))


def _what(name: str) -> str:
    return QUANTITIES[name.replace(" ", "_")].long_name


def _picture(verdict: Verdict) -> Iterator[Picture]:
    own = [one for one in (verdict.claim, verdict.against) if one is not None and one.is_llm_query and one.source]
    others = [one for one in chosen(kind="llm_query", origin="public", model_class="frontier") if one.wh is not None]
    drawn = list({one.id: one for one in [*own, *others]}.values())[: len(own) + MOST]
    preset = str(verdict.provenance.get("preset", ""))
    caption = "Public claims [Wh], each at its own boundary, over the model's distribution at the facility"

    def draw() -> Any:
        from wattquery import plot

        return plot.claims(drawn, preset=preset)

    words = "; ".join(_in_words(one) for one in drawn)
    yield picture(draw, caption, f"{caption}. {words}.")


def _in_words(claim: PublicClaim) -> str:
    return f"{claim.id}: {in_digits(claim.wh or 0.0, 3)} Wh"
