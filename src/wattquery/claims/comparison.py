"""The result of a comparison: numbers, assumptions and a verdict, to print or to keep. Nothing is computed here."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from wattquery.catalog import PublicClaim
from wattquery.claims.assumption import Assumption
from wattquery.claims.verdict import Verdict

__all__ = ["Comparison"]

WIDTH = 100


@dataclass(frozen=True)
class Comparison:
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
    verdict: Verdict
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
        claim = self.claim
        blend = "frontier blend of " if len(self.models) > 1 else ""
        lines = [
            f"{claim.subject}: {claim.wh:.3g} Wh{_range(claim)}",
            f"  {claim.source or 'your number'}{_year(claim)}"
            f"{', second hand' if claim.second_hand else ''}{f', {claim.url}' if claim.url else ''}",
            *_filled(f"inferred: {', '.join(claim.inferred)}" if claim.inferred else ""),
            *_filled(claim.notes),
            "",
            f"Model: {blend}{', '.join(self.models)}",
            f"  {self.output_tokens} output and {self.input_tokens} input tokens, {self.boundary} boundary",
            "  " + "".join(f"{f'P{100 * level:g}':>9}" for level in self.quantiles) + f"{'mean':>9}",
            "  " + "".join(f"{value:>9.3g}" for value in (*self.quantiles.values(), self.mean)) + "  Wh",
        ]
        if self.trimmed is not None:
            lines.append("  " + "".join(f"{value:>9.3g}" for value in self.trimmed.values()) + f"{'':>9}  Wh, trimmed")
        lines += [
            "",
            f"Claim over median {self.ratio_to_median:.3g}, over mean {self.ratio_to_mean:.3g}; at quantile "
            f"{self.level_text} of the model.",
            "",
            "What would close the gap, each alone (inference):",
        ]
        name = max(len(one.name) for one in self.assumptions)
        for one in self.assumptions:
            mark = "enough" if one.enough else "no"
            lines.append(
                f"  {one.name:<{name}}  {mark:<6}  has {one.model_value}, needs {one.needed}; "
                f"plausible x {one.low:.3g} to {one.high:.3g}"
            )
            lines += textwrap.wrap(one.because, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)
        lines += ["", *textwrap.wrap(self.verdict.text, WIDTH)]
        lines += [line for one in (*self.assumed, *self.notes) for line in _filled(f"note: {one}")]
        return "\n".join(lines)


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


def _filled(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ") if text else []
