"""The one table of factors: what multiplies or divides the energy of a query, or is a length of it, one row each.

Whoever needs to know what factors there are, and what they are, reads it here: grids, plans, methods, the two kinds of
uncertainty, sensitivity, fleets, the command line and the documents. A new factor is a row here, a row of
`wattquery.quantities` for its unit and range, and an axis there if it is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from wattquery.errors import InputError
from wattquery.specs.boundary import Boundary
from wattquery.specs.converters import LeverSet, node_power, power_utilization, pue, tokens
from wattquery.specs.distributions import Distribution
from wattquery.specs.factor import Factor
from wattquery.specs.joint_lengths.nodes import joint_lengths
from wattquery.specs.workload import Workload

__all__ = [
    "FACTORS",
    "LENGTHS",
    "LENGTH_FACTORS",
    "LEVER",
    "LOAD_MODEL",
    "MERGED_NORMAL",
    "SCOPES",
    "SHARE",
    "STEP",
    "SUMMED_AXES",
    "WORKLOAD",
    "Dimension",
    "Factor",
    "FactorKind",
    "Scope",
    "factors_of",
    "kind_of",
    "lattice_dimensions",
]

Scope = Literal["query", "shared"]
SCOPES: tuple[Scope, ...] = ("query", "shared")
"""Drawn anew for each query (aleatory), or one unknown number for all queries (epistemic)."""

Parts = Callable[[Any], Iterable[tuple[str, Distribution]]]

LEVER, SHARE, STEP, LOAD_MODEL = "lever:", "accelerator_share", "step:", "load_model:"
"""Names that are not those of an axis; what ends in a colon is followed by the name of the lever or step."""

WORKLOAD = "workload"
"""Both lengths as one factor, which takes their place."""

MERGED_NORMAL = "normal"
"""What the normal is called into which all lognormal factors of a cell are merged."""


@dataclass(frozen=True)
class Dimension:
    """Where a lattice of quasi-random points has a factor.

    A new factor takes ``Dimension(-1, -1)`` in both lattices: the next free place from the end, which moves no other.

    Attributes
    ----------
    first
        The dimension; counted from the end where it is negative.
    stride
        From one factor of a cell to the next of this kind, where there are several; 0 for the only one.
    """

    first: int
    stride: int = 0


NORMAL = Dimension(2)
"""Where the lattice of a sweep has the merged normal."""


@dataclass(frozen=True)
class FactorKind:
    """One row of the table.

    Attributes
    ----------
    name
        What the factor is called; what the names of all factors of this kind begin with where it ends in a colon.
    axis
        The axis of a grid that says it.
    sign
        +1 where it multiplies the energy, -1 where it divides it, 0 for a length, which enters through the equation.
    quantity
        Its row in `wattquery.quantities`: symbol, unit and physical range.
    scope
        Whether it is drawn anew for each query, or is one number for all queries, where nothing else is said.
    dimension, shared_dimension
        Where the lattice of a sweep has it, and that of the draws of shared factors.
    summed
        Place of its axis in the sum that ln E is. Floating-point sums depend on their order, and results on these sums
        to the last digit: a new factor comes last.
    preset
        The field of a preset that says it where the axis is left out.
    names
        The field of a preset that gives some of them a name.
    default
        Its value where the axis is left out and no preset says it.
    by_deployment
        Whether each deployment has one of its own, which holds where the axis is left out.
    convert
        Checks what a user wrote; ``None`` where that takes names that the preset knows.
    words
        What people call one of them, with ``{}`` for its name, where there are several; see `specs.display_names`.
    parts
        Name (without that of the kind) and distribution of each factor in a value of the axis.
    """

    name: str
    axis: str
    sign: float
    quantity: str
    scope: Scope
    dimension: Dimension
    shared_dimension: Dimension
    parts: Parts
    summed: int | None = None
    preset: str = ""
    names: str = ""
    default: object = None
    by_deployment: bool = False
    convert: Callable[[object], object] | None = None
    words: str = "{}"

    @property
    def is_length(self) -> bool:
        """Whether it enters through the equation, and neither multiplies nor divides."""
        return self.sign == 0.0

    @property
    def is_single(self) -> bool:
        """Whether a cell has one factor of this kind at most."""
        return not self.name.endswith(":")

    @property
    def is_axis(self) -> bool:
        """Whether the axis says this factor and no other, under its name."""
        return self.name == self.axis


def _itself(value: object) -> Iterable[tuple[str, Distribution]]:
    """Yield a number or distribution; neither what was left out nor a power that follows throughput."""
    return [("", value)] if isinstance(value, Distribution) else []


def _levers(value: LeverSet) -> Iterable[tuple[str, Distribution]]:
    return [(lever.name, factor) for lever in value.levers for factor in lever.factors]


def _accelerator_share(value: Boundary) -> Iterable[tuple[str, Distribution]]:
    return [] if value.accelerator_share is None else [("", value.accelerator_share)]


def _steps(value: Boundary) -> Iterable[tuple[str, Distribution]]:
    return [(step.name, step.factor) for step in value.steps]


def _node(value: Workload | None) -> Iterable[tuple[str, Distribution]]:
    return [] if value is None else [("", joint_lengths(value).node)]


FACTORS: tuple[FactorKind, ...] = (
    FactorKind(
        name=WORKLOAD,
        axis="workload",
        sign=0.0,
        quantity="workload",
        scope="query",
        # It is never beside the lengths, whose place it takes.
        dimension=Dimension(0),
        shared_dimension=Dimension(0),
        parts=_node,
    ),
    FactorKind(
        name="output_tokens",
        axis="output_tokens",
        sign=0.0,
        quantity="output_tokens",
        scope="query",
        dimension=Dimension(0),
        shared_dimension=Dimension(0),
        names="output_tokens",
        convert=tokens("output_tokens"),
        parts=_itself,
    ),
    FactorKind(
        name="input_tokens",
        axis="input_tokens",
        sign=0.0,
        quantity="input_tokens",
        scope="query",
        dimension=Dimension(1),
        shared_dimension=Dimension(1),
        preset="input_tokens",
        convert=tokens("input_tokens"),
        parts=_itself,
    ),
    FactorKind(
        name="power_utilization",
        axis="power_utilization",
        sign=1.0,
        quantity="power_utilization",
        scope="shared",
        dimension=Dimension(3),
        shared_dimension=Dimension(2),
        summed=2,
        preset="power_utilization",
        convert=power_utilization,
        parts=_itself,
    ),
    FactorKind(
        name="pue",
        axis="pue",
        sign=1.0,
        quantity="pue",
        scope="shared",
        dimension=Dimension(4),
        shared_dimension=Dimension(3),
        summed=1,
        preset="pue",
        convert=pue,
        parts=_itself,
    ),
    FactorKind(
        name="node_power",
        axis="node_power",
        sign=1.0,
        quantity="node_power",
        scope="shared",
        dimension=Dimension(5),
        shared_dimension=Dimension(4),
        summed=0,
        preset="node_power",
        by_deployment=True,
        convert=node_power,
        parts=_itself,
    ),
    FactorKind(
        name=LEVER,
        axis="levers",
        sign=-1.0,
        quantity="lever_factor",
        scope="shared",
        dimension=Dimension(6, 1),
        shared_dimension=Dimension(9, 1),
        summed=3,
        names="levers",
        words="{} lever",
        parts=_levers,
    ),
    # From the end, so that a boundary moves no other factor.
    FactorKind(
        name=SHARE,
        axis="boundary",
        sign=1.0,
        quantity="accelerator_share",
        scope="shared",
        dimension=Dimension(-1, -1),
        shared_dimension=Dimension(-1, -1),
        summed=4,
        parts=_accelerator_share,
    ),
    FactorKind(
        name=STEP,
        axis="boundary",
        sign=1.0,
        quantity="step",
        scope="shared",
        dimension=Dimension(-1, -1),
        shared_dimension=Dimension(-1, -1),
        summed=4,
        names="fleet_overhead",
        parts=_steps,
    ),
    # Of a cell and not of a label: what the load model leaves open, see `wattquery.throughput.load.deployments`.
    FactorKind(
        name=LOAD_MODEL,
        axis="load",
        sign=1.0,
        quantity="load_model",
        scope="shared",
        dimension=Dimension(-1, -1),
        shared_dimension=Dimension(-1, -1),
        words="load model: {}",
        parts=_itself,
    ),
)
"""Every kind of factor, in the order of the axes and of the names."""

LENGTH_FACTORS = tuple(kind.name for kind in FACTORS if kind.is_length)
"""The factors that enter through the equation."""

LENGTHS = tuple(name for name in LENGTH_FACTORS if name != WORKLOAD)
"""Those that stand in it, one each."""

SUMMED_AXES: tuple[str, ...] = tuple(
    dict.fromkeys(
        kind.axis
        for kind in sorted(FACTORS, key=lambda kind: (kind.summed is None, kind.summed))
        if kind.summed is not None
    )
)
"""Axes whose factors add to ln E, in the order in which they are added."""

_KINDS = {kind.name: kind for kind in FACTORS}
_BY_AXIS = {axis: tuple(kind for kind in FACTORS if kind.axis == axis) for axis in (kind.axis for kind in FACTORS)}


def kind_of(name: object) -> FactorKind | None:
    """Return the row of a factor by its name, ``None`` for what is no factor.

    Examples
    --------
    >>> kind_of("lever:serving").axis, kind_of("pue").scope, kind_of("model")
    ('levers', 'shared', None)
    """
    if not isinstance(name, str):
        return None
    kind, colon, _ = name.partition(":")
    return _KINDS.get(kind + colon)


def factors_of(axis: str, value: object) -> tuple[Factor, ...]:
    """Return every factor, random or not, that a value on an axis brings.

    Examples
    --------
    >>> from wattquery.specs import Boundary, Fixed, Step
    >>> [one.name for one in factors_of("boundary", Boundary("facility", steps=[Step("idle_reserve", 1.1)]))]
    ['step:idle_reserve']
    >>> factors_of("pue", Fixed(1.2))[0].sign
    1.0
    """
    return tuple(
        Factor(kind.name + name, distribution, kind.sign)
        for kind in _BY_AXIS.get(axis, ())
        for name, distribution in kind.parts(value)
    )


def lattice_dimensions(names: Sequence[str], size: int) -> list[int]:
    """Return the dimension of a sweep's lattice for each factor of a cell, and for its merged normal.

    Parameters
    ----------
    names
        The factors that are drawn, and `MERGED_NORMAL`.
    size
        Dimensions that the lattice has.

    Raises
    ------
    InputError
        If the cell has more factors than that.
    """
    places = [NORMAL if name == MERGED_NORMAL else _row(name).dimension for name in names]
    own = {place.first for place in places if not place.stride}
    following: dict[Dimension, int] = {}
    found = []
    for place in places:
        number = following.get(place, place.first % size)
        while place.stride and number in own:
            number += place.stride
        following[place] = number + place.stride
        found.append(number)
    if len(set(found)) < len(found) or max(found) >= size:
        counts = Counter(_row(name).axis for name, place in zip(names, places, strict=True) if place.stride)
        raise InputError(
            f"method='quasi_monte_carlo' takes at most {size - _KINDS[LEVER].dimension.first} factors of a cell "
            "that are not lognormal, beside lengths, power and PUE, got "
            f"{', '.join(f'{count} of {axis}' for axis, count in counts.items())}: its points have no more dimensions. "
            "Use method='monte_carlo', or give them as a LogNormal."
        )
    return found


def _row(name: str) -> FactorKind:
    """Return the row of what is a factor for certain."""
    kind = kind_of(name)
    if kind is None:
        raise LookupError(f"{name!r} is no factor")
    return kind
