"""The output length at which the model's statistic is the claim, and whether traffic has such lengths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.claims.answers import Answers, known_lengths, throughputs
from wattquery.claims.assumption import GIVEN, Assumption, Gap
from wattquery.claims.conditions import Conditions
from wattquery.claims.evidence import evidence
from wattquery.engine.executor import Progress
from wattquery.sweeps.stages import between

__all__ = ["length"]

SHORTEST, LONGEST = 1.0, 100_000.0
LENGTHS, FINER = 17, 9
"""Lengths at which the model is asked first, and those between the two of them that enclose the claim."""

_FIRST = 0.65
"""Share of the time that the first lengths take, measured for the frontier's traditional query, exactly solved."""

Floats = NDArray[np.float64]


def length(gap: Gap, answers: Answers, progress: Progress | None = None) -> Assumption:
    """Return the output length that would close the gap, found by inverting the model's energy on a grid of lengths.

    Parameters
    ----------
    gap
        What is to be closed.
    answers
        Where the model's energies come from.
    progress
        Called with the share of the work done.
    """
    plausible = evidence()["output_length"]
    ends = [float(plausible["low"]), float(plausible["high"])]
    median = float(gap.conditions.output_tokens.ppf(0.5))
    lengths = _candidates(gap.conditions, ends, median)
    energies = _energies(gap, lengths, answers, between(progress, 0.0, _FIRST))
    unit = "tokens (median)" if gap.conditions.output_tokens.is_random else "tokens"
    given = "output_tokens" in gap.conditions.given
    stated = given or gap.states("output_tokens")
    low, high = (1.0, 1.0) if stated else (np.interp(ends, lengths, energies) / gap.model_wh).tolist()
    words: dict[str, Any] = {
        "model_value": _tokens(median, unit),
        "unit": unit,
        "basis": GIVEN if given else gap.basis("output_tokens"),
        "because": "the length is given"
        if stated
        else f"medians of real traffic, {ends[0]:g} ({plausible['low_source']}) to {ends[1]:g} tokens "
        f"({plausible['high_source']})",
    }
    target = gap.ratio * gap.model_wh
    if not energies[0] <= target <= energies[-1]:
        beyond = f"below {lengths[0]:.3g}" if target < energies[0] else f"above {lengths[-1]:,.0f}"
        return gap.assumption("length", low, high, needed=beyond, needed_value=math.nan, extrapolated=True, **words)
    place = int(np.clip(np.searchsorted(energies, target), 1, lengths.size - 1))
    finer = np.geomspace(lengths[place - 1], lengths[place], FINER)
    there = _energies(gap, finer, answers, between(progress, _FIRST, 1.0))
    needed = float(np.exp(np.interp(math.log(target), np.log(there), np.log(finer))))
    outside = _outside(gap.conditions, needed)
    said = f"{_tokens(needed, unit)}{', beyond the throughput fit' if outside else ''}"
    return gap.assumption("length", low, high, needed=said, needed_value=needed, extrapolated=outside, **words)


def _candidates(conditions: Conditions, ends: Sequence[float], median: float) -> Floats:
    """Return the lengths to ask for: those of a grid that the rows speak for, else two beside the length itself."""
    lengths = np.unique([*np.geomspace(SHORTEST, LONGEST, LENGTHS), *ends])
    known = known_lengths(conditions, lengths.tolist())
    return np.array(known if len(known) > 1 else [0.99 * median, 1.01 * median])


def _energies(gap: Gap, lengths: Floats, answers: Answers, progress: Progress | None) -> Floats:
    energies = answers.at_lengths(gap.conditions, lengths.tolist(), progress)[gap.statistic]
    # Whole tokens make steps, and inverting needs a curve that does not fall.
    return np.maximum.accumulate(energies)


def _outside(conditions: Conditions, tokens: float) -> bool:
    """Return whether a length lies beyond the rows of any of the models, or theirs are unknown."""
    ranges = [model.output_range for model in throughputs(conditions).values()]
    return any(ends is None or not ends[0] <= tokens <= ends[1] for ends in ranges)


def _tokens(count: float, unit: str) -> str:
    return f"{count:,.0f} {unit}" if count >= 10 else f"{count:.2g} {unit}"
