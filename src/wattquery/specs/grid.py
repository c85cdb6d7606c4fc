"""A grid: its axes in their order, checked, with the two settings that change what a cell means."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed, quoted
from wattquery.quantities import AXES, CATALOG_AXES, FACTOR_AXES, LOAD_AXES
from wattquery.specs.axis import ALL, Axis, parse_axis
from wattquery.specs.axis_sizes import check_size
from wattquery.specs.boundary import Boundary
from wattquery.specs.containers import as_mapping
from wattquery.specs.converters import LeverSet, lever_set, tokens
from wattquery.specs.distributions import Distribution
from wattquery.specs.distributions.base import FloatArray
from wattquery.specs.factors import FACTORS, LENGTHS, WORKLOAD, Factor, factors_of
from wattquery.specs.joint_lengths.nodes import JointLengths, joint_lengths
from wattquery.specs.lever import Lever
from wattquery.specs.load import LOAD_CONVERTERS
from wattquery.specs.power import ThroughputProportional
from wattquery.specs.ranges import ranged_number
from wattquery.specs.scalars import shown
from wattquery.specs.workload import Workload

__all__ = ["Grid", "build_grid", "factor_names"]


class _HasRanges(Protocol):
    """A throughput model, as far as the lengths go that it was fitted to."""

    @property
    def input_range(self) -> tuple[float, float] | None: ...

    @property
    def output_range(self) -> tuple[float, float] | None: ...

    def shares_outside(self, inputs: Sequence[Distribution], outputs: Sequence[Distribution], /) -> FloatArray: ...


@dataclass(frozen=True)
class Grid:
    """The full factorial product of its axes.

    Attributes
    ----------
    model, hardware, serving, precision
        Labels of the catalog; ``None`` in place of a label where the user left the axis out. Under a load, models and
        accelerators are facts, with their label as ``label``.
    accelerators, load, concurrency
        Size of an instance, and its load as a share of the most, or as running sequences [1]; ``None`` in place of
        one that was left out.
    workload
        Joint tables of both lengths; ``None`` in place of one where the lengths have axes of their own.
    output_tokens, input_tokens
        Lengths [tokens]; ``None`` in place of one where there are workloads.
    cached_tokens
        Input tokens that are in a cache already: a number, or below 1 a share of the input; ``None`` where left out.
    power_utilization, pue
        Factors [1].
    node_power
        Node power ratings [kW]; ``None`` in place of one where the deployment's own is used.
    levers
        Combinations of efficiency levers.
    boundary
        What is counted.
    prefill_weight
        Weight of one input token relative to one output token [1].
    round_tokens
        Whether drawn lengths are rounded to whole tokens; a number stays as it is.
    """

    model: Axis[Any]
    hardware: Axis[Any]
    serving: Axis[str | None]
    precision: Axis[str | None]
    accelerators: Axis[int | None]
    load: Axis[float | None]
    concurrency: Axis[float | None]
    workload: Axis[Workload | None]
    output_tokens: Axis[Distribution]
    input_tokens: Axis[Distribution]
    cached_tokens: Axis[float | None]
    power_utilization: Axis[Distribution | ThroughputProportional]
    pue: Axis[Distribution]
    node_power: Axis[Distribution | None]
    levers: Axis[LeverSet]
    boundary: Axis[Boundary]
    prefill_weight: float
    round_tokens: bool

    @property
    def axes(self) -> tuple[Axis[object], ...]:
        """All axes in their order."""
        return tuple(getattr(self, name) for name in AXES)

    @property
    def dimensions(self) -> tuple[Axis[object], ...]:
        """The axes that are dimensions of the result."""
        return tuple(axis for axis in self.axes if axis.is_dimension)

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis."""
        return tuple(axis.size for axis in self.axes)

    @property
    def size(self) -> int:
        """Number of cells."""
        return math.prod(self.shape)

    @property
    def is_under_load(self) -> bool:
        """Whether a load is stated, so that the load model says what a query takes."""
        return self.load.values[0] is not None or self.concurrency.values[0] is not None

    @property
    def counts_pue(self) -> bool:
        """Whether PUE is part of what is counted anywhere."""
        return any(one.counts_pue for one in self.boundary.values)

    @property
    def workloads(self) -> tuple[JointLengths, ...]:
        """The lengths of each workload by node; none where the lengths have axes of their own."""
        with_cached = self.is_under_load
        return tuple(joint_lengths(one, with_cached=with_cached) for one in self.workload.values if one is not None)

    def length_tables(self) -> Iterator[tuple[Sequence[Distribution], Sequence[Distribution]]]:
        """Yield for each label of the workload the output and the input lengths that are crossed there.

        Those of a workload are its two margins; without one, they are those of both axes.
        """
        if not self.workloads:
            yield self.output_tokens.values, self.input_tokens.values
        for joint in self.workloads:
            output, input_ = joint.margins
            yield (output,), (input_,)

    def shares_outside(self, model: _HasRanges, place: int = 0) -> FloatArray:
        """Return the share of queries outside the lengths that a throughput was fitted to, for a `length_tables` [1].

        A row per output and a column per input length; at a workload, over its nodes.
        """
        if self.workloads:
            return np.array([[self.workloads[place].share_outside(model.input_range, model.output_range)]])
        return model.shares_outside(self.input_tokens.values, self.output_tokens.values)

    def factors(self) -> Iterator[Factor]:
        """Yield the factors of all labels, random or not, in the order of the axes; PUE only where it counts."""
        for name in FACTOR_AXES:
            if name != "pue" or self.counts_pue:
                for value in getattr(self, name).values:
                    yield from factors_of(name, value)


