"""Measured points of a user as rows of the instances that a grid asks for, and those that calibrate nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.deployments.builds import build_of
from wattquery.throughput.load.deployments.replicas import of_one_replica
from wattquery.throughput.load.deployments.sixteen_bits import counted_as
from wattquery.throughput.load.known import TABLES, Known
from wattquery.throughput.load.model import LoadModel
from wattquery.throughput.load.observations import QUANTITIES, Observations
from wattquery.throughput.load.shipped_rows import shipped_observations
from wattquery.throughput.load.stack_classes import stack_class
from wattquery.throughput.load.support import architecture_keys, instance_keys

__all__ = ["MOST_POINTS", "OwnRows", "is_yours", "own_rows"]

Numbers = NDArray[np.float64]
Which = NDArray[np.bool_]

_SAME, _TO_THE_DIGIT = 1e-3, 5e-5
"""Of a number, within which a point says what a row that ships says: at the same load and lengths, and at whatever load
but the same output, where sources may state another one of one run."""

MOST_POINTS = 400
"""Points of one model that count: what is solved grows with the cube of their number, and the last ones tell little."""

_LOADS_AND_LENGTHS = ("concurrency", "batch", "input_tokens", "output_tokens")
_YOURS = "your measurements"


@dataclass(frozen=True, eq=False)
class OwnRows:
    """Measured points as rows of instances.

    Attributes
    ----------
    rows
        Those that calibrate, in an order that depends on nothing but what they say.
    passed_over
        Which calibrate nothing, and why: words that say so of a point.
    """

    rows: Observations
    passed_over: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.rows)


def is_yours(source: str) -> bool:
    """Return whether a source of rows is a user's own measurements."""
    return source.startswith(_YOURS)


def own_rows(
    given: Observations, model: LoadModel, *, known: Known = TABLES, speculation: str = "off", name: str = ""
) -> OwnRows:
    """Return measured points as rows of the instances of a grid.

    What a point does not tell is what the grid asks for: speculation, and the newest build of its serving system.
    Replicas of a dense model are instances of their own, BF16 and FP16 are one precision, as they are of a grid. Points
    that ship with the package are passed over: they are known already and would count twice.

    Parameters
    ----------
    given
        The points.
    model
        The load model, which tells what of a point says something.
    known
        Architectures and accelerators by which the points name theirs.
    speculation
        What the grid asks for.
    name
        What the points are called.
    """
    passed: list[tuple[str, str]] = []
    at = Conditions.of(given, known=known)
    passed += _named(given, at.reason != "", at.reason)
    passed += _named(given, given.disaggregated & (at.reason == ""), "prefill has accelerators of its own")
    rows = given.take((at.reason == "") & ~given.disaggregated)
    if len(rows):
        rows = _as_asked(rows, Conditions.of(rows, known=known), speculation, name)
        twice = _shipped_too(rows)
        passed += _named(rows, twice, "it ships with the package, and counts once")
        rows = rows.take(~twice)
    telling = np.zeros(len(rows), dtype=np.bool_)
    telling[model.telling(rows, known=known)] = True
    passed += _named(rows, ~telling, "nothing was measured of the accelerators alone, but speed or power must be")
    rows = rows.take(telling)
    rows = rows.take(_order(rows))
    kept = _spread(rows, known)
    passed += _named(rows, ~kept, f"no more than {MOST_POINTS} of a model count, spread over its configurations")
    return OwnRows(rows.take(kept), tuple(passed))


def _named(rows: Observations, which: Which, why: str | NDArray[np.object_]) -> Iterator[tuple[str, str]]:
    for place in np.flatnonzero(which):
        yield str(rows.row_id[place]) or f"row {place + 1}", why if isinstance(why, str) else str(why[place])


