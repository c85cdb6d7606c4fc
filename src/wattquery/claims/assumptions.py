"""Which assumption would close the gap between a claim and the model: what each would have to be, and what it can be.

All of this is inference: a source that states no length or batch does not say what it had in mind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wattquery.catalog import PublicClaim
from wattquery.catalog.claim_columns import UNKNOWN
from wattquery.claims.boundaries import LADDER, WITH_PUE, central, point_factors, steps
from wattquery.claims.conditions import Conditions, distributions, known_lengths, throughputs
from wattquery.claims.evidence import batch_in_words, evidence, low_batch
from wattquery.histograms import Histogram
from wattquery.specs import Distribution, as_distribution

__all__ = ["Assumption", "assumptions"]

SHORTEST, LONGEST = 1.0, 100_000.0
LENGTHS = 17
STATED, INFERENCE = "stated by the claim", "inference"
GIVEN = "given by you"
INFERRED = "inferred, not stated by the claim"
"""Of what the table of claims has as its reader's inference: said as such, and no reason against an explanation."""

Statistic = Callable[[Histogram], float]


@dataclass(frozen=True)
class Assumption:
    """One assumption that may differ between a claim and the model.

    Attributes
    ----------
    name
        ``"length"``, ``"batch"``, ``"utilization"``, ``"pue"``, ``"boundary"``, ``"statistic"``, or for a claim below
        the model ``"more efficient model"``, ``"more efficient serving"`` or ``"more efficient hardware"``.
    model_value
        What the model has, in words.
    needed
        What it would have to be for this assumption alone to close the gap, in words.
    needed_value
        The same as a number, in ``unit``; NaN where it has none.
    unit
        Its unit.
    low, high
        The smallest and largest factor on the model's energy that is plausible [1]: 1 or less, and 1 or more.
    enough
        Whether the gap lies between the two.
    basis
        Whether the plausible range follows from what the claim states or the user gave, or is inference; and whether
        what the claim has of it was inferred by the table of claims, which then bounds nothing.
    because
        Where the plausible range comes from.
    extrapolated
        Whether the needed value lies beyond the data that the model rests on.
    """

    name: str
    model_value: str
    needed: str
    needed_value: float
    unit: str
    low: float
    high: float
    enough: bool
    basis: str
    because: str
    extrapolated: bool = False


@dataclass(frozen=True)
class _Gap:
    """What is to be explained: claim over the model's statistic, and what both are."""

    claim: PublicClaim
    asked: Conditions
    statistic: Statistic
    kind: str
    model_wh: float
    ratio: float

    def states(self, field: str) -> bool:
        """Return whether the claim states a field: it is neither unknown nor inferred."""
        return getattr(self.claim, field) not in (None, "", UNKNOWN) and field not in self.claim.inferred

    def basis(self, field: str) -> str:
        """Return on what the plausible range of a field rests."""
        if self.states(field):
            return STATED
        return INFERRED if field in self.claim.inferred and getattr(self.claim, field) is not None else INFERENCE

    def assumption(self, name: str, low: float, high: float, **said: Any) -> Assumption:
        low, high = min(low, 1.0), max(high, 1.0)
        return Assumption(name=name, low=low, high=high, enough=low <= self.ratio <= high, **said)


def assumptions(
    claim: PublicClaim, asked: Conditions, model: Histogram, statistic: str, length_given: bool, boundary_given: bool
) -> tuple[Assumption, ...]:
    """Return every assumption that may differ, with what it would have to be and what it plausibly can be.

    Parameters
    ----------
    claim
        The claim, with an energy.
    asked
        What it is compared with.
    model
        The model's distribution there.
    statistic
        ``"mean"`` or ``"median"``, of the model, that the claim is compared with.
    length_given, boundary_given
        Whether the user said the output length and the boundary.
    """
    read: Statistic = Histogram.mean if statistic == "mean" else _median
    wh = read(model)
    assert claim.wh is not None
    gap = _Gap(claim, asked, read, statistic, wh, claim.wh / wh)
    boundary_known = boundary_given or gap.states("boundary")
    found = [
        _length(gap, length_given),
        _batch(gap),
        *_utilization(gap),
        *_pue(gap, boundary_known),
        _boundary(gap, boundary_given),
        *_levers(gap),
    ]
    if not gap.states("statistic"):
        found.append(_statistic(gap, model))
    return tuple(found)


def _median(histogram: Histogram) -> float:
    return float(histogram.quantiles(0.5))