def factor_names(grid: Grid) -> tuple[str, ...]:
    """Return the names of all factors that are random somewhere in a grid, in the order of the axes."""
    return tuple(dict.fromkeys(one.name for one in grid.factors() if one.distribution.is_random))


def build_grid(
    given: Mapping[str, object],
    *,
    catalog_labels: Mapping[str, Sequence[str]],
    spelling: Callable[[str, str], str],
    workloads: Mapping[str, Distribution],
    levers: Mapping[str, Lever],
    boundary: Callable[[object], Boundary],
    workload: Callable[[object], Workload],
    prefill_weight: object,
    round_tokens: object,
    facts: Mapping[str, Callable[[object], Any]] | None = None,
) -> Grid:
    """Return the grid that a user's arguments say.

    Parameters
    ----------
    given
        A value for each axis; ``None`` where hardware, serving, precision, node power or what belongs to a load are
        left out, and in the place of a workload or of both lengths.
    catalog_labels
        What `ALL` stands for on each axis of the catalog.
    spelling
        Returns the label of an axis of the catalog that a user's spelling stands for.
    workloads, levers
        The output lengths and levers that names may refer to.
    boundary
        Makes a boundary from what the user wrote, see `wattquery.specs.boundary_names.boundary`.
    workload
        Makes a workload from what the user wrote, see `wattquery.workloads.converters.workload`.
    prefill_weight, round_tokens
        The settings.
    facts
        By axis of the catalog, what makes facts of what a user wrote, where labels do not suffice: under a load.

    Raises
    ------
    InputError
        If an axis is empty or names a label twice, in whatever spelling, or a value is not allowed.
    """
    check_size(
        {name: catalog_labels[name] if given[name] is ALL and name in CATALOG_AXES else given[name] for name in AXES}
    )
    if given["model"] is None:
        raise InputError("model is missing. Name one or several models of the catalog, or wq.ALL for all of them.")
    for name in (*LOAD_AXES, *FACTOR_AXES):
        if given[name] is ALL:
            raise InputError(
                f"{name} must be a list of values, got wq.ALL: only a catalog's axes have a list of all labels, "
                f"{', '.join(CATALOG_AXES)}. List the values you want."
            )
    converters = {kind.axis: kind.convert for kind in FACTORS if kind.convert} | {
        "output_tokens": _output_tokens(workloads),
        "levers": lever_set(levers),
        "boundary": boundary,
        "workload": workload,
    }
    optional = {kind.axis for kind in FACTORS if kind.by_deployment}
    optional |= {WORKLOAD} if given[WORKLOAD] is None else set(LENGTHS)
    optional |= {"power_utilization"} if facts else set()
    axes: dict[str, Axis[Any]] = {
        name: _facts_axis(name, given[name], catalog_labels, facts[name])
        if facts and name in facts
        else _catalog_axis(name, given[name], catalog_labels, spelling)
        for name in CATALOG_AXES
    }
    for name in LOAD_AXES:
        axes[name] = _left_out(name) if given[name] is None else parse_axis(name, given[name], LOAD_CONVERTERS[name])
    for name in FACTOR_AXES:
        left_out = given[name] is None and name in optional
        axes[name] = _left_out(name) if left_out else parse_axis(name, given[name], converters[name])
    return Grid(
        **axes,
        prefill_weight=ranged_number("prefill_weight", prefill_weight),
        round_tokens=_flag("round_tokens", round_tokens),
    )


