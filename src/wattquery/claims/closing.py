"""What closes a gap: the smallest set of assumptions that would close it. Inference, and said as such."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from wattquery.claims.assumption import Assumption

__all__ = ["Closing", "closing"]

ROUNDING = 1e-9
_NAMED = 3
"""Alternatives that are named in words; how many more there are is said."""

_EXTRAPOLATED = " But no benchmark row has such lengths: the model itself is extrapolated here."
_INFERENCE = " This is inference: sources do not say which of these holds."
_SPREAD = " It lies between the model's P5 and P95, so what the model leaves open is also enough."


@dataclass(frozen=True)
class Closing:
    """Which assumptions would close the gap. Inference, never a finding about what a source did.

    Attributes
    ----------
    kind
        ``"inside"``: the claim lies between the model's P25 and P75, and there is nothing to explain; ``"single"``:
        one assumption is enough; ``"combination"``: several together are; ``"none"``: not even all of them.
    assumptions
        The smallest set that is enough, the one that is stretched least; all that act in the right direction where
        none is.
    alternatives
        Other sets of that size that are enough.
    left
        The factor that stays open [1]; 1 where nothing does.
    text
        The same in words.
    """

    kind: str
    assumptions: tuple[str, ...]
    alternatives: tuple[tuple[str, ...], ...]
    left: float
    text: str


def closing(gap: float, level: float, assumptions: Sequence[Assumption], *, extrapolated: bool) -> Closing:
    """Return the smallest set of assumptions whose plausible factors hold the gap.

    Parameters
    ----------
    gap
        The claim over the model's statistic [1].
    level
        The quantile of the model at which the claim falls [1].
    assumptions
        All that may differ.
    extrapolated
        Whether no benchmark row has such lengths, which the text then says.
    """
    end = _EXTRAPOLATED if extrapolated else ""
    if 0.25 <= level <= 0.75:
        text = "The claim lies between the model's P25 and P75: there is no gap that asks for an explanation."
        return Closing("inside", (), (), 1.0, text + end)
    end = f"{_SPREAD if 0.05 <= level <= 0.95 else ''}{_INFERENCE}{end}"
    acting = [assumption for assumption in assumptions if _reach(assumption, gap) > ROUNDING]
    names = _smallest_sets(acting, gap)
    if names:
        kind = "single" if len(names[0]) == 1 else "combination"
        return Closing(kind, names[0], tuple(names[1:]), 1.0, _words(gap, names) + end)
    left = math.exp(abs(math.log(gap)) - sum(_reach(assumption, gap) for assumption in acting))
    everything = " and ".join(assumption.name for assumption in acting) or "no assumption"
    text = f"A factor of {gap:.3g} is not closed: with {everything} as far as is plausible, {left:.3g} is left."
    return Closing("none", tuple(assumption.name for assumption in acting), (), left, text + end)


def _smallest_sets(acting: Sequence[Assumption], gap: float) -> list[tuple[str, ...]]:
    """Return the names in every set of the smallest size that closes the gap, the least stretched set first."""
    for size in range(1, len(acting) + 1):
        enough = [subset for subset in combinations(acting, size) if _closes(subset, gap)]
        if enough:
            # Stretched least: the smallest part of what is plausible has to be true.
            enough.sort(key=lambda subset: abs(math.log(gap)) / sum(_reach(part, gap) for part in subset))
            return [tuple(assumption.name for assumption in subset) for subset in enough]
    return []


def _reach(assumption: Assumption, gap: float) -> float:
    """Return how far an assumption can go towards the gap, in ln E."""
    return math.log(assumption.high) if gap > 1.0 else -math.log(assumption.low)


def _closes(subset: Sequence[Assumption], gap: float) -> bool:
    return sum(_reach(assumption, gap) for assumption in subset) >= abs(math.log(gap)) - ROUNDING


def _words(gap: float, names: Sequence[tuple[str, ...]]) -> str:
    first, others = " and ".join(names[0]), [" and ".join(subset) for subset in names[1:]]
    if len(names[0]) == 1:
        text = f"A factor of {gap:.3g}: {first} alone would close it"
    else:
        text = f"A factor of {gap:.3g}: no single assumption closes it; {first} together would"
    more = len(others) - _NAMED
    named = others[:_NAMED] + ([f"{more} more"] if more > 0 else [])
    return f"{text}, and so would {'; or '.join(named)}." if named else f"{text}."
