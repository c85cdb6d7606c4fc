"""Whether power and energy agree with the ratings of the hardware, with each other and with the rate."""

from __future__ import annotations

import math
from collections.abc import Iterator

from wattquery.catalog.physics.constants import (
    EXPLAINED_WITHIN,
    JOULES_WITHIN,
    LEAST_OF_RATING,
    LEAST_POWER,
    MOST_OF_RATING,
    NODE_OVER_ACCELERATORS,
    NODE_RATING_WITHIN,
)
from wattquery.catalog.physics.point import IMPOSSIBLE, QUESTIONABLE, Finding, OperatingPoint
from wattquery.catalog.physics.sizes import Accelerator
from wattquery.catalog.physics.words import near, plain, times, tokens_rate, watts

__all__ = ["joules_findings", "part_findings", "power_findings"]

_KILO = 1000.0


def power_findings(point: OperatingPoint) -> Iterator[Finding]:
    """Yield what the ratings say against a power, of one accelerator, of all of them or of their node."""
    device, count = point.accelerator, point.accelerators or 1.0
    if device is None or not device.power:
        return
    wall = _node_share(device)
    rating = wall if point.boundary == "node" else device.power
    found: list[Finding] = []
    if point.power:
        whose = "a node for each accelerator" if point.boundary == "node" else f"one {device.name}"
        found += _against_rating(point, point.power, (rating, wall, 1.0), whose)
    if point.total_power and not found:
        whose = "the node" if point.boundary == "node" else point.hardware
        found += _against_rating(point, point.total_power, (count * rating, count * wall, count), whose)
    yield from found
    yield from _node_rating(point, wall)


def _node_share(device: Accelerator) -> float:
    """Return the rated power of a node for each of its accelerators [W]."""
    if device.node_power and device.per_node:
        return device.node_power * _KILO / device.per_node
    return NODE_OVER_ACCELERATORS * (device.power or 0.0)


def _against_rating(
    point: OperatingPoint, power: float, limits: tuple[float, float, float], whose: str
) -> Iterator[Finding]:
    """Yield what is wrong with a power.

    Parameters
    ----------
    point
        The row.
    power
        The power [W].
    limits
        What it is rated at, what it is rated at with its share of the node [W], and of how many accelerators it is.
    whose
        What it is of, in words.
    """
    rating, wall, of = limits
    subject = f"{watts(power)} for {whose}"
    others = point.accelerators or 1.0
    if power > MOST_OF_RATING * rating:
        bound = f"{subject} are {times(power / rating)} its rating of {watts(rating)}"
        if power <= MOST_OF_RATING * wall:
            kind, cause = "wall-power", "it is the power of the node at the wall: name that boundary"
        elif of == 1.0 and others > 1.0 and _is_of(power / others, rating):
            kind, cause = "total-power", f"it is the total of {others:g} accelerators: write {watts(power / others)}"
        elif _is_of(power / _KILO, rating):
            kind, cause = "watts", f"it is a thousand times too large: write {watts(power / _KILO)}"
        else:
            kind, cause = "above-rating", "it is of more accelerators, or of another unit: correct it"
        yield Finding(kind, IMPOSSIBLE, f"{bound}; probably {cause}")
    elif power < LEAST_POWER * of:
        kind, cause = "other-unit", "it is in another unit than watts: correct it"
        if _is_of(power * _KILO, rating):
            kind, cause = "kilowatts", f"it is in kilowatts: write {power * _KILO:g} W"
        yield Finding(kind, IMPOSSIBLE, f"{subject} are less than any accelerator in use draws; probably {cause}")
    elif power < LEAST_OF_RATING * rating:
        cause = "it counts accelerators without work, or is of a part of them: correct it"
        if of > 1.0 and _is_of(power, rating / of):
            cause = f"it is of one accelerator: multiply it by {of:g}"
        yield Finding(
            "below-idle",
            QUESTIONABLE,
            f"{subject} are {times(power / rating)} its rating of {watts(rating)}, and accelerators in use draw at "
            f"least {LEAST_OF_RATING:g}; probably {cause}",
        )


def _is_of(power: float, rating: float) -> bool:
    """Return whether a power is that of something in use with such a rating."""
    return LEAST_OF_RATING * rating <= power <= MOST_OF_RATING * rating


