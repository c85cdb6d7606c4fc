"""The result of a comparison: numbers, assumptions and a verdict, to print or to keep. Nothing is computed here."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from wattquery.catalog import PublicClaim
from wattquery.claims.assumption import Assumption
from wattquery.claims.closing import Closing
from wattquery.claims.columns import in_columns
from wattquery.pages.cards import LONGEST, Carded, Part, Table

__all__ = ["Comparison"]

WIDTH = 80


@dataclass(frozen=True)
class Comparison(Carded):
    """A public claim beside the model at the claim's own lengths, model and boundary.

    Attributes
    ----------
    claim
        The claim.
    models
        Which models it is compared with, in equal parts; several stand for the frontier.
    output_tokens, input_tokens
        The lengths, as they would be passed to `wattquery.sweep` [tokens].
    boundary
        What the model counts.
    quantiles
        Of the model's energy, by level [Wh]. A blend is not trimmed.
    mean
        Of the model's energy [Wh].
    trimmed
        The same quantiles of a blend with the preset's trim [Wh]; None without one.
    ratio_to_median, ratio_to_mean
        The claim over the model [1].
    compared_with
        ``"mean"`` where the claim is a mean, else ``"median"``: what the gap is counted from.
    level, level_text
        The quantile of the model's distribution at which the claim falls [1], and in words: ``"< 0.001"`` and
        ``"> 0.999"`` where it lies in a tail that nobody knows.
    assumptions
        Each assumption that may differ.
    verdict
        Which of them would close the gap.
    assumed
        What the claim does not state, and what was taken instead.
    notes
        What qualifies the numbers.
    provenance
        Preset, catalog, method and version.
    """

    claim: PublicClaim
    models: tuple[str, ...]
    output_tokens: str
    input_tokens: str
    boundary: str
    quantiles: Mapping[float, float]
    mean: float
    trimmed: Mapping[float, float] | None
    ratio_to_median: float
    ratio_to_mean: float
    compared_with: str
    level: float
    level_text: str
    assumptions: tuple[Assumption, ...]
    verdict: Closing
    assumed: tuple[str, ...]
    notes: tuple[str, ...]
    provenance: Mapping[str, Any]

    @property
    def gap(self) -> float:
        """The claim over the statistic of the model that it is compared with [1]."""
        return self.ratio_to_mean if self.compared_with == "mean" else self.ratio_to_median

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, with units in the keys."""
        return {
            "claim": asdict(self.claim),
            "models": list(self.models),
            "output_tokens": self.output_tokens,
            "input_tokens": self.input_tokens,
            "boundary": self.boundary,
            "energy_wh": {f"{level:g}": value for level, value in self.quantiles.items()},
            "energy_mean_wh": self.mean,
            "trimmed_energy_wh": None
            if self.trimmed is None
            else {f"{level:g}": value for level, value in self.trimmed.items()},
            "ratio_to_median": self.ratio_to_median,
            "ratio_to_mean": self.ratio_to_mean,
            "compared_with": self.compared_with,
            "gap": self.gap,
            "level": self.level,
            "level_text": self.level_text,
            "assumptions": [_plain(asdict(one)) for one in self.assumptions],
            "verdict": {**asdict(self.verdict), "inference": True},
            "assumed": list(self.assumed),
            "notes": list(self.notes),
            "provenance": dict(self.provenance),
        }

    def __str__(self) -> str:
        return self.text()

    def text(self, width: int = WIDTH) -> str:
        """Return all of it as text.

        Parameters
        ----------
        width
            Columns that it may take.
        """
        lines = [*self._of_claim(width), "", *self._of_model(width), ""]
        lines += textwrap.wrap(
            f"Claim over median {self.ratio_to_median:.3g}, over mean {self.ratio_to_mean:.3g}; at quantile "
            f"{self.level_text} of the model.",
            width,
        )
        lines += ["", "What would close the gap, each alone (inference):"]
        lines += [line for one in self.assumptions for line in self._of_assumption(one, width)]
        lines += ["", *textwrap.wrap(self.verdict.text, width)]
        lines += [line for one in (*self.assumed, *self.notes) for line in _filled(f"note: {one}", width)]
        return "\n".join(lines)

    def _card(self) -> tuple[str, list[Part]]:
        lines = [line.strip() for line in self._of_claim(LONGEST)]
        energies = [["untrimmed", *(f"{value:.3g}" for value in (*self.quantiles.values(), self.mean))]]
        if self.trimmed is not None:
            energies.append(["trimmed", *(f"{value:.3g}" for value in self.trimmed.values()), ""])
        levels = ["model", *(f"P{100 * level:g}" for level in self.quantiles), "mean"]
        assumed = [
            [
                one.name,
                "enough" if one.enough else "no",
                one.model_value,
                one.needed,
                f"x {one.low:.3g} to {one.high:.3g}",
                one.because,
            ]
            for one in self.assumptions
        ]
        closing = ["assumption", "alone", "model has", "claim needs", "plausible", "because"]
        ratios = {
            "claim over median": f"{self.ratio_to_median:.3g}",
            "claim over mean": f"{self.ratio_to_mean:.3g}",
            "quantile of the model": self.level_text,
        }
        return lines[0], [
            *lines[1:],
            Table(levels, energies, f"Wh per query, {self.boundary} boundary: {', '.join(self.models)}"),
            ratios,
            Table(closing, assumed, "What would close the gap, each alone (inference)"),
            self.verdict.text,
            [*self.assumed, *self.notes],
        ]

    def _of_claim(self, width: int) -> list[str]:
        claim = self.claim
        source = (
            f"{claim.source or 'your number'}{_year(claim)}{', second hand' if claim.second_hand else ''}"
            f"{f', {claim.url}' if claim.url else ''}"
        )
        return [
            *textwrap.wrap(f"{claim.subject}: {claim.wh:.3g} Wh{_range(claim)}", width),
            *_filled(source, width),
            *_filled(f"inferred: {', '.join(claim.inferred)}" if claim.inferred else "", width),
            *_filled(claim.notes, width),
        ]

    def _of_model(self, width: int) -> list[str]:
        blend = "frontier blend of " if len(self.models) > 1 else ""
        lines = [
            *textwrap.wrap(f"Model: {blend}{', '.join(self.models)}", width, subsequent_indent="  "),
            *_filled(
                f"{self.output_tokens} output and {self.input_tokens} input tokens, {self.boundary} boundary", width
            ),
        ]
        levels = [f"P{100 * level:g}" for level in self.quantiles]
        rows = [("  untrimmed", *(f"{value:.3g}" for value in (*self.quantiles.values(), self.mean)))]
        if self.trimmed is not None:
            rows.append(("  trimmed", *(f"{value:.3g}" for value in self.trimmed.values()), ""))
        return [*lines, *(line.rstrip() for line in in_columns(("  [Wh]", *levels, "mean"), rows, width))]

    def _of_assumption(self, one: Assumption, width: int) -> list[str]:
        name = max(len(other.name) for other in self.assumptions)
        said = (
            f"{one.name:<{name}}  {'enough' if one.enough else 'no':<6}  has {one.model_value}, needs {one.needed}; "
            f"plausible x {one.low:.3g} to {one.high:.3g}"
        )
        margin = " " * (name + 12)
        head, rest = said[: name + 10], said[name + 10 :]
        wrapped = textwrap.wrap(rest, max(width - len(margin), 20))
        because = textwrap.wrap(one.because, width, initial_indent=" " * 6, subsequent_indent=" " * 6)
        return [f"  {head}{wrapped[0]}", *(f"{margin}{line}" for line in wrapped[1:]), *because]


def _plain(entries: dict[str, Any]) -> dict[str, Any]:
    """Return entries with None for numbers that there are none of: JSON has no NaN."""
    return {name: None if isinstance(one, float) and math.isnan(one) else one for name, one in entries.items()}


def _range(claim: PublicClaim) -> str:
    if not claim.range_is:
        return ""
    ends = [f"{one:.3g}" for one in (claim.low, claim.high) if one is not None]
    said = "range" if claim.range_is == "unknown" else claim.range_is
    return f" ({said} {' to '.join(ends)})"


def _year(claim: PublicClaim) -> str:
    return "" if claim.year is None or str(claim.year) in claim.source else f", {claim.year}"


def _filled(text: str, width: int) -> list[str]:
    """Return a text in lines; an address is kept whole, however long."""
    return textwrap.wrap(
        text, width, initial_indent="  ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
    )