def _length(gap: _Gap, given: bool) -> Assumption:
    """Return the output length at which the model's statistic is the claim, by inverting it on a grid of lengths."""
    plausible = evidence()["output_length"]
    ends = [float(plausible["low"]), float(plausible["high"])]
    lengths = np.unique([*np.geomspace(SHORTEST, LONGEST, LENGTHS), *ends])
    known = known_lengths(gap.asked, lengths.tolist())
    now = float(gap.asked.output_tokens.ppf(0.5))
    lengths = np.array(known if len(known) > 1 else [0.99 * now, 1.01 * now])
    energies = _energies(gap, lengths)
    target = gap.ratio * gap.model_wh
    unit = "tokens (median)" if gap.asked.output_tokens.is_random else "tokens"
    stated = given or gap.states("output_tokens")
    low, high = (1.0, 1.0) if stated else (np.interp(ends, lengths, energies) / gap.model_wh).tolist()
    basis = GIVEN if given else gap.basis("output_tokens")
    because = (
        "the length is given"
        if stated
        else f"medians of real traffic, {ends[0]:g} ({plausible['low_source']}) to {ends[1]:g} tokens "
        f"({plausible['high_source']})"
    )
    said = {"model_value": _tokens(now, unit), "unit": unit, "basis": basis, "because": because}
    if not energies[0] <= target <= energies[-1]:
        end = f"below {lengths[0]:.3g}" if target < energies[0] else f"above {lengths[-1]:,.0f}"
        return gap.assumption("length", low, high, needed=end, needed_value=math.nan, extrapolated=True, **said)
    place = int(np.clip(np.searchsorted(energies, target), 1, lengths.size - 1))
    finer = np.geomspace(lengths[place - 1], lengths[place], 9)
    needed = float(np.exp(np.interp(math.log(target), np.log(_energies(gap, finer)), np.log(finer))))
    outside = _outside(gap.asked, needed)
    words = f"{_tokens(needed, unit)}{', beyond the throughput fit' if outside else ''}"
    return gap.assumption("length", low, high, needed=words, needed_value=needed, extrapolated=outside, **said)


def _tokens(count: float, unit: str) -> str:
    return f"{count:,.0f} {unit}" if count >= 10 else f"{count:.2g} {unit}"


def _energies(gap: _Gap, lengths: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    found = distributions(gap.asked, [gap.asked.with_length(float(one)) for one in lengths])
    # Whole tokens make steps, and inverting needs a curve that does not fall.
    return np.maximum.accumulate([gap.statistic(one) for one in found])


def _outside(asked: Conditions, length: float) -> bool:
    """Return whether a length lies beyond the rows of any of the models, or theirs are not known."""
    ranges = [one.output_range for one in throughputs(asked).values()]
    return any(one is None or not one[0] <= length <= one[1] for one in ranges)


def _batch(gap: _Gap) -> Assumption:
    """Return by what the throughput would have to be divided, beside what small batches have been measured to cost."""
    source = evidence()["low_batch"]
    stated = gap.claim.batch
    smallest = source["at"][0]["batch"]
    known = low_batch(stated if stated is not None else smallest)
    # What was inferred bounds nothing: a batch as small as any that was measured may be behind the claim as well.
    high = known.high if gap.states("batch") else max(known.high, low_batch(smallest).high)
    measured = (
        f"tokens at a maximum batch of {known.measured_at:g} cost {known.median:.3g} times those at the best batch "
        f"(median of {source['configurations']} configurations; {known.low:.3g} at P5; {source['source']})"
    )
    if stated is not None and stated < known.measured_at:
        measured += f"; batch {stated:g} was not measured, and is bounded by {known.measured_at / stated:g} times P95"
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
        basis=INFERENCE if stated is None else f"batch {stated:g} is {gap.basis('batch')}",
        because=measured + lower,
    )


def _utilization(gap: _Gap) -> Iterator[Assumption]:
    """Yield the power utilization, unless it is one that is no factor of its own."""
    given = gap.asked.arguments.get("power_utilization", gap.asked.preset.power_utilization)
    claimed, states = gap.claim.power_utilization, gap.states("power_utilization")
    for low, now, _ in _quantiles(given, "power_utilization", gap.kind):
        needed = now * gap.ratio
        impossible = ", which is more than the rating" if needed > 1.0 else ""
        ends = (claimed / now,) * 2 if claimed is not None and states else (low / now, 1.0 / now)
        because = f"the claim has {claimed:g}" if states else f"P5 of the assumed utilization, {low:.3g}, to 1"
        if claimed is not None and not states:
            ends = (min(ends[0], claimed / now), max(ends[1], claimed / now))
            because += f"; {claimed:g} is inferred"
        yield gap.assumption(
            "utilization",
            *ends,
            model_value=f"{now:.3g} ({gap.kind})",
            needed=f"{needed:.3g}{impossible}",
            needed_value=needed,
            unit="1",
            basis=gap.basis("power_utilization"),
            because=because,
        )


