"""Power of an accelerator while nothing runs."""

from __future__ import annotations

from functools import cache

import numpy as np

from wattquery.catalog.facts import Accelerator, accelerators
from wattquery.throughput.load.deployments.own_watts import NO_WATTS, Watts

__all__ = ["IDLE_SD", "idle_relative_sd", "idle_share", "idle_watts"]


IDLE_SD = 0.3
"""Standard deviation of the idle power of an accelerator of which none was measured, relative to it [1]. The four
that have one in the catalog, of two vendors and all large, differ by 0.1: three times that is a judgement."""


def idle_watts(facts: Accelerator, own: Watts = NO_WATTS) -> float:
    """Return the power of an accelerator on which nothing runs, weights loaded or not [W].

    Measured where the catalog has it, else the share of the thermal design power that is usual; see `idle_share`.

    Parameters
    ----------
    facts
        What is known of it.
    own
        What a user measured, which comes first.

    Examples
    --------
    >>> from wattquery import catalog
    >>> idle_watts(catalog.accelerator("H100 SXM")), round(idle_watts(catalog.accelerator("B200")))
    (120.0, 163)
    """
    if facts.hardware in own:
        return own[facts.hardware][0]
    if facts.idle_w is not None:
        return facts.idle_w
    return np.nan if facts.tdp_w is None else idle_share() * facts.tdp_w


def idle_relative_sd(facts: Accelerator, own: Watts = NO_WATTS) -> float:
    """Return what is not known of that power, relative to it: nothing where it was measured or stated [1].

    Of a user's own measurement it is what the user says.

    Parameters
    ----------
    facts
        What is known of the accelerator.
    own
        What a user measured, which comes first.

    Examples
    --------
    >>> from wattquery import catalog
    >>> idle_relative_sd(catalog.accelerator("H100 SXM")), idle_relative_sd(catalog.accelerator("B200"))
    (0.0, 0.3)
    """
    if facts.hardware in own:
        return own[facts.hardware][1]
    return IDLE_SD if facts.idle_w is None else 0.0


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
