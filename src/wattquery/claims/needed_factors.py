"""What each factor of the energy would have to be for the gap to close: batch, utilization, PUE, boundary, levers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from wattquery.catalog.claim_columns import UNKNOWN
from wattquery.claims.answers import statistic_of
from wattquery.claims.assumption import GIVEN, INFERENCE, Assumption, Gap
from wattquery.claims.boundaries import LADDER, WITH_PUE, Factors, central, point_factors, steps
from wattquery.claims.evidence import batch_in_words, evidence, low_batch
from wattquery.histograms import Histogram
from wattquery.specs import Distribution, as_distribution

__all__ = ["batch", "boundary", "levers", "pue", "statistic", "utilization"]


def batch(gap: Gap) -> Assumption:
    """Return by what the throughput would have to be divided, beside what small batches have been measured to cost."""
    source = evidence()["low_batch"]
    claimed = gap.claim.batch
    smallest = source["at"][0]["batch"]
    known = low_batch(claimed if claimed is not None else smallest)
    # What was inferred bounds nothing: a batch as small as any that was measured may be behind the claim as well.
    high = known.high if gap.states("batch") else max(known.high, low_batch(smallest).high)
    measured = (
        f"tokens at a maximum batch of {known.measured_at:g} cost {known.median:.3g} times those at the best batch "
        f"(median of {source['configurations']} configurations; {known.low:.3g} at P5; {source['source']})"
    )
    if claimed is not None and claimed < known.measured_at:
        bound = known.measured_at / claimed
        measured += f"; batch {claimed:g} was not measured, and is bounded by {bound:g} times P95"
    lower = "; lower is not plausible, as the rows are of well filled batches" if gap.ratio < 1.0 else ""
    as_measured = f", as at {batch_in_words(gap.ratio)}" if gap.ratio > 1.0 else ""
    return gap.assumption(
        "batch",
        1.0,
        high,
        model_value="the throughput of the benchmark rows",
        needed=f"throughput divided by {gap.ratio:.3g}{as_measured}",
        needed_value=gap.ratio,
        unit="1",
        basis=INFERENCE if claimed is None else f"batch {claimed:g} is {gap.basis('batch')}",
        because=measured + lower,
    )


def utilization(gap: Gap) -> Iterator[Assumption]:
    """Yield the power utilization, unless it is tied to the throughput."""
    assumed = gap.conditions.arguments.get("power_utilization", gap.conditions.preset.power_utilization)
    for low, middle, _ in _quantiles(assumed, "power_utilization", gap.statistic):
        impossible = ", which is more than the rating" if middle * gap.ratio > 1.0 else ""
        because = f"P5 of the assumed utilization, {low:.3g}, to 1"
        yield _own_factor(gap, "utilization", "power_utilization", middle, (low, 1.0), because, impossible)


def pue(gap: Gap) -> Iterator[Assumption]:
    """Yield the PUE where a facility is counted for certain; else it is part of the boundary."""
    known = "boundary" in gap.conditions.given or gap.states("boundary")
    if not known or gap.conditions.boundary not in WITH_PUE:
        return
    assumed = gap.conditions.arguments.get("pue", gap.conditions.preset.pue)
    for low, middle, high in _quantiles(assumed, "pue", gap.statistic):
        impossible = ", which is less than 1" if middle * gap.ratio < 1.0 else ""
        because = f"P5 to P95 of the assumed PUE, {low:.3g} to {high:.3g}"
        yield _own_factor(gap, "pue", "pue", middle, (low, high), because, impossible)


def _own_factor(
    gap: Gap,
    name: str,
    field: str,
    middle: float,
    plausible: tuple[float, float],
    because: str,
    impossible: str,
) -> Assumption:
    """Return a factor of the energy that a claim may state: its plausible values, and the one that closes the gap."""
    claimed = getattr(gap.claim, field)
    low, high = (end / middle for end in plausible)
    if gap.states(field):
        low = high = claimed / middle
        because = f"the claim has {claimed:g}"
    elif claimed is not None:
        low, high = min(low, claimed / middle), max(high, claimed / middle)
        because += f"; {claimed:g} is inferred"
    needed = middle * gap.ratio
    return gap.assumption(
        name,
        low,
        high,
        model_value=f"{middle:.3g} ({gap.statistic})",
        needed=f"{needed:.3g}{impossible}",
        needed_value=needed,
        unit="1",
        basis=gap.basis(field),
        because=because,
    )


def _quantiles(factor: object, name: str, statistic: str = "median") -> Iterator[tuple[float, float, float]]:
    """Yield P5, the median (or mean) and P95 of a factor that is a number or a distribution of its own."""
    if isinstance(factor, (int, float, Mapping, Distribution)):
        distribution = as_distribution(factor, name)
        low, high = distribution.ppf(np.array([0.05, 0.95])).tolist()
        yield low, central(distribution, statistic), high


def boundary(gap: Gap) -> Assumption:
    """Return what the other boundaries would make of the model's energy: of its mean by means, else by medians."""
    factors = _boundary_factors(gap)
    nearest = min(factors, key=lambda name: abs(math.log(factors[name] / gap.ratio)))
    low, high, basis, because = _plausible_boundaries(gap, factors)
    listed = ", ".join(f"{name} x {value:.3g}" for name, value in factors.items())
    return gap.assumption(
        "boundary",
        low,
        high,
        model_value=gap.conditions.boundary,
        needed=f"a factor of {gap.ratio:.3g}; nearest is {nearest} (x {factors[nearest]:.3g})",
        needed_value=gap.ratio,
        unit="1",
        basis=basis,
        because=because + listed,
    )


