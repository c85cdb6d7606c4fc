"""Whether memory allows a row: its bandwidth for what a decode step reads, its size for weights and cache."""

from __future__ import annotations

from collections.abc import Iterator

from wattquery.catalog.physics.constants import (
    FEWEST_CACHE_BYTES,
    LARGER_VARIANT,
    MOST_OF_BANDWIDTH,
    MOST_OF_MEMORY,
    MOST_SPECULATED,
    USED_MEMORY,
    USUAL_CACHE_BYTES,
    USUALLY_SPECULATED,
)
from wattquery.catalog.physics.point import IMPOSSIBLE, QUESTIONABLE, Finding, OperatingPoint
from wattquery.catalog.physics.sizes import Architecture
from wattquery.catalog.physics.words import times, tokens_rate

__all__ = ["bandwidth_findings", "capacity_findings"]

_BITS_PER_BYTE = 8.0
_GIGABYTE = 1e9


def bandwidth_findings(point: OperatingPoint) -> Iterator[Finding]:
    """Yield what the bandwidth of the memory says against a rate at a stated concurrency.

    A step of B sequences reads the weights that it touches once, and the cache of each sequence; it yields B tokens, or
    more with speculation.
    """
    sequences = point.running or point.concurrency
    model, device, bits = point.architecture, point.accelerator, point.bits
    if not (model and device and device.bandwidth and point.accelerators and sequences and point.output_rate and bits):
        return
    if point.phase == "prefill only":
        return
    bandwidth = point.accelerators * device.bandwidth
    weights = model.touched(sequences) * bits / _BITS_PER_BYTE
    most = 1.0 if point.speculation == "off" else MOST_SPECULATED
    best = MOST_OF_BANDWIDTH * most * sequences * bandwidth / weights
    subject = (
        f"{tokens_rate(point.output_rate)} output tokens/s of {model.name} in {point.precision} on {point.hardware} at "
        f"{sequences:,g} {'running sequences' if point.running else 'concurrent requests'}"
    )
    fix = "probably the concurrency is of one accelerator, or the rate of several instances: correct one of the two"
    if point.output_rate > best:
        yield Finding(
            "above-bandwidth",
            IMPOSSIBLE,
            f"{subject} read the weights faster than the memory can, which allows at most {tokens_rate(best)}; {fix}",
        )
        return
    context = (point.input_tokens or 0.0) + (point.output_tokens or 0.0) / 2.0
    cache = sequences * model.read(context) * FEWEST_CACHE_BYTES.get(bits, 1.0)
    usual = {"off": 1.0, "on": MOST_SPECULATED}.get(point.speculation, USUALLY_SPECULATED)
    best = MOST_OF_BANDWIDTH * usual * sequences * bandwidth / (weights + cache)
    if point.output_rate > best:
        yield Finding(
            "above-bandwidth",
            QUESTIONABLE,
            f"{subject} read weights and cache {times(point.output_rate / best)} as fast as the memory can, even with "
            f"{usual:g} tokens a step; {fix}",
        )


def capacity_findings(point: OperatingPoint) -> Iterator[Finding]:
    """Yield what does not fit into the memory: the weights, or the cache of all sequences beside them."""
    model, device, bits = point.architecture, point.accelerator, point.bits
    if not (model and model.total and device and device.memory and point.accelerators and bits):
        return
    memory = MOST_OF_MEMORY * point.accelerators * device.memory
    weights = model.total * bits / _BITS_PER_BYTE
    if weights > memory:
        yield Finding(
            "weights-do-not-fit",
            IMPOSSIBLE if weights > LARGER_VARIANT * memory else QUESTIONABLE,
            f"the weights of {model.name} in {point.precision} take {weights / _GIGABYTE:,.0f} GB, and "
            f"{_room(point, 1.0)}; {_why_not(model, weights, memory, bits)}",
        )
        return
    sequences = point.running or point.concurrency
    if not sequences or not model.cache or point.input_tokens is None or point.output_tokens is None:
        return
    context = point.input_tokens + point.output_tokens / 2.0
    elements = sequences * model.cached(context)
    least, usual = (elements * size.get(bits, 1.0) for size in (FEWEST_CACHE_BYTES, USUAL_CACHE_BYTES))
    who = f"{sequences:,g} {'running' if point.running else 'concurrent'} sequences of {context:,g} tokens on average"
    beside = f"beside {weights / _GIGABYTE:,.0f} GB of weights of {model.name} in {point.precision}"
    if point.running and weights + least > memory:
        yield Finding(
            "cache-does-not-fit",
            IMPOSSIBLE,
            f"the cache of {who} takes at least {least / _GIGABYTE:,.0f} GB {beside}, and {_room(point, 1.0)}; "
            "probably that is the largest batch and not the average one: write the average",
        )
    elif weights + usual > USED_MEMORY * memory:
        yield Finding(
            "cache-does-not-fit",
            QUESTIONABLE,
            f"the cache of {who} takes {usual / _GIGABYTE:,.0f} GB {beside}, and {_room(point, USED_MEMORY)}; probably "
            "fewer run at a time and the others wait: write the batch that runs",
        )


def _why_not(model: Architecture, weights: float, memory: float, bits: int) -> str:
    """Return what probably happened where weights do not fit."""
    causes = ["there were more accelerators"]
    causes += [f"the weights have {one} bits" for one in (8, 4) if one < bits and model.total * one / 8.0 < memory][:1]
    if weights <= LARGER_VARIANT * memory:
        causes.append("it is a variant with more memory")
    return f"probably {' or '.join(causes)}: correct that, or keep the row where it is right"


def _room(point: OperatingPoint, share: float) -> str:
    """Return the memory in words."""
    memory = (point.accelerator.memory or 0.0) if point.accelerator else 0.0
    have = "has" if point.accelerators == 1.0 else "have"
    used = "" if share == 1.0 else f", of which servers use {share:.0%}"
    return f"{point.hardware} {have} {(point.accelerators or 0.0) * memory / _GIGABYTE:,.0f} GB{used}"
