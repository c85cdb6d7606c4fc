"""Accelerators as the equations see them, and the families that they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog.facts import Accelerator, accelerators
from wattquery.throughput.load.gathered import gathered

__all__ = ["Hardware", "families", "hardware_of"]

_FAMILIES = {
    "Hopper": ("H100", "H200", "H800", "GH200"),
    "Blackwell": ("B200", "B300", "GB200", "GB300"),
    "Ampere": ("A100", "A800", "A30"),
    "CDNA 3": ("MI300", "MI325"),
    "CDNA 4": ("MI350", "MI355"),
    "Ada": ("L40S", "L4"),
    "Blackwell workstation": ("RTX",),
}
"""Generations of accelerators, by how their names begin."""

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


def hardware_of(names: Sequence[str]) -> Hardware:
    """Return the numbers of each row's accelerator, NaN where it is not known.

    Parameters
    ----------
    names
        Labels of the catalog ``default``; see `wattquery.catalog.Accelerator`.

    Examples
    --------
    >>> hardware_of(["H200", "abacus"]).power_w
    array([700.,  nan])
    """
    known = accelerators()
    found, rows = np.unique(np.asarray(names, dtype=str), return_inverse=True)
    return gathered([_numbers(known[name]) if name in known else _UNKNOWN for name in found] or [_UNKNOWN], rows)


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


def families(names: Sequence[str]) -> NDArray[np.object_]:
    """Return the family of each row's accelerator; one of no family is a family of its own.

    Examples
    --------
    >>> list(families(["H200", "GB200 NVL72", "abacus"]))
    ['Hopper', 'Blackwell', 'abacus']
    """
    made = np.empty(len(names), dtype=object)
    made[:] = [next((one for one, begin in _FAMILIES.items() if name.startswith(begin)), name) for name in names]
    return made
