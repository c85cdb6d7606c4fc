"""Classes that run on the same instances fill their batches together, by their shares of the queries.

The energy of a query under load depends on what else is in the batch. What classes take of one model, accelerator,
serving system, precision, size of instances and load is filled by all of them, unless a class states what fills its
batch. Where a fleet has pools, instances of two pools are never the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from wattquery.plans.load_build import SERVING, length_values
from wattquery.specs.load import Batch, QueryLengths
from wattquery.sweeps.study import Study
from wattquery.throughput.load.deployments import native_precision

__all__ = ["Served", "pooled"]


@dataclass(frozen=True, eq=False)
class Served:
    """What one model answers of one class.

    Attributes
    ----------
    query_class
        Name of the class.
    share
        Of all queries [1].
    study
        The model alone, over the axes of the scenario.
    companions
        Names of all classes on the same instances, itself among them; none without a load.
    pool
        Of which pool the instances are, where a fleet has any.
    """

    query_class: str
    share: float
    study: Study
    companions: tuple[str, ...] = ()
    pool: str = ""


def pooled(served: Sequence[Served]) -> list[Served]:
    """Return the same with the batches of those that share instances filled by all of them."""
    together: dict[object, list[Served]] = {}
    for one in served:
        if (key := _instances(one)) is not None:
            together.setdefault(key, []).append(one)
    return [_filled(one, together.get(_instances(one), [])) for one in served]


def _instances(served: Served) -> object:
    """Return what tells instances apart; None for those whose batch is stated, or no load is."""
    grid, asked = served.study.grid, served.study.load
    if asked is None or asked.batch_workload is not None:
        return None
    if grid.hardware.values[0] is None:
        return None  # refused where it is lowered
    facts = tuple(one.facts for axis in (grid.model, grid.hardware) for one in axis.values)
    axes = (grid.accelerators, grid.load, grid.concurrency, grid.pue)
    serving = tuple(one or SERVING for one in grid.serving.values)
    precision = tuple(one or native_precision(grid.model.values[0].facts) for one in grid.precision.values)
    settings = asked.kv_precision, asked.max_sequences, asked.speculation, asked.measured
    return (served.pool, facts, *(axis.values for axis in axes), serving, precision, settings)


def _filled(served: Served, others: Sequence[Served]) -> Served:
    """Return what a model answers of a class with its batch filled by all that share instances."""
    if served.study.load is None:
        return served
    present = [one for one in others if one.share > 0.0]
    total = sum(one.share for one in present)
    names = tuple(dict.fromkeys(one.query_class for one in present)) or (served.query_class,)
    if not total or all(one is served for one in present):
        return replace(served, companions=(served.query_class,))
    lengths = [(one.share / total, tuple(length_values(one.study.grid))) for one in present]
    batches = tuple(map(_mixed, zip(*([(share, one) for one in each] for share, each in lengths), strict=True)))
    own = tuple(length_values(served.study.grid))
    if all(len(batch) == 1 and batch[0][1] == one for batch, one in zip(batches, own, strict=True)):
        return replace(served, companions=names)  # of the same lengths
    load = replace(served.study.load, batches=batches)
    return replace(served, study=replace(served.study, load=load), companions=names)


def _mixed(parts: Sequence[tuple[float, QueryLengths]]) -> Batch:
    """Return a batch in which the same lengths come once."""
    shares: dict[QueryLengths, float] = {}
    for share, lengths in parts:
        shares[lengths] = shares.get(lengths, 0.0) + share
    return tuple((share, lengths) for lengths, share in shares.items())
