"""`operating_point`: the least energy of a query that meets a target of latency, over loads and sizes of instances.

Loads are looked at on a grid, first from one running sequence to all that fit in steps of some 9 %, then ever finer
between the neighbours of the best. The energy of a query is monotone in the load nearly everywhere, and so are
latencies; a grid finds the least also where they are not, as where weights stop being what memory reads most.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Unpack, cast

import numpy as np

from wattquery.errors import InputError
from wattquery.inputs.arguments import refuse_unknown
from wattquery.sweeps.arguments import SweepArguments
from wattquery.sweeps.estimate import RUN_ARGUMENTS, estimate
from wattquery.sweeps.instance_sizes import SIZES, sizes_by_hardware
from wattquery.sweeps.load_dataset import table_of
from wattquery.sweeps.load_estimate import LoadEstimate
from wattquery.sweeps.load_points import (
    SEARCHED,
    TARGET_ARGUMENTS,
    LoadPoints,
    check_free,
    instance_in_words,
    points_at,
    prepared,
    stated,
)
from wattquery.sweeps.operating_point_result import OperatingPoint
from wattquery.sweeps.run import Run
from wattquery.sweeps.settings import settings
from wattquery.sweeps.targets import TARGETS, asked_as, checked_targets, in_words, limits_of, reached
from wattquery.throughput.load.deployments import remedy

__all__ = ["OperatingPoint", "operating_point"]

STEPS_PER_DOUBLING = 8
FINER = 32
"""Loads on the first grid, and into how many parts the interval around the best is divided after it, twice."""


@dataclass(frozen=True)
class _Best:
    """The best point: its load and median energy, what keeps the load from being higher, and of how many points."""

    load: float
    energy: float
    instance: Mapping[str, Any]
    binds: tuple[str, ...]
    points: int


def operating_point(
    model: str,
    *,
    interactivity: float | None = None,
    time_per_output_token: float | None = None,
    time_to_first_token: float | None = None,
    **arguments: Unpack[SweepArguments],
) -> OperatingPoint:
    """Return the load at which a query takes the least energy that meets a target of latency.

    The least is that of the median energy, and a target is met where the median that the load model predicts meets it:
    means of a closed loop, no percentiles over requests. Loads go from one running sequence to the most that fit.

    Parameters
    ----------
    model
        A model of the catalog, or a `wattquery.Model`.
    interactivity
        Output tokens per second of one user at least [tokens/s], the inverse of ``time_per_output_token``.
    time_per_output_token, time_to_first_token
        At most [s].
    **arguments
        As in `wattquery.sweep`, without ``load`` and ``concurrency``, with one value for each axis. Several of
        ``accelerators``, ``precision`` or ``serving`` are compared, and the best is taken. Where ``accelerators`` is
        left out, these are 1, 2, 4 and on to a node, or the larger sizes if the model fits on none of them.
        ``method`` is ``"exact"`` where it can be, if nothing is said.

    Returns
    -------
    OperatingPoint
        The point, with the estimate of the query there.

    Raises
    ------
    InputError
        If there is no target, no point meets it, or an argument is not allowed.

    Examples
    --------
    >>> import wattquery as wq
    >>> best = wq.operating_point("Llama 3.1 70B", hardware="H100 SXM", precision="FP8", interactivity=50)
    >>> best.interactivity >= 50
    True
    """
    given: dict[str, Any] = dict(arguments)
    known = ("model", *TARGET_ARGUMENTS, *SweepArguments.__annotations__)
    refuse_unknown("operating_point", {name: given[name] for name in given if name not in known}, known)
    targets = checked_targets(
        "operating_point",
        "ask for the least energy without a target as estimate(..., load=1)",
        interactivity=interactivity,
        time_per_output_token=time_per_output_token,
        time_to_first_token=time_to_first_token,
    )
    check_free("operating_point", given)
    settings(**{name: value for name, value in given.items() if name in RUN_ARGUMENTS})
    limits = limits_of(targets)
    first = _first_points(model, given)
    if not first.meets(limits).any():
        raise InputError(_out_of_reach(first, targets, limits))
    best = _refined(model, given, first, limits)
    # Where the exact method cannot take the cell, the search has sampled it as well.
    chosen = {"method": first.run.method, **given, **stated(best.instance), "load": best.load}
    binds = " and ".join(asked_as(name, targets) for name in best.binds)
    return OperatingPoint(cast(LoadEstimate, estimate(model, **chosen)), best.load, targets, binds, best.points)


def _first_points(model: object, given: dict[str, Any]) -> LoadPoints:
    """Return points from one running sequence or fewer to the most that fit, of all instances that are compared.

    Sizes of instances that are compared where none is given are added to what was given.
    """
    if given.get("accelerators") is None:
        every = prepared(model, {**given, "accelerators": list(SIZES)}, np.ones(1))
        (given["accelerators"],) = sizes_by_hardware(every)
    run = prepared(model, given, np.ones(1))
    table = table_of(run.lowered)
    fits = table.reason == ""
    if not fits.any():
        raise InputError(_nothing_fits(run, table.reason.tolist()))
    most = max(float(table.most_sequences[fits].max()), 2.0)
    count = 1 + math.ceil(STEPS_PER_DOUBLING * math.log2(most))
    return points_at(model, given, np.geomspace(1.0 / most, 1.0, count))


def _refined(model: object, given: Mapping[str, Any], first: LoadPoints, limits: Mapping[str, float]) -> _Best:
    """Return the best point, between the loads of the first grid.

    From one load to the next, the energy of a query falls by no more than the load rises: what all sequences share is
    divided among so many more. So an instance that is worse than the best by more cannot become it.
    """
    least = first.best(limits).min(axis=1)
    worth = np.flatnonzero(least <= least.min() * 2.0 ** (1.0 / STEPS_PER_DOUBLING))
    found = [_of_instance(model, given, first, limits, int(number)) for number in worth]
    best = min(found, key=lambda one: one.energy)
    return replace(best, points=first.energy.size + sum(one.points for one in found))


def _of_instance(
    model: object, given: Mapping[str, Any], first: LoadPoints, limits: Mapping[str, float], number: int
) -> _Best:
    """Return the best point of one instance."""
    instance = first.instances[number]
    points, row, compared = first, number, 0
    for _ in range(2):
        place = int(np.argmin(points.best(limits)[row]))
        before, after = max(place - 1, 0), min(place + 1, points.loads.size - 1)
        low, high = points.loads[before], points.loads[after]
        loads = np.union1d(np.linspace(low, high, FINER + 1), points.loads[place])
        least = {name: float(found[row, before]) for name, found in points.latencies.items()}
        points, row = points_at(model, {**given, **stated(instance)}, loads, least=least), 0
        compared += loads.size
    place = int(np.argmin(points.best(limits)[0]))
    return _Best(
        load=float(points.loads[place]),
        energy=float(points.energy[0, place]),
        instance=instance,
        binds=_binding(points, limits, place),
        points=compared,
    )


def _binding(points: LoadPoints, limits: Mapping[str, float], place: int) -> tuple[str, ...]:
    """Return what keeps the load of a point from being higher."""
    if points.loads[place] == 1.0:
        asked = points.run.study.load
        is_capped = asked is not None and points.most[0, place] >= asked.max_sequences
        return ("max_sequences",) if is_capped else ("memory",)
    after = min(place + 1, points.loads.size - 1)
    return tuple(name for name, most in limits.items() if points.latencies[name][0, after] > most) or ("nothing",)


def _out_of_reach(points: LoadPoints, targets: Mapping[str, float], limits: Mapping[str, float]) -> str:
    """Return the message where no point meets all targets: the best that can be reached, and where."""
    alone = {name: points.meets({name: most}).any() for name, most in limits.items()}
    name = next((name for name, can in alone.items() if not can), list(limits)[-1])
    others = {other: most for other, most in limits.items() if other != name and alone[name]}
    latencies = np.where(points.meets(others), points.latencies[name], np.inf)
    number, place = divmod(int(np.argmin(latencies)), points.loads.size)
    asked = asked_as(name, targets)
    best = reached(name, float(latencies[number, place]), targets)
    wanted = " and ".join(in_words(one, value) for one, value in targets.items())
    beside = "".join(f" with {in_words(one, targets[one])}" for one in (asked_as(other, targets) for other in others))
    at_best = f"{'most' if asked == 'interactivity' else 'least'}{beside}"
    where = instance_in_words(points.instances[number])
    running = points.running[number, place]
    return (
        f"No load gives {wanted} in the median, of which the {at_best} is {best:.3g} {TARGETS[asked][0]}, at "
        f"concurrency {running:.3g} on {where}: ask for no more than that, or pass other hardware, another precision "
        "or more accelerators."
    )


def _nothing_fits(run: Run, reasons: Sequence[str]) -> str:
    """Return the message where there is no instance at all."""
    values = itertools.product(*(getattr(run.grid, name).values for name in SEARCHED))
    instances = [instance_in_words(dict(zip(SEARCHED, one, strict=True))) for one in values]
    said = dict.fromkeys(f"{one}: {why}" for one, why in zip(instances, reasons, strict=True))
    fixes = dict.fromkeys(remedy(why) for why in reasons)
    return f"There is no instance to look for a load of ({'; '.join(said)}): {', or '.join(fixes)}."