def _node_rating(point: OperatingPoint, wall: float) -> Iterator[Finding]:
    """Yield where the rating of the node that a row states is not that of its hardware."""
    device, stated = point.accelerator, point.node_rating
    if device is None or not stated or not point.accelerators:
        return
    counts = (device.per_node or point.accelerators, point.accelerators)
    count = min(counts, key=lambda one: abs(math.log(stated / (one * wall / _KILO))))
    known = count * wall / _KILO
    if near(stated, known, NODE_RATING_WITHIN):
        return
    cause = "it is of other hardware, or of another number of accelerators: correct it, or keep it where it is meant"
    if near(stated, count * (device.power or 0.0) / _KILO, JOULES_WITHIN):
        cause = "it counts the accelerators and not the rest of the node: write the rating of the node"
    yield Finding(
        "node-rating",
        QUESTIONABLE,
        f"a node power of {stated:g} kW is {times(stated / known)} the {known:.3g} kW of {count:g} {device.name} with "
        f"their node; probably {cause}",
    )


def is_of_part(part: OperatingPoint, whole: float, *, by_name: bool) -> bool:
    """Return whether a row is of some accelerators of a node and nothing of it is of the whole node.

    Parameters
    ----------
    part
        The row, read as that of some accelerators.
    whole
        Those of the node.
    by_name
        Whether the name of the hardware counts them: the power alone tells otherwise.
    """
    device, stated = part.accelerator, part.node_rating
    if not stated or device is None or not device.power:
        return by_name
    each = _node_share(device) / _KILO
    if near(stated, whole * each, NODE_RATING_WITHIN):
        return False
    return by_name or near(stated, (part.accelerators or 1.0) * each, NODE_RATING_WITHIN)


def part_findings(part: OperatingPoint, whole: OperatingPoint) -> list[Finding]:
    """Return that a rate is of some accelerators of a node and the power of all: all energies of it are too high.

    Parameters
    ----------
    part, whole
        The row, read as that of some accelerators and of their whole node.
    """
    device, stated, some, count = part.accelerator, part.node_rating, part.accelerators, whole.accelerators
    if device is None or not device.power or not stated or not some or not count:
        return []
    each = _node_share(device) / _KILO
    if not near(stated, count * each, NODE_RATING_WITHIN) or near(stated, some * each, NODE_RATING_WITHIN):
        return []
    rate = f"multiply the rate by {plain(count / some)}" if part.output_rate else "multiply the rate"
    return [
        Finding(
            "part-of-node",
            QUESTIONABLE,
            f"a rate of {part.hardware} has a node power of {stated:g} kW, which is that of {count:g}, so that every "
            f"energy is {times(count / some)} too high; probably one of the two is of another number: {rate}, or write "
            f"{plain(stated * some / count)} kW, or {count:g} accelerators where the rate is of all",
        )
    ]


def joules_findings(point: OperatingPoint) -> Iterator[Finding]:
    """Yield where joules per output token x output rate is not the power."""
    total = point.total_power or (point.power or 0.0) * (point.accelerators or 0.0)
    if not (total and point.joules_per_token and point.output_rate):
        return
    told = point.joules_per_token * point.output_rate
    ratio = told / total
    if near(ratio, 1.0, JOULES_WITHIN):
        return
    count = point.accelerators or 1.0
    tokens = 1.0 + (point.input_tokens or 0.0) / (point.output_tokens or 1.0)
    cause = "one of the three is of a part of the accelerators, or of another run: correct it"
    if near(ratio, _KILO, EXPLAINED_WITHIN) or near(ratio, 1.0 / _KILO, EXPLAINED_WITHIN):
        unit = "millijoules" if ratio > 1.0 else "kilojoules"
        cause = f"the energy is in {unit}: write {plain(total / point.output_rate)} J"
    elif count > 1.0 and near(ratio, count, EXPLAINED_WITHIN):
        cause = "the power is of one accelerator, for the factor is their number: write the total"
    elif count > 1.0 and near(ratio, 1.0 / count, EXPLAINED_WITHIN):
        cause = "the rate or the energy is of one accelerator, for the factor is their number: write the total"
    elif tokens > JOULES_WITHIN and near(ratio, 1.0 / tokens, EXPLAINED_WITHIN):
        cause = "the energy is per input + output token: write it per output token"
    elif tokens > JOULES_WITHIN and near(ratio, tokens, EXPLAINED_WITHIN):
        cause = "the rate counts input + output tokens: write the output tokens"
    yield Finding(
        "joules-disagree",
        QUESTIONABLE,
        f"{plain(point.joules_per_token)} J per output token at {tokens_rate(point.output_rate)} tokens/s are "
        f"{watts(told)}, {times(ratio)} the power of {watts(total)}; probably {cause}",
    )