def _as_asked(rows: Observations, at: Conditions, speculation: str, name: str) -> Observations:
    """Return rows with what a grid would say of their instances."""
    told = rows.speculation.copy()
    told[(told == "unknown") | (told == "")] = speculation
    return replace(
        of_one_replica(rows, at),
        precision=counted_as(rows, at),
        speculation=told,
        date=_dates(rows),
        source_id=_objects([_source(name, one) for one in rows.source_id]),
    )


def _source(name: str, stated: str) -> str:
    words = ": ".join(filter(None, (name, stated)))
    return f"{_YOURS} ({words})" if words else _YOURS


def _dates(rows: Observations) -> Numbers:
    """Return when builds were made: none is newer than that for which the label of its serving system stands."""
    made = rows.date.copy()
    for place, (serving, version, date) in enumerate(zip(rows.serving, rows.version, rows.date, strict=True)):
        newest = build_of(serving)
        is_newest = stack_class(serving, version, "", date) == stack_class(serving, newest.version, "", newest.date)
        build = newest if is_newest else build_of(f"{serving} {'.'.join(version.split('.')[:2])}")
        made[place] = np.fmin(date, build.date)
    return made


def _shipped_too(rows: Observations) -> Which:
    """Return which rows say what one that ships says: the same numbers at the same load, or to the digit."""
    shipped = shipped_observations()
    made = np.zeros(len(rows), dtype=np.bool_)
    for place in range(len(rows)):
        one = rows.take(np.array([place]))
        alike = (shipped.architecture == one.architecture[0]) & (shipped.hardware == one.hardware[0])
        alike = shipped.take(alike & _close(shipped.output_tokens, one.output_tokens[0]))
        there = np.ones(len(alike), dtype=np.bool_)
        for name in _LOADS_AND_LENGTHS:
            there &= _close(getattr(alike, name), getattr(one, name)[0])
        made[place] = bool((_says(alike, one, _TO_THE_DIGIT) | (there & _says(alike, one, _SAME))).any())
    return made


def _says(rows: Observations, one: Observations, within: float) -> Which:
    """Return which rows have the numbers of one, as far as both have them."""
    some, all_of_them = np.zeros(len(rows), dtype=np.bool_), np.ones(len(rows), dtype=np.bool_)
    for name in QUANTITIES:
        both = np.isfinite(rows.measured(name)) & np.isfinite(one.measured(name)[0])
        some |= both
        all_of_them &= ~both | _close(rows.measured(name), one.measured(name)[0], within)
    return some & all_of_them


def _close(numbers: Numbers, number: float, within: float = _SAME) -> Which:
    """Return which numbers are one, or as little known."""
    if np.isnan(number):
        return np.isnan(numbers)
    return np.asarray(np.abs(numbers - number) <= within * abs(number))


def _order(rows: Observations) -> NDArray[np.intp]:
    """Return an order that depends on nothing but what the rows say."""
    columns = [getattr(rows, one.name).tolist() for one in fields(rows) if one.name != "row_id"]
    texts = [repr(one) for one in zip(*columns, strict=True)]
    return np.array(sorted(range(len(texts)), key=texts.__getitem__), dtype=np.intp)


def _spread(rows: Observations, known: Known) -> Which:
    """Return which rows are kept of models with very many: the same number of each configuration, as far as it goes."""
    kept = np.ones(len(rows), dtype=np.bool_)
    if len(rows) <= MOST_POINTS:
        return kept
    at = Conditions.of(rows, known=known)
    architecture, instance = architecture_keys(rows, at), instance_keys(rows, at)
    for name in set(architecture):
        mine = np.flatnonzero(architecture == name)
        turns: dict[object, int] = {}
        turn = np.empty(len(mine), dtype=np.int64)
        # In an order that has nothing to do with what was measured, each instance has its turn.
        order = np.random.default_rng(len(mine)).permutation(len(mine))
        for place in order:
            turn[place] = turns[instance[mine[place]]] = turns.get(instance[mine[place]], -1) + 1
        kept[mine[np.argsort(turn, kind="stable")[MOST_POINTS:]]] = False
    return kept


def _objects(values: list[str]) -> NDArray[np.object_]:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made
