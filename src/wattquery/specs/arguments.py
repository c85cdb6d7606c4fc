"""Types of what a user may write for each axis of a grid, for annotations of public functions.

They say to a type checker what the converters of `wattquery.specs` say at run time. An axis takes one value, several in
an order, or a mapping from labels to values; arrays and labelled containers are accepted whatever they hold, because
their types do not tell. pandas and xarray are described by what they have, so that nothing here imports them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from wattquery.specs.axis import AllLabels
from wattquery.specs.boundary import Boundary, Step
from wattquery.specs.distributions import Distribution
from wattquery.specs.lever import Lever
from wattquery.specs.power import ThroughputProportional
from wattquery.specs.workload import Workload

__all__ = [
    "Array",
    "AxisOf",
    "BatchWorkload",
    "BoundaryAxis",
    "CatalogAxis",
    "Factor",
    "FactorAxis",
    "JointAxis",
    "Labelled",
    "Levels",
    "LeverAxis",
    "Number",
    "NumberAxis",
    "PowerUtilizationAxis",
    "Spec",
    "WorkloadAxis",
]


class Labelled(Protocol):
    """A pandas Series, Index or ExtensionArray, or an xarray DataArray: read by label where it has labels."""

    @property
    def ndim(self) -> int:
        """Number of dimensions."""

    @property
    def dtype(self) -> Any:
        """What the elements are."""

    def to_numpy(self) -> Any:
        """Return the elements as an array."""


T = TypeVar("T")

Number: TypeAlias = float | np.floating[Any] | np.integer[Any]
"""A real number."""

Spec: TypeAlias = Mapping[str, Any]
"""A distribution, power rule, lever or boundary as its ``to_dict`` writes it, or as a TOML table."""

Array: TypeAlias = NDArray[Any] | Labelled
"""What holds values, of which the type says nothing."""

Levels: TypeAlias = Sequence[float] | Array
"""Probability levels."""

_Entry: TypeAlias = str | Number | Sequence[Number] | Spec

# One mapping for both a dict by label and a dict that describes one value: of two in one union, checkers choose neither
# where the values of a literal are of several types.
AxisOf: TypeAlias = T | Sequence[T | Spec] | Mapping[Any, T | _Entry] | Array
"""One value or its spec, several in an order, or several by label."""

Factor: TypeAlias = Number | Distribution
"""An uncertain number."""

FactorAxis: TypeAlias = AxisOf[Factor]
"""What ``pue``, ``node_power`` and ``input_tokens`` take."""

NumberAxis: TypeAlias = AxisOf[Number]
"""What ``accelerators``, ``load``, ``concurrency`` and ``cached_tokens`` take."""

BatchWorkload: TypeAlias = str | Workload | Sequence[str | Workload] | Mapping[Any, Any]
"""What ``batch_workload`` takes: a workload, several, or the weight of each."""

WorkloadAxis: TypeAlias = AxisOf[Factor | str]
"""What ``output_tokens`` takes: lengths [tokens], and workloads of the preset by name."""

JointAxis: TypeAlias = str | Workload | Sequence[str | Workload | Spec] | Mapping[Any, Any] | Array | AllLabels
"""What ``workload`` takes: pairs of output and input lengths, by name or as `wattquery.Workload`."""

PowerUtilizationAxis: TypeAlias = AxisOf[Factor | ThroughputProportional]
"""What ``power_utilization`` takes."""

LeverAxis: TypeAlias = AxisOf[str | Lever | Sequence[str | Lever | Spec]]
"""What ``levers`` takes: names, several joined by ``+``, and levers; a list in a list is one combination."""

_BoundaryEntry: TypeAlias = str | Boundary | Factor | Spec | Sequence[Step | Spec]
BoundaryAxis: TypeAlias = str | Boundary | Sequence[str | Boundary | Spec] | Mapping[Any, _BoundaryEntry] | Array
"""What ``boundary`` takes: names with steps joined by ``+``, and boundaries."""

CatalogAxis: TypeAlias = str | Sequence[str] | Mapping[Any, str] | Array | AllLabels
"""What ``serving`` and ``precision`` take: labels of the catalog."""
