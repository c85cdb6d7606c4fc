"""Accelerators as the equations see them, and the families that they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog.facts import OWN_KEY, Accelerator, accelerators
from wattquery.catalog.hardware_families import family_of
from wattquery.throughput.load.gathered import gathered
from wattquery.throughput.load.known import TABLES, Known

__all__ = ["Hardware", "families", "hardware_of"]

_USUAL_LINK_GBPS = 300.0


@dataclass(frozen=True, eq=False)
class Hardware:
    """What the equations need of an accelerator: numbers, or an array of them for each row.

    Attributes
    ----------
    memory_bytes, bandwidth
        Memory [bytes] and its bandwidth [bytes/s].
    flops_16, flops_8, flops_4
        Peak rates of dense products in 16, 8 and 4 bits; where one is missing, that of the next wider [FLOP/s].
    power_w
        Thermal design power [W].
    link
        Bandwidth of the links within a node, in one direction [bytes/s].
    """

    memory_bytes: Any
    bandwidth: Any
    flops_16: Any
    flops_8: Any
    flops_4: Any
    power_w: Any
    link: Any


_UNKNOWN = Hardware(**{one.name: np.nan for one in fields(Hardware)})


def hardware_of(names: Sequence[str], *, known: Known = TABLES) -> Hardware:
    """Return the numbers of each row's accelerator, NaN where it is not known.

    Parameters
    ----------
    names
        Labels of the catalog ``default``; see `wattquery.catalog.Accelerator`.
    known
        The accelerators that are known.

    Examples
    --------
    >>> hardware_of(["H200", "abacus"]).power_w
    array([700.,  nan])
    """
    found, rows = np.unique(np.asarray(names, dtype=str), return_inverse=True)
    facts = [known.accelerator(str(name)) for name in found]
    return gathered([_UNKNOWN if one is None else _numbers(one) for one in facts] or [_UNKNOWN], rows)


def _numbers(facts: Accelerator) -> Hardware:
    rates = [np.nan]
    for rate in (facts.fp16_tflops, facts.fp8_tflops, facts.fp4_tflops):
        rates.append(rates[-1] if rate is None else 1e12 * rate)
    return Hardware(
        memory_bytes=1e9 * _number(facts.memory_gb),
        bandwidth=1e12 * _number(facts.bandwidth_tbps),
        flops_16=rates[1],
        flops_8=rates[2],
        flops_4=rates[3],
        power_w=_number(facts.tdp_w),
        link=1e9 * (_USUAL_LINK_GBPS if facts.link_gbps is None else facts.link_gbps),
    )


def _number(fact: float | None) -> float:
    return np.nan if fact is None else fact


def families(names: Sequence[str], *, known: Known = TABLES) -> NDArray[np.object_]:
    """Return the family of each row's accelerator; one of no family is a family of its own.

    Parameters
    ----------
    names
        Labels of the catalog ``default``; see `wattquery.catalog.Accelerator`.
    known
        The accelerators that are known. One that a user described has the family that was stated, or none: what it is
        called tells nothing.

    Examples
    --------
    >>> list(families(["H200", "GB200 NVL72", "abacus"]))
    ['Hopper', 'Blackwell', 'abacus']
    """
    found = {name: _family(name, known.accelerators.get(name)) for name in dict.fromkeys(names)}
    made = np.empty(len(names), dtype=object)
    made[:] = [found[name] for name in names]
    return made


def _family(name: str, own: Accelerator | None) -> str:
    if own is not None and own.family:
        return own.family
    if own is not None and name not in accelerators():
        return f"{OWN_KEY}{name}"
    return family_of(name) or name
