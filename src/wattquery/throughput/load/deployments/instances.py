"""Instances as rows: labels with a number of accelerators, to the conditions and numbers of the load model."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.load.numbers import FULL_CACHE_BYTES, WINDOW_CACHE_BYTES
from wattquery.throughput.load.coefficients import load_numbers
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.deployments.builds import build_of
from wattquery.throughput.load.deployments.cases import KEY_VALUE_BYTES, LoadCases, native_precision
from wattquery.throughput.load.deployments.sixteen_bits import counted_as
from wattquery.throughput.load.gathered import taken
from wattquery.throughput.load.known import Known
from wattquery.throughput.load.observations import Observations
from wattquery.throughput.load.parameters import Layout, Values
from wattquery.throughput.load.row_columns import observations_of

__all__ = ["SIZES", "InstanceRows"]

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]

SIZES = (1, 2, 4, 8, 16, 32, 64)
"""Numbers of accelerators of an instance that are tried where none is given."""

_EMBEDDING_BYTES = 2.0
"""Of an element of the input embedding, which is kept in 16 bits at any precision of the weights [bytes]."""

_ONE_SEQUENCE = 1.0
_USUAL_LENGTH = 500.0
"""Loads and lengths that rows must have and instances do not: they play no part in their numbers."""


@dataclass(frozen=True, eq=False)
class InstanceRows:
    """Instances, one row each: weights held once, divided by tensors.

    Attributes
    ----------
    rows
        What is known of each, without load and lengths of its own. Their precision is that whose rows count for them.
    at
        The conditions.
    model, hardware
        Which of the facts of the cases each has.
    precision
        Label of the precision of the weights of each, as it was asked for.
    embedding_bytes
        Of the input embedding, which is in memory, though no step reads it [bytes].
    key_value_bytes
        Of an element of the key-value cache, None for what the fit says [bytes].
    """

    rows: Observations
    at: Conditions
    model: Integers
    hardware: Integers
    precision: NDArray[np.object_]
    embedding_bytes: Numbers
    key_value_bytes: float | None

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def of(cls, cases: LoadCases) -> Self:
        """Return all instances that cases may need, in C order of models, hardware, serving, precision and size.

        The sizes are those that are given, and `SIZES` where one is None.
        """
        sizes = sizes_of(cases)
        axes = (cases.models, cases.hardware, cases.serving, cases.precision, sizes)
        model, hardware, serving, precision, size = (
            index.ravel() for index in np.indices([len(axis) for axis in axes], dtype=np.int64)
        )
        builds = [build_of(label) for label in cases.serving]
        labels = _objects(
            [written or native_precision(facts) for facts, written in itertools.product(cases.models, cases.precision)]
        )
        count = len(model)
        rows = observations_of(
            count,
            {
                "architecture": _objects([one.architecture for one in cases.models])[model].tolist(),
                "hardware": _objects([one.hardware for one in cases.hardware])[hardware].tolist(),
                "serving": _objects([one.serving for one in builds])[serving].tolist(),
                "version": _objects([one.version for one in builds])[serving].tolist(),
                "date": np.array([one.date for one in builds])[serving].tolist(),
                "precision": labels[model * len(cases.precision) + precision].tolist(),
                "accelerators": np.array(sizes, np.float64)[size].tolist(),
                "speculation": [cases.settings.speculation] * count,
                "batch": [_ONE_SEQUENCE] * count,
                "input_tokens": [_USUAL_LENGTH] * count,
                "output_tokens": [_USUAL_LENGTH] * count,
                "confidence": ["high"] * count,
            },
        )
        known = Known.of(cases.models, cases.hardware)
        at = Conditions.of(rows, known=known)
        asked, rows = rows.precision, replace(rows, precision=counted_as(rows, at))
        written = cases.settings.kv_precision
        element = None if written is None else KEY_VALUE_BYTES[written]
        embedding = _EMBEDDING_BYTES * np.array([1e9 * (one.input_embedding_params_b or 0.0) for one in cases.models])
        return cls(rows, at, model, hardware, asked, embedding[model], element)

    def take(self, some: NDArray[Any]) -> Self:
        """Return some instances, by their numbers."""
        return replace(
            self,
            rows=self.rows.take(some),
            at=taken(self.at, some),
            model=self.model[some],
            hardware=self.hardware[some],
            precision=self.precision[some],
            embedding_bytes=self.embedding_bytes[some],
        )

    def numbers(self, layout: Layout, vector: Numbers) -> Numbers:
        """Return the numbers of the cells from a vector of parameters, (`LOAD_NUMBERS`, instances)."""
        found = load_numbers(Values(layout, layout.codes(self.at), vector), self.at)
        if self.key_value_bytes is not None:
            # Indexers and states of linear layers have precisions of their own, whatever that of keys and values.
            shape = self.at.shape
            found[FULL_CACHE_BYTES] = self.key_value_bytes * shape.full_cache_elements
            found[WINDOW_CACHE_BYTES] = self.key_value_bytes * (shape.cache_elements - shape.full_cache_elements)
        return found


def sizes_of(cases: LoadCases) -> tuple[int, ...]:
    """Return the numbers of accelerators that instances of some cases may have."""
    given = {size for size in cases.accelerators if size is not None}
    return tuple(sorted(given | set(SIZES) if None in cases.accelerators else given))


def _objects(values: list[str]) -> NDArray[np.object_]:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made
