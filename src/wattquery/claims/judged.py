"""The verdict on a claim: its sentence first, then the comparison, then the sources. Nothing is computed here."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from wattquery.catalog import PublicClaim
from wattquery.claims.columns import in_columns
from wattquery.claims.comparison import Comparison
from wattquery.claims.questions import Condition, Query
from wattquery.claims.sources import Source
from wattquery.pages.cards import LONGEST, Carded, Part, Table

__all__ = ["Verdict"]

WIDTH = 80


@dataclass(frozen=True)
class Verdict(Carded):
    """What is to be said of a claim, in a sentence, with all that the sentence stands on.

    Attributes
    ----------
    sentence
        The answer, made of the numbers below.
    range, range_unit
        What nine in ten of the model's queries take, P5 to P95, in ``"Wh"``; against another figure how many times
        that is, in ``"1"``.
    condition
        What the answer hangs on most.
    conditions
        All that it hangs on, the largest factor first.
    claim
        The claim; None where a query itself is held against a figure.
    against
        The figure that it is held against; None without one.
    queries
        What the model says: at the claim's own length where it states one, else of a typical and of a long query.
    ratios
        The numbers of the sentence that are ratios, by name [1].
    comparison
        The claim beside the model; None where there is no claim on a query to a language model.
    caveats
        What qualifies the answer.
    sources
        Where the numbers are from; `Source.bibtex` has each as BibTeX.
    provenance
        Preset, catalog, method and version.
    """

    sentence: str
    range: tuple[float, float]
    range_unit: str
    condition: Condition
    conditions: tuple[Condition, ...]
    claim: PublicClaim | None
    against: PublicClaim | None
    queries: tuple[Query, ...]
    ratios: Mapping[str, float]
    comparison: Comparison | None
    caveats: tuple[str, ...]
    sources: tuple[Source, ...]
    provenance: Mapping[str, Any]

    def bibtex(self) -> str:
        """Return all sources as BibTeX."""
        return "\n\n".join(one.bibtex() for one in self.sources)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, with units in the keys or beside them."""
        return {
            "sentence": self.sentence,
            "range": {"low": self.range[0], "high": self.range[1], "unit": self.range_unit, "is": "P5 to P95"},
            "condition": asdict(self.condition),
            "conditions": [asdict(one) for one in self.conditions],
            "claim": None if self.claim is None else asdict(self.claim),
            "against": None if self.against is None else asdict(self.against),
            "queries": [one.to_dict() for one in self.queries],
            "ratios": dict(self.ratios),
            "comparison": None if self.comparison is None else self.comparison.to_dict(),
            "caveats": list(self.caveats),
            "sources": [one.to_dict() for one in self.sources],
            "provenance": dict(self.provenance),
        }

    def text(self, width: int = WIDTH, *, cite: bool = False) -> str:
        """Return all of it as text.

        Parameters
        ----------
        width
            Columns that it may take.
        cite
            Whether sources are printed as BibTeX.
        """
        lines = [*textwrap.wrap(self.sentence, width), ""]
        lines += self._model(width)
        lines += _filled([*(f"also: {one}" for one in self.conditions[1:])], width)
        lines += _filled([f"note: {one}" for one in self.caveats], width)
        if self.comparison is not None:
            lines += ["", self.comparison.text(width)]
        lines += ["", "Sources:", ""]
        lines += [self.bibtex()] if cite else _filled([str(one) for one in self.sources], width)
        return "\n".join(lines)

    def _model(self, width: int) -> list[str]:
        levels = [f"P{100 * level:g}" for level in self.queries[0].quantiles]
        head = ("Model [Wh]", *levels, "mean")
        rows = [(f"  {one.name}", *(f"{v:.3g}" for v in (*one.quantiles.values(), one.mean))) for one in self.queries]
        return in_columns(head, rows, width) + list(_conditions(self.queries, width))

    def __str__(self) -> str:
        return self.text()

    def _card(self) -> tuple[str, list[Part]]:
        levels = [f"P{100 * level:g}" for level in self.queries[0].quantiles]
        rows = [[one.name, *(f"{value:.3g}" for value in (*one.quantiles.values(), one.mean))] for one in self.queries]
        parts: list[Part] = [
            Table(["query", *levels, "mean"], rows, "What the model says, Wh per query"),
            [line.strip() for line in _conditions(self.queries, LONGEST)],
            [f"also: {one}" for one in self.conditions[1:]],
            self.caveats,
        ]
        if self.comparison is not None:
            of_comparison, beside = self.comparison._card()
            parts += [of_comparison, *beside]
        return self.sentence, [*parts, [str(one) for one in self.sources]]


def _conditions(queries: tuple[Query, ...], width: int) -> Iterator[str]:
    ranked = len(queries) > 1 and all(one.models == (one.name,) for one in queries)
    for one in queries[:1] if ranked else queries:  # models that are ranked are asked the same
        what = "equal parts of " if len(one.models) > 1 else ""
        name, who = ("each: ", "") if ranked else (f"{one.name}: ", f", {what}{', '.join(one.models)}")
        said = f"{name}{one.output_tokens} output and {one.input_tokens} input tokens, {one.boundary}{who}"
        yield from _filled([said], width)


def _filled(texts: list[str], width: int) -> list[str]:
    return [
        line
        for one in texts
        for line in textwrap.wrap(
            one, width, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
    ]
