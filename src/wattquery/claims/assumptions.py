"""Which assumption would close the gap between a claim and the model: what each would have to be, and what it can be.

All of this is inference: a source that states no length or batch does not say what it had in mind.
"""

from __future__ import annotations

from wattquery.claims.answers import Answers
from wattquery.claims.assumption import Assumption, Gap
from wattquery.claims.needed_factors import batch, boundary, levers, pue, statistic, utilization
from wattquery.claims.needed_length import length
from wattquery.engine.executor import Progress
from wattquery.histograms import Histogram

__all__ = ["assumptions"]


def assumptions(
    gap: Gap, model: Histogram, answers: Answers, progress: Progress | None = None
) -> tuple[Assumption, ...]:
    """Return every assumption that may differ, with what it would have to be and what it plausibly can be.

    Parameters
    ----------
    gap
        What is to be explained.
    model
        The model's distribution under the conditions of the claim.
    answers
        Where the model's energies at other lengths come from.
    progress
        Called with the share of the work done: the search for a length, all else is arithmetic.
    """
    differing = [
        length(gap, answers, progress),
        batch(gap),
        *utilization(gap),
        *pue(gap),
        boundary(gap),
        *levers(gap),
    ]
    if not gap.states("statistic"):
        differing.append(statistic(gap, model))
    return tuple(differing)
