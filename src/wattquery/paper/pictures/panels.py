"""The distributions of a figure, panel by panel, each with the quantity whose claims are its published numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wattquery.histograms import Histogram
from wattquery.paper.claims import Claim, claims, published
from wattquery.paper.pictures.computing import OF_VERSION, Computed
from wattquery.paper.pictures.listing import PaperFigure
from wattquery.paper.recomputed import Quantities
from wattquery.paper.supplement import INPUT_LENGTHS, VERSION, input_claims, power_claims

__all__ = ["STATISTICS", "Panel", "Shown", "panels"]

STATISTICS = ("p5", "p25", "p50", "p75", "p95", "mean")
"""What is published of a distribution, at most."""

LEVERS = {
    "none": "Baseline",
    "model": "Model",
    "serving": "Serving platform",
    "hardware": "Hardware and data centre",
}
TOGETHER = "model+serving+hardware"


@dataclass(frozen=True)
class Shown:
    """A distribution of a figure.

    Attributes
    ----------
    label
        What it is called.
    source
        What computes its statistics.
    quantity
        Name and arguments of the method that does, but for the statistic.
    claims
        Published numbers, of which some may be its own.
    remark
        Words in the place of published numbers.
    """

    label: str
    source: Quantities
    quantity: tuple[str, ...]
    claims: Sequence[Claim] = ()
    remark: str = ""

    @property
    def histogram(self) -> Histogram:
        """The distribution [Wh]."""
        kind, *arguments = self.quantity
        found: Histogram = getattr(self.source, f"{kind}_histogram")(*arguments)
        return found

    def value(self, statistic: str) -> float:
        """Return what is computed of it [Wh]."""
        return self.source.estimated(*self.quantity, statistic).value

    def stated(self, statistic: str) -> list[Claim]:
        """Return what was published of it, the more precise number last."""
        return [claim for claim in self.claims if claim.quantity == (*self.quantity, statistic)]


@dataclass(frozen=True)
class Panel:
    """Distributions on one axis.

    Attributes
    ----------
    title
        What tells it from the others of its figure; empty where there are none.
    rows
        The distributions, from the top.
    context
        What else is to be known of it, in smaller type.
    """

    title: str
    rows: Sequence[Shown]
    context: str = ""


def panels(figure: PaperFigure, found: Computed) -> list[Panel]:
    """Return the panels of a figure that shows distributions, from the top; none of another."""
    of_main = claims(found.main.preset.published)
    if figure.kind == "models":
        return [Panel("", _models(found.main, figure.workload, of_main))]
    if figure.kind == "levers":
        rows = [*_levers(found.main, figure.workload, of_main), _together(found.main, figure.workload)]
        return [Panel("", rows, _blend_of(found.main))]
    if figure.kind == "inputs":
        return [_input_panel(found, figure.workload, tokens) for tokens in INPUT_LENGTHS]
    if figure.kind == "power":
        source = found.power[figure.workload]
        printed = power_claims(figure.workload) if _has_supplement(source) else []
        return [
            Panel("By model", _models(source, figure.workload, printed)),
            Panel("By lever", _levers(source, figure.workload, printed), _blend_of(source)),
        ]
    if figure.kind == "presets":
        return [Panel(f"{name} query".capitalize(), _presets(found, name)) for name in found.main.preset.output_tokens]
    return []


def _models(source: Quantities, workload: str, printed: Sequence[Claim]) -> list[Shown]:
    """Return the models that were published, in that order, or all that have rows."""
    named = [claim.quantity[2] for claim in printed if claim.quantity and claim.quantity[:2] == ("model", workload)]
    models = list(dict.fromkeys(named)) or source.ranked_models
    return [Shown(model, source, ("model", workload, model), printed) for model in models]


def _levers(source: Quantities, workload: str, printed: Sequence[Claim]) -> list[Shown]:
    return [Shown(label, source, ("frontier", workload, name), printed) for name, label in LEVERS.items()]


def _together(source: Quantities, workload: str) -> Shown:
    low, high = published()["headline"][source.preset.published]["combined_reduction"]
    remark = f"published: {low} to {high} times less"
    return Shown("All three levers", source, ("frontier", workload, TOGETHER), remark=remark)


def _input_panel(found: Computed, workload: str, tokens: int) -> Panel:
    source = found.inputs[workload, tokens]
    printed = input_claims(workload, tokens) if _has_supplement(source) else []
    return Panel(f"{tokens:,} input tokens", _levers(source, workload, printed), _blend_of(source))


def _presets(found: Computed, workload: str) -> list[Shown]:
    """Return the blend of each preset, with what was published of the two whose numbers were."""
    made_for = {preset: version for version, preset in OF_VERSION.items()}
    return [
        Shown(name, source, ("frontier", workload, "none"), claims(made_for[name]) if name in made_for else ())
        for name, source in found.presets.items()
    ]


def _blend_of(source: Quantities) -> str:
    return f"blend of {_listed(source.frontier_models)}"


def _listed(names: Sequence[str]) -> str:
    """Return names as a sentence has them."""
    *rest, last = names
    return f"{', '.join(rest)} and {last}" if rest else last


def _has_supplement(source: Quantities) -> bool:
    return source.preset.published == VERSION
