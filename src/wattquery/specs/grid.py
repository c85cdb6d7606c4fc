"""A grid: eleven axes in their order, checked, with the two settings that change what a cell means."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.quantities import AXES
from wattquery.specs import factors
from wattquery.specs.axis import ALL, Axis, check_size, parse_axis
from wattquery.specs.boundary import Boundary
from wattquery.specs.distributions import Distribution
from wattquery.specs.factors import LeverSet
from wattquery.specs.lever import Lever
from wattquery.specs.power import ThroughputProportional
from wattquery.specs.ranges import ranged_number
from wattquery.specs.scalars import shown

__all__ = ["Grid", "build_grid"]


@dataclass(frozen=True)
class Grid:
    """The full factorial product of its axes.

    Attributes
    ----------
    model, hardware, serving, precision
        Labels of the catalog; ``None`` in place of a label where the user left the axis out.
    output_tokens, input_tokens
        Lengths [tokens].
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

    model: Axis[str]
    hardware: Axis[str | None]
    serving: Axis[str | None]
    precision: Axis[str | None]
    output_tokens: Axis[Distribution]
    input_tokens: Axis[Distribution]
    power_utilization: Axis[Distribution | ThroughputProportional]
    pue: Axis[Distribution]
    node_power: Axis[Distribution | None]
    levers: Axis[LeverSet]
    boundary: Axis[Boundary]
    prefill_weight: float
    round_tokens: bool

    @property
    def axes(self) -> tuple[Axis[object], ...]:
        """All eleven axes in their order."""
        return tuple(getattr(self, name) for name in AXES)

    @property
    def dimensions(self) -> tuple[Axis[object], ...]:
        """The axes that are dimensions of the result."""
        return tuple(axis for axis in self.axes if axis.is_dimension)

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each of the eleven axes."""
        return tuple(axis.size for axis in self.axes)

    @property
    def size(self) -> int:
        """Number of cells."""
        return math.prod(self.shape)


def build_grid(
    given: Mapping[str, object],
    *,
    catalog_labels: Mapping[str, Sequence[str]],
    workloads: Mapping[str, Distribution],
    levers: Mapping[str, Lever],
    boundary: Callable[[object], Boundary],
    prefill_weight: object,
    round_tokens: object,
) -> Grid:
    """Return the grid that a user's arguments say.

    Parameters
    ----------
    given
        A value for each of the eleven axes; ``None`` where hardware, serving, precision or node power are left out.
    catalog_labels
        What `ALL` stands for on each axis of the catalog.
    workloads, levers
        The output lengths and levers that names may refer to.
    boundary
        Makes a boundary from what the user wrote, see `wattquery.specs.boundary.boundary`.
    prefill_weight, round_tokens
        The settings.

    Raises
    ------
    InputError
        If an axis is empty or names a label twice, or a value is not allowed.
    """

    def label_axis(name: str) -> Axis[str | None]:
        value = given[name]
        if value is None:
            return Axis(name, ("",), (None,), False)
        if value is ALL:
            value = list(catalog_labels[name])
        return parse_axis(name, value, lambda one: _label(name, one))

    check_size(
        {name: catalog_labels[name] if given[name] is ALL and name in AXES[:4] else given[name] for name in AXES}
    )
    model = label_axis("model")
    if model.values == (None,):
        raise InputError("model is missing. Name one or several models of the catalog, or wq.ALL for all of them.")
    for name in AXES[4:]:
        if given[name] is ALL:
            raise InputError(
                f"{name} = wq.ALL came, but only a catalog's axes have a list of all labels: "
                f"{', '.join(AXES[:4])}. List the values you want."
            )
    output = factors.tokens("output_tokens")

    def output_or_workload(value: object) -> Distribution:
        if not isinstance(value, str):
            return output(value)
        if value not in workloads:
            raise InputError(
                f"output_tokens = {value!r} is not a workload of the preset. Allowed are {listed(workloads)}, a number "
                f"of tokens, or a distribution such as Exponential(median=300).{did_you_mean(value, workloads)}"
            )
        return workloads[value]

    node_power: Axis[Distribution | None] = Axis("node_power", ("",), (None,), False)
    if given["node_power"] is not None:
        node_power = parse_axis("node_power", given["node_power"], factors.node_power)
    return Grid(
        model=Axis("model", model.labels, tuple(str(one) for one in model.values), model.is_dimension),
        hardware=label_axis("hardware"),
        serving=label_axis("serving"),
        precision=label_axis("precision"),
        output_tokens=parse_axis("output_tokens", given["output_tokens"], output_or_workload),
        input_tokens=parse_axis("input_tokens", given["input_tokens"], factors.tokens("input_tokens")),
        power_utilization=parse_axis("power_utilization", given["power_utilization"], factors.power_utilization),
        pue=parse_axis("pue", given["pue"], factors.pue),
        node_power=node_power,
        levers=parse_axis("levers", given["levers"], factors.lever_set(levers)),
        boundary=parse_axis("boundary", given["boundary"], boundary),
        prefill_weight=ranged_number("prefill_weight", prefill_weight),
        round_tokens=_flag("round_tokens", round_tokens),
    )


def _label(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise InputTypeError(f"{name} = {shown(value)} is not a name. Give it as text, as the catalog writes it.")
    return value


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InputTypeError(f"{name} = {shown(value)} is neither True nor False. Give one of the two.")
    return value