def _left_out(name: str) -> Axis[Any]:
    return Axis(name, ("",), (None,), False)


def _catalog_axis(
    name: str, value: object, labels: Mapping[str, Sequence[str]], spelling: Callable[[str, str], str]
) -> Axis[Any]:
    """Return an axis whose values are labels of the catalog.

    Its own labels are these as well where they were written in another case; an alias, and the key of a dict, are names
    of the user's and stay as they are.
    """
    if value is None:
        return _left_out(name)
    if value is ALL:
        return parse_axis(name, list(labels[name]), lambda label: label)
    axis = parse_axis(name, value, lambda label: _label(name, label))
    spelt = tuple(spelling(name, label) for label in axis.values)
    if isinstance(as_mapping(value, name), Mapping):
        return replace(axis, values=spelt)
    _check_one_each(name, axis.values, spelt)
    pairs = zip(axis.values, spelt, strict=True)
    own = tuple(label if label.casefold() == written.casefold() else written for written, label in pairs)
    return Axis(name, own, spelt, axis.is_dimension)


def _facts_axis(
    name: str, value: object, labels: Mapping[str, Sequence[str]], convert: Callable[[object], Any]
) -> Axis[Any]:
    """Return an axis whose values are facts of a catalog or the user's own, each of them once."""
    if value is None:
        return _left_out(name)
    axis = parse_axis(name, list(labels[name]) if value is ALL else value, convert)
    if not isinstance(as_mapping(value, name), Mapping):
        _check_one_each(name, [str(label) for label in axis.labels], [one.label for one in axis.values])
    return axis


def _check_one_each(name: str, written: Sequence[str], labels: Sequence[str]) -> None:
    """Refuse two spellings of one label of the catalog."""
    first: dict[str, str] = {}
    for spelling, label in zip(written, labels, strict=True):
        earlier = first.setdefault(label, spelling)
        if earlier != spelling:
            raise InputError(
                f"{name} has {quoted(earlier)} and {quoted(spelling)}, which both stand for {quoted(label)} in the "
                "catalog; the labels of an axis must be all different. Drop one of the two."
            )


def _output_tokens(workloads: Mapping[str, Distribution]) -> Callable[[object], Distribution]:
    """Return the converter of output lengths, which may be workloads of the preset."""
    length = tokens("output_tokens")

    def convert(value: object) -> Distribution:
        if not isinstance(value, str):
            return length(value)
        if value not in workloads:
            raise InputError(
                f"output_tokens = {value!r} is not a workload of the preset. Pass one of {listed(workloads)}, a number "
                "of tokens, or a distribution such as Exponential(median=300); or workload= for pairs of output and "
                f"input lengths.{did_you_mean(value, workloads)}"
            )
        return workloads[value]

    return convert


def _label(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise InputTypeError(f"{name} must be a name, got {shown(value)}. Give it as text, as the catalog writes it.")
    return value


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InputTypeError(f"{name} must be True or False, got {shown(value)}. Give one of the two.")
    return value
