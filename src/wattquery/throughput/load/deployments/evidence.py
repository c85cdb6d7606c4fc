"""Numbers of the measured rows by what they are of: an instance, its parts, and how large it was."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.known import TABLES, Known
from wattquery.throughput.load.model import rows_to_learn_from
from wattquery.throughput.load.observations import Observations
from wattquery.throughput.load.shipped_rows import shipped_observations
from wattquery.throughput.load.support import architecture_keys, instance_keys

__all__ = ["Evidence", "evidence", "levels_of_labels"]

Words = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Numbers of measured rows by what they are of.

    Attributes
    ----------
    instances, architectures, hardware, stacks, precisions
        By the key of the instance, of the architecture, and by labels.
    together
        By the keys of the architecture and the accelerator.
    in_precision
        By those and the precision.
    levels
        Rows by `levels_of_labels`, from the instance to the architecture, each with its precision.
    largest
        Accelerators of the largest instance, of dense models and of mixtures of experts [1].
    longest_context
        Input and output of the longest queries [tokens].
    sources
        By the key of the instance, by source.
    """

    instances: Counter[str]
    architectures: Counter[str]
    hardware: Counter[str]
    stacks: Counter[str]
    precisions: Counter[str]
    together: Counter[tuple[str, str]]
    in_precision: Counter[tuple[str, str, str]]
    levels: tuple[frozenset[tuple[str, ...]], ...]
    largest: tuple[float, float]
    longest_context: float
    sources: dict[str, Counter[str]]

    @classmethod
    def of(cls, rows: Observations, *, known: Known = TABLES) -> Self:
        """Return the numbers of some rows, of architectures and accelerators that are known."""
        at = Conditions.of(rows, known=known)
        keys, architectures = instance_keys(rows, at), architecture_keys(rows, at)
        sources: dict[str, Counter[str]] = {}
        for key, source in zip(keys, rows.source_id, strict=True):
            sources.setdefault(key, Counter())[source] += 1
        size, mixture = np.asarray(at.instance.accelerators), np.asarray(at.shape.mixture) > 0.0
        return cls(
            Counter(keys),
            Counter(architectures),
            Counter(rows.hardware),
            Counter(at.labels["stack"]),
            Counter(rows.precision),
            Counter(zip(architectures, rows.hardware, strict=True)),
            Counter(zip(architectures, rows.hardware, rows.precision, strict=True)),
            tuple(frozenset(labels) for labels in levels_of_labels(rows, at)),
            (float(size[~mixture].max(initial=0.0)), float(size[mixture].max(initial=0.0))),
            float(np.nan_to_num(rows.input_tokens + rows.output_tokens).max(initial=0.0)),
            sources,
        )

    def with_more(self, more: Evidence) -> Evidence:
        """Return the numbers of both together."""
        return Evidence(
            self.instances + more.instances,
            self.architectures + more.architectures,
            self.hardware + more.hardware,
            self.stacks + more.stacks,
            self.precisions + more.precisions,
            self.together + more.together,
            self.in_precision + more.in_precision,
            tuple(one | other for one, other in zip(self.levels, more.levels, strict=True)),
            (max(self.largest[0], more.largest[0]), max(self.largest[1], more.largest[1])),
            max(self.longest_context, more.longest_context),
            {
                key: self.sources.get(key, Counter()) + more.sources.get(key, Counter())
                for key in (*self.sources, *more.sources)
            },
        )


def levels_of_labels(rows: Observations, at: Conditions) -> tuple[list[tuple[str, ...]], ...]:
    """Return labels of each row, its precision among them, from those of most detail to those of least."""
    architecture = architecture_keys(rows, at)
    return (
        [(one,) for one in instance_keys(rows, at)],
        list(zip(architecture, rows.hardware, at.labels["stack"], rows.precision, strict=True)),
        list(zip(architecture, rows.precision, strict=True)),
    )


@cache
def evidence() -> Evidence:
    """Return the numbers of the rows that ship and that a fit learns from."""
    return Evidence.of(rows_to_learn_from(shipped_observations()))
