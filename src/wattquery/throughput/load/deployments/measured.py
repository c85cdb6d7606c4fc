"""How far measured rows stand behind an instance, in numbers and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattquery.catalog.records import records
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.deployments.cases import LoadCases
from wattquery.throughput.load.deployments.instances import InstanceRows
from wattquery.throughput.load.model import rows_to_learn_from
from wattquery.throughput.load.shipped_rows import shipped_observations
from wattquery.throughput.load.support import Seen, architecture_keys, instance_keys, length_keys

__all__ = ["Support", "interval_classes", "keys_of_lengths", "support_of"]

Words = NDArray[np.object_]

_NO_TASK = "lengths that vary"
_MOST_SOURCES = 3


@dataclass(frozen=True, eq=False)
class Support:
    """What stands behind each instance.

    Attributes
    ----------
    support
        ``"measured"`` where rows of the same instance were, at whatever lengths; ``"supported"`` where its
        architecture, accelerator and stack were, each somewhere; else ``"extrapolated"``.
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
    evidence = _evidence()
    stack = instances.at.labels["stack"]
    architecture = architecture_keys(instances.rows, instances.at)
    found: list[tuple[str, int, str]] = []
    for row, key in enumerate(instance_keys(instances.rows, instances.at)):
        labels = (cases.models[instances.model[row]].model, instances.rows.hardware[row], stack[row])
        if key in evidence.instances:
            count = evidence.instances[key]
            size, precision = instances.rows.accelerators[row], instances.rows.precision[row]
            where = f"{labels[0]} on {size:g} x {labels[1]}, {labels[2]}, {precision}"
            found.append(("measured", count, f"{_rows(count)} of {where}: {_sources(evidence.sources[key])}"))
        else:
            found.append(_without(evidence, architecture[row], labels))
    columns = list(zip(*found, strict=True)) or [(), (), ()]
    return Support(_objects(columns[0]), np.array(columns[1], np.int64), _objects(columns[2]))


def _without(evidence: _Evidence, architecture: str, labels: tuple[str, str, str]) -> tuple[str, int, str]:
    """Return what stands behind an instance of which no row was measured."""
    _, hardware, stack = labels
    here, together = evidence.architectures[architecture], evidence.together[architecture, hardware]
    there, alike = evidence.hardware[hardware], evidence.stacks[stack]
    words = [f"{_rows(here)} of this model" + (f", {together or 'none'} of them on {hardware}" if here else "")]
    if not together:
        words.append(f"{_rows(there)} of {hardware}" + (" with other models" if there else ""))
    if not alike or not there:
        words.append(f"{_rows(alike)} of {stack}")
    if here and there and alike:
        return "supported", together or here, "no row of this instance; " + "; ".join(words)
    return "extrapolated", here or there, "; ".join(words)


def _rows(count: int) -> str:
    return f"{count or 'no'} row{'' if count < 2 else 's'}"


def _sources(counts: Counter[str]) -> str:
    names = _source_names()
    most = [names.get(one, one) for one, _ in counts.most_common(_MOST_SOURCES)]
    return "; ".join(most) + (f"; {len(counts) - len(most)} more" if len(counts) > len(most) else "")


def interval_classes(seen: Seen, instances: InstanceRows, cases: LoadCases) -> Words:
    """Return by which factors intervals are widened, (instances, lengths); see `Seen.interval_class`.

    What was measured at other lengths counts as supported, as the validation has it.
    """
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
            known[lengths] = seen.interval_class(rows, instances.at)
        made[:, place] = known[lengths]
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


@dataclass(frozen=True, eq=False)
class _Evidence:
    """Numbers of measured rows by what they are of."""

    instances: Counter[str]
    architectures: Counter[str]
    hardware: Counter[str]
    stacks: Counter[str]
    together: Counter[tuple[str, str]]
    sources: dict[str, Counter[str]] = field(default_factory=dict)

    @classmethod
    def of_shipped(cls) -> Self:
        rows = rows_to_learn_from(shipped_observations())
        at = Conditions.of(rows)
        keys, architectures = instance_keys(rows, at), architecture_keys(rows, at)
        sources: dict[str, Counter[str]] = {}
        for key, source in zip(keys, rows.source_id, strict=True):
            sources.setdefault(key, Counter())[source] += 1
        return cls(
            Counter(keys),
            Counter(architectures),
            Counter(rows.hardware),
            Counter(at.labels["stack"]),
            Counter(zip(architectures, rows.hardware, strict=True)),
            sources,
        )


@cache
def _evidence() -> _Evidence:
    return _Evidence.of_shipped()


@cache
def _source_names() -> dict[str, str]:
    return {one["source_id"]: one["source"] for one in records("sources")}


def _objects(values: Iterable[object]) -> Words:
    listed = list(values)
    made = np.empty(len(listed), dtype=object)
    made[:] = listed
    return made
