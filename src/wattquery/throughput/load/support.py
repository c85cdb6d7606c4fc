"""How far measured rows stand behind a prediction: of the same configuration, of its parts, or of none of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.observations import Observations

__all__ = [
    "EXTRAPOLATED",
    "FEW_POINTS",
    "INTERVAL_CLASSES",
    "SUPPORTS",
    "Seen",
    "architecture_keys",
    "configuration",
    "instance_keys",
    "length_keys",
]

SUPPORTS = ("measured", "supported", "extrapolated", "none")
"""Rows of this configuration were measured; its architecture, accelerator and stack were, each somewhere; at least one
was not; nothing can be predicted."""

EXTRAPOLATED = {
    "architecture": "extrapolated: architecture",
    "hardware": "extrapolated: accelerator",
    "stack": "extrapolated: stack",
}
"""Classes of intervals of extrapolations, by what was not seen."""

FEW_POINTS = {2: "measured: two points", 1: "measured: one point"}
"""Classes of intervals of configurations of which so few points were given, and no other row was measured."""

INTERVAL_CLASSES = ("measured", *FEW_POINTS.values(), "supported", *EXTRAPOLATED.values())
"""Classes of intervals, those of which most is known first."""

Words = NDArray[np.object_]


def instance_keys(rows: Observations, at: Conditions) -> Words:
    """Return a key of the instance of each row: its labels and division, without lengths and load."""
    cut = at.instance
    return _joined(
        (architecture_keys(rows, at), rows.hardware, at.labels["stack"], rows.precision, rows.speculation),
        (cut.accelerators, cut.stages, cut.attention_ranks, cut.replicas),
        (rows.disaggregated,),
    )


def configuration(rows: Observations) -> Words:
    """Return a key of the configuration of each row: of the instance, and its lengths or its task, without the load."""
    at = Conditions.of(rows)
    return _configuration(rows, at)


def _configuration(rows: Observations, at: Conditions) -> Words:
    return _joined((instance_keys(rows, at), length_keys(rows)))


def architecture_keys(rows: Observations, at: Conditions) -> Words:
    """Return the architecture of each row, with its size where that is all that is known of it."""
    guessed = np.asarray(at.shape.imputed) > 0.0
    sizes = _joined((rows.architecture, rows.total_params_b, rows.active_params_b))
    return np.where(guessed, sizes, rows.architecture).astype(object)


def length_keys(rows: Observations) -> Words:
    """Return a key of the lengths: those that are stated, or the task where the input is not."""
    inputs = np.round(np.nan_to_num(rows.input_tokens, nan=-1.0))
    stated = _joined((inputs, np.round(np.nan_to_num(rows.output_tokens, nan=-1.0))))
    return np.where(np.isnan(rows.input_tokens), rows.task, stated).astype(object)


def _joined(*columns: Any) -> Words:
    made = np.empty(len(columns[0][0]), dtype=object)
    made[:] = ["|".join(map(str, parts)) for parts in zip(*(one for group in columns for one in group), strict=True)]
    return made


@dataclass(frozen=True, eq=False)
class Seen:
    """What measured rows there were, by label.

    Attributes
    ----------
    configurations, architectures, hardware, stacks
        Keys and labels of the rows.
    given
        How many points there are of configurations that only points given later have.
    """

    configurations: frozenset[str]
    architectures: frozenset[str]
    hardware: frozenset[str]
    stacks: frozenset[str]
    given: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Observations, at: Conditions) -> Self:
        """Return what some rows have."""
        return cls(
            frozenset(_configuration(rows, at)),
            frozenset(architecture_keys(rows, at)),
            frozenset(rows.hardware),
            frozenset(at.labels["stack"]),
        )

    def with_more(self, rows: Observations, at: Conditions) -> Self:
        """Return what was seen together with more rows."""
        more = Seen.of(rows, at)
        given = Counter(self.given)
        given.update(key for key in _configuration(rows, at) if key in given or key not in self.configurations)
        return type(self)(
            self.configurations | more.configurations,
            self.architectures | more.architectures,
            self.hardware | more.hardware,
            self.stacks | more.stacks,
            dict(given),
        )

    def support(self, rows: Observations, at: Conditions) -> Words:
        """Return the support of each row, one of `SUPPORTS`."""
        found = np.full(len(rows), "extrapolated", dtype=object)
        parts = (
            (architecture_keys(rows, at), self.architectures),
            (rows.hardware, self.hardware),
            (at.labels["stack"], self.stacks),
        )
        known = np.all([[one in seen for one in labels] for labels, seen in parts], axis=0)
        found[known] = "supported"
        found[np.array([one in self.configurations for one in _configuration(rows, at)], dtype=bool)] = "measured"
        found[rows.disaggregated] = "extrapolated"
        found[at.reason != ""] = "none"
        return found

    def interval_class(self, rows: Observations, at: Conditions) -> Words:
        """Return by which factors intervals are widened: the support, but of few points, and for what was not seen.

        Of several things that were not seen it is the one of which least is known: a stack, then an accelerator.
        """
        found = self.support(rows, at)
        if self.given:
            counts = [self.given.get(key, 0) for key in _configuration(rows, at)]
            few = [FEW_POINTS.get(count, "measured") for count in counts]
            found = np.where(found == "measured", np.array(few, dtype=object), found)
        far = found == "extrapolated"
        found[far] = EXTRAPOLATED["architecture"]
        for kind, labels, seen in (
            ("hardware", rows.hardware, self.hardware),
            ("stack", at.labels["stack"], self.stacks),
        ):
            found[far & ~np.array([one in seen for one in labels], dtype=bool)] = EXTRAPOLATED[kind]
        return found
