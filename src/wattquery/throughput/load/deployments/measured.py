"""How far measured rows stand behind an instance, in numbers and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog.records import records
from wattquery.throughput.load.deployments.beyond import beyond_measured
from wattquery.throughput.load.deployments.beyond_lengths import beyond_lengths
from wattquery.throughput.load.deployments.cases import LoadCases
from wattquery.throughput.load.deployments.evidence import Evidence
from wattquery.throughput.load.deployments.instances import InstanceRows
from wattquery.throughput.load.deployments.own_rows import is_yours
from wattquery.throughput.load.support import EXTRAPOLATED, architecture_keys, instance_keys, length_keys

__all__ = ["Support", "interval_classes", "keys_of_lengths", "support_of"]

Words = NDArray[np.object_]

_NO_TASK = "lengths that vary"
_MOST_SOURCES = 3

WIDEST = EXTRAPOLATED["stack"]
"""The class of intervals that are widened most."""


@dataclass(frozen=True, eq=False)
class Support:
    """What stands behind each instance.

    Attributes
    ----------
    support
        ``"measured"`` where rows of the same instance were, at whatever lengths; ``"supported"`` where its
        architecture, accelerator and stack were, each somewhere, and nothing of it lies beyond them; else
        ``"extrapolated"``. Lengths can make it less, see `beyond_lengths`.
    rows
        How many rows that are: of the instance; of its architecture on its accelerator, or else on any; of its
        architecture, or else its accelerator [1].
    basis
        The same in words.
    """

    support: Words
    rows: NDArray[np.int64]
    basis: Words


def support_of(instances: InstanceRows, cases: LoadCases) -> Support:
    """Return what stands behind each instance."""
    seen, beyond = cases.standing.evidence, beyond_measured(instances, cases)
    stack = instances.at.labels["stack"]
    architecture = architecture_keys(instances.rows, instances.at)
    found: list[tuple[str, int, str]] = []
    for row, key in enumerate(instance_keys(instances.rows, instances.at)):
        labels = (cases.models[instances.model[row]].model, instances.rows.hardware[row], stack[row])
        if key in seen.instances:
            count = seen.instances[key]
            size, precision = instances.rows.accelerators[row], instances.rows.precision[row]
            where = f"{labels[0]} on {size:g} x {labels[1]}, {labels[2]}, {precision}"
            found.append(("measured", count, f"{_rows(count)} of {where}: {_sources(seen.sources[key])}"))
        else:
            found.append(_without(seen, architecture[row], labels, beyond[row]))
    columns = list(zip(*found, strict=True)) or [(), (), ()]
    return Support(_objects(columns[0]), np.array(columns[1], np.int64), _objects(columns[2]))


def _without(seen: Evidence, architecture: str, labels: tuple[str, str, str], beyond: str) -> tuple[str, int, str]:
    """Return what stands behind an instance of which no row was measured."""
    _, hardware, stack = labels
    here, together = seen.architectures[architecture], seen.together[architecture, hardware]
    there, alike = seen.hardware[hardware], seen.stacks[stack]
    words = [f"{_rows(here)} of this model" + (f", {together or 'none'} of them on {hardware}" if here else "")]
    if not together:
        words.append(f"{_rows(there)} of {hardware}" + (" with other models" if there else ""))
    if not alike or not there:
        words.append(f"{_rows(alike)} of {stack}")
    if beyond:
        words.append(beyond)
    if here and there and alike and not beyond:
        return "supported", together or here, "no row of this instance; " + "; ".join(words)
    return "extrapolated", here or there, "; ".join(words)


def _rows(count: int) -> str:
    return f"{count or 'no'} row{'' if count < 2 else 's'}"


def _sources(counts: Counter[str]) -> str:
    names = _source_names()
    order = sorted(counts.most_common(), key=lambda one: not is_yours(one[0]))
    most = [names.get(one, one) for one, _ in order[:_MOST_SOURCES]]
    return "; ".join(most) + (f"; {len(counts) - len(most)} more" if len(counts) > len(most) else "")


def interval_classes(instances: InstanceRows, cases: LoadCases) -> Words:
    """Return by which factors intervals are widened, (instances, lengths); see `Seen.interval_class`.

    What was measured at other lengths counts as supported, as the validation has it. Where something of an instance or
    of its lengths lies beyond all that was measured, no rows that were left out of a fit tell how far: it has the
    widest.
    """
    beyond = (beyond_measured(instances, cases) != "")[:, None] | (beyond_lengths(instances.model, cases) != "")
    made = np.empty((len(instances), len(cases.lengths)), dtype=object)
    known: dict[tuple[float, float] | None, Words] = {}
    for place, case in enumerate(cases.lengths):
        lengths = (case.batch_input, case.batch_output) if case.is_fixed else None
        if lengths not in known:
            inputs, outputs = (np.nan, np.nan) if lengths is None else lengths
            rows = replace(
                instances.rows,
                input_tokens=np.full(len(instances), inputs),
                output_tokens=np.full(len(instances), outputs),
                task=_objects([_NO_TASK] * len(instances)),
            )
            known[lengths] = cases.standing.model.seen.interval_class(rows, instances.at)
        made[:, place] = np.where(beyond[:, place], WIDEST, known[lengths])
    return made


def keys_of_lengths(instances: InstanceRows, cases: LoadCases) -> Words:
    """Return what tells the lengths of the batch from others, as measured rows have it where they are fixed."""
    made = np.empty(len(cases.lengths), dtype=object)
    for place, case in enumerate(cases.lengths):
        made[place] = case.batch_label
        if case.is_fixed and len(instances):
            row = instances.rows.take(np.array([0]))
            inputs, outputs = np.array([case.batch_input]), np.array([case.batch_output])
            made[place] = length_keys(replace(row, input_tokens=inputs, output_tokens=outputs))[0]
    return made


@cache
def _source_names() -> dict[str, str]:
    return {one["source_id"]: one["source"] for one in records("sources")}


def _objects(values: Iterable[object]) -> Words:
    listed = list(values)
    made = np.empty(len(listed), dtype=object)
    made[:] = listed
    return made