def _pue(gap: _Gap, boundary_known: bool) -> Iterator[Assumption]:
    """Yield the PUE where a facility is counted for certain; else it is part of the boundary."""
    if not boundary_known or gap.asked.boundary not in WITH_PUE:
        return
    claimed, states = gap.claim.pue, gap.states("pue")
    for low, now, high in _quantiles(gap.asked.arguments.get("pue", gap.asked.preset.pue), "pue", gap.kind):
        ends = (claimed / now,) * 2 if claimed is not None and states else (low / now, high / now)
        because = f"the claim has {claimed:g}" if states else f"P5 to P95 of the assumed PUE, {low:.3g} to {high:.3g}"
        if claimed is not None and not states:
            ends = (min(ends[0], claimed / now), max(ends[1], claimed / now))
            because += f"; {claimed:g} is inferred"
        needed = now * gap.ratio
        yield gap.assumption(
            "pue",
            *ends,
            model_value=f"{now:.3g} ({gap.kind})",
            needed=f"{needed:.3g}{', which is less than 1' if needed < 1.0 else ''}",
            needed_value=needed,
            unit="1",
            basis=gap.basis("pue"),
            because=because,
        )


def _quantiles(given: object, name: str, statistic: str = "median") -> Iterator[tuple[float, float, float]]:
    """Yield P5, the median (or mean) and P95 of a factor that is a number or a distribution of its own."""
    if isinstance(given, (int, float, Mapping, Distribution)):
        own = as_distribution(given, name)
        low, high = own.ppf(np.array([0.05, 0.95])).tolist()
        yield low, central(own, statistic), high


def _boundary(gap: _Gap, given: bool) -> Assumption:
    """Return what the other boundaries would make of the model's energy: of its mean by means, else by medians."""
    points = point_factors(gap.asked.preset, gap.kind)
    for _, pue, _ in _quantiles(gap.asked.arguments.get("pue"), "pue", gap.kind):
        points = replace(points, pue=pue)
    factors = {one: _factor(gap.asked.boundary, one, points) for one in LADDER}
    counted, states = gap.claim.boundary, gap.states("boundary")
    nearest = min(factors, key=lambda one: abs(math.log(factors[one] / gap.ratio)))
    if states and counted != gap.asked.boundary:
        ends, because = (factors[counted],) * 2, f"the claim counts {counted}; "
    elif states or given:
        ends, because = (1.0, 1.0), "the boundary is given; others: "
    else:
        ends = (min(factors.values()), max(factors.values()))
        because = f"{counted} is inferred; others: " if counted in LADDER else "it is not known; others: "
    basis = gap.basis("boundary")
    if given and not states and counted in LADDER and counted != gap.asked.boundary:
        # The user's boundary says what the model counts, and not what the claim does.
        ends = (min(1.0, factors[counted]), max(1.0, factors[counted]))
        because = f"that the claim counts {counted} is inferred; "
    elif given and not states:
        basis = GIVEN
    listed = ", ".join(f"{name} x {value:.3g}" for name, value in factors.items())
    return gap.assumption(
        "boundary",
        *ends,
        model_value=gap.asked.boundary,
        needed=f"a factor of {gap.ratio:.3g}; nearest is {nearest} (x {factors[nearest]:.3g})",
        needed_value=gap.ratio,
        unit="1",
        basis=basis,
        because=because + listed,
    )


def _factor(source: str, target: str, points: Any) -> float:
    taken = steps(source, target, points)
    return taken[-1].wh if taken else 1.0


def _levers(gap: _Gap) -> Iterator[Assumption]:
    """Yield for a claim below the model the efficiency levers of the preset, unless some are applied already."""
    if gap.ratio >= 1.0 or gap.asked.arguments.get("levers", "none") != "none":
        return
    for name in ("model", "serving", "hardware"):
        # A claim about a model of the catalog has no other model behind it.
        if name not in gap.asked.preset.levers or (name == "model" and not gap.asked.blend):
            continue
        _, _, high = next(_quantiles(gap.asked.preset.levers[name], "levers"))
        yield gap.assumption(
            f"more efficient {name}",
            1.0 / high,
            1.0,
            model_value="that of the benchmark rows",
            needed=f"{1.0 / gap.ratio:.3g} times the efficiency",
            needed_value=1.0 / gap.ratio,
            unit="1",
            basis=INFERENCE,
            because=f"P95 of the lever {name!r} of preset {gap.asked.preset.name}, {high:.3g}",
        )


def _statistic(gap: _Gap, model: Histogram) -> Assumption:
    """Return what it would matter if the claim were the other statistic, where it does not say what it is."""
    factor = model.mean() / _median(model)
    is_mean = gap.kind == "mean"
    said = f"that the claim is a {gap.claim.statistic} is inferred" if gap.claim.statistic != UNKNOWN else ""
    return gap.assumption(
        "statistic",
        1.0 / factor if is_mean else 1.0,
        1.0 if is_mean else factor,
        model_value=gap.kind,
        needed=f"{'median over mean' if is_mean else 'mean over median'} of {gap.ratio:.3g}",
        needed_value=gap.ratio,
        unit="1",
        basis=gap.basis("statistic"),
        because=f"{said or 'the claim does not say what it is'}; the model's mean is {factor:.3g} times its median",
    )
