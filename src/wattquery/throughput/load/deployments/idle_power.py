"""Power of an accelerator while nothing runs."""

from __future__ import annotations

from functools import cache

import numpy as np

from wattquery.catalog.facts import Accelerator, accelerators

__all__ = ["idle_share", "idle_watts"]


def idle_watts(facts: Accelerator) -> float:
    """Return the power of an accelerator on which nothing runs, weights loaded or not [W].

    Measured where the catalog has it, else the share of the thermal design power that is usual; see `idle_share`.

    Parameters
    ----------
    facts
        What is known of it.

    Examples
    --------
    >>> from wattquery import catalog
    >>> idle_watts(catalog.accelerator("H100 SXM")), round(idle_watts(catalog.accelerator("B200")))
    (120.0, 163)
    """
    if facts.idle_w is not None:
        return facts.idle_w
    return np.nan if facts.tdp_w is None else idle_share() * facts.tdp_w


@cache
def idle_share() -> float:
    """Return the usual idle power over the thermal design power: the median of the accelerators that have both [1].

    A judgement for all others: those measured have 0.14 to 0.18 of it, two generations of one vendor and one of
    another.

    Examples
    --------
    >>> 0.14 < idle_share() < 0.18
    True
    """
    known = [one.idle_w / one.tdp_w for one in accelerators().values() if one.idle_w and one.tdp_w]
    return float(np.median(known))