def _boundary_factors(gap: Gap) -> dict[str, float]:
    """Return by what each boundary would multiply the model's energy."""
    points = point_factors(gap.conditions.preset, gap.statistic)
    for _, middle, _ in _quantiles(gap.conditions.arguments.get("pue"), "pue", gap.statistic):
        points = replace(points, pue=middle)
    return {name: _factor(gap.conditions.boundary, name, points) for name in LADDER}


def _factor(source: str, target: str, points: Factors) -> float:
    taken = steps(source, target, points)
    return taken[-1].wh if taken else 1.0


def _plausible_boundaries(gap: Gap, factors: Mapping[str, float]) -> tuple[float, float, str, str]:
    """Return the plausible range of the factor, on what it rests, and why."""
    counted, states, basis = gap.claim.boundary, gap.states("boundary"), gap.basis("boundary")
    if "boundary" in gap.conditions.given and not states:
        if counted in LADDER and counted != gap.conditions.boundary:
            # The user's boundary says what the model counts, and not what the claim does.
            low, high = min(1.0, factors[counted]), max(1.0, factors[counted])
            return low, high, basis, f"that the claim counts {counted} is inferred; "
        return 1.0, 1.0, GIVEN, "the boundary is given; others: "
    if states and counted != gap.conditions.boundary:
        return factors[counted], factors[counted], basis, f"the claim counts {counted}; "
    if states:
        return 1.0, 1.0, basis, "the boundary is given; others: "
    because = f"{counted} is inferred; others: " if counted in LADDER else "it is not known; others: "
    return min(factors.values()), max(factors.values()), basis, because


def levers(gap: Gap) -> Iterator[Assumption]:
    """Yield for a claim below the model the efficiency levers of the preset, unless some are applied already."""
    preset = gap.conditions.preset
    if gap.ratio >= 1.0 or gap.conditions.arguments.get("levers", "none") != "none":
        return
    for name in ("model", "serving", "hardware"):
        # A claim about a model of the catalog has no other model behind it.
        if name not in preset.levers or (name == "model" and not gap.conditions.blend):
            continue
        _, _, high = next(_quantiles(preset.levers[name], "levers"))
        yield gap.assumption(
            f"more efficient {name}",
            1.0 / high,
            1.0,
            model_value="that of the benchmark rows",
            needed=f"{1.0 / gap.ratio:.3g} times the efficiency",
            needed_value=1.0 / gap.ratio,
            unit="1",
            basis=INFERENCE,
            because=f"P95 of the lever {name!r} of preset {preset.name}, {high:.3g}",
        )


def statistic(gap: Gap, model: Histogram) -> Assumption:
    """Return what it would matter if the claim were the other statistic, where it does not say what it is."""
    factor = model.mean() / statistic_of(model, "median")
    is_mean = gap.statistic == "mean"
    inferred = f"that the claim is a {gap.claim.statistic} is inferred" if gap.claim.statistic != UNKNOWN else ""
    return gap.assumption(
        "statistic",
        1.0 / factor if is_mean else 1.0,
        1.0 if is_mean else factor,
        model_value=gap.statistic,
        needed=f"{'median over mean' if is_mean else 'mean over median'} of {gap.ratio:.3g}",
        needed_value=gap.ratio,
        unit="1",
        basis=gap.basis("statistic"),
        because=f"{inferred or 'the claim does not say what it is'}; the model's mean is {factor:.3g} times its median",
    )
