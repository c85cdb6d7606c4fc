"""A scenario: a fleet's queries and what they are served by, said once and checked."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from wattquery.catalog import Catalog, Preset
from wattquery.catalog.boundaries import UNEXPLAINED
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.names import clean_keys, clean_name
from wattquery.pages.cards import Carded, Part, Table, fields_of
from wattquery.quantities import CATALOG_AXES, FLEET_AXES
from wattquery.scenarios.course import Course
from wattquery.scenarios.load_profile import LoadProfile
from wattquery.scenarios.pool import Pool, pool_of
from wattquery.scenarios.pool_shares import check_pools
from wattquery.scenarios.query_class import QueryClass
from wattquery.scenarios.shares import SUFFIX, checked_share_axis, summing_to_one, with_shares
from wattquery.scenarios.writing import state, stated, written
from wattquery.specs import Step
from wattquery.specs.arguments import BoundaryAxis
from wattquery.specs.axis_sizes import check_size
from wattquery.specs.containers import as_mapping
from wattquery.specs.entries import checked_entries
from wattquery.specs.expressions import parse_value
from wattquery.specs.ranges import ranged_number
from wattquery.specs.scalars import finite, shown
from wattquery.specs.throughput_form import AUTO, AskedForm, checked_form

__all__ = ["NODE_TIME_LEVERS", "Scenario", "checked_queries"]

NODE_TIME_LEVERS = ("model", "serving", "routing")
"""Levers of the paper that shorten the time for which a query holds a node."""


_LOADS = ("load", "concurrency")
"""What says how busy instances are."""

LEAST_OCCUPANCY = 1e-4
"""A node that serves nine seconds a day."""


@dataclass(frozen=True)
class Scenario(Carded):
    """A fleet that answers a mix of queries.

    Parameters
    ----------
    name : str
        What results call it.
    classes : mapping
        `QueryClass` by name, or a dict of its arguments. Shares sum to one.
    queries_per_day : float
        Queries of all classes [1/day].
    title, source : str
        What it stands for, and where it is from.
    preset : str or Preset
        Where all that is left out comes from.
    catalog : str, path or Catalog, optional
        Where throughputs come from; the preset's by default.
    throughput_model : str
        Form of throughput, as in `wattquery.sweep`.
    overhead : mapping or sequence
        Factors on the energy by name: a number, or ``{"factor": 1.1, "source": "..."}``; or `Step` objects. One
        without a source is "not explained by the source".
    axes : mapping
        Lists that are crossed, the same for all classes: `FLEET_AXES`, and ``NAME_share`` for the share of a class.
    load_profile : sequence or mapping, optional
        Demand by hour, see `LoadProfile`.
    occupancy : float, optional
        Share of the time in which a node serves at its benchmark throughput [1], for the number of nodes. Under a load
        it is left out: the load says how busy instances are.
    boundary : str or Boundary
        What is counted, as in `wattquery.sweep`; the overhead is counted beyond it.
    node_time_levers : sequence of str
        Levers that shorten the time for which a query holds a node; all others save energy alone.
    published : str, optional
        Which figure of the paper the energy per day is to be compared with.
    trajectory : mapping or Course
        Dates, growth of demand, adoption of levers and rebound, as `wattquery.trajectory` takes them.
    pools : mapping
        `Pool` by name, or a dict of its arguments: nodes that the classes are served by, hour by hour.

    Raises
    ------
    InputError, InputTypeError
        If anything is not allowed; the message says what is.

    Examples
    --------
    >>> chat = Scenario("chat", {"short": {"share": 1, "model": "Llama 3.1 70B"}}, 1e6, overhead={"network": 1.05})
    >>> chat.overhead[0].source
    'not explained by the source'
    """

    name: str
    classes: Mapping[str, Any]
    queries_per_day: float
    title: str = ""
    source: str = ""
    preset: str | Preset | Sequence[str | Preset] = "v2-code"
    catalog: str | os.PathLike[str] | Catalog | None = None
    overhead: Any = ()
    axes: Mapping[str, Any] = field(default_factory=dict)
    load_profile: Any = None
    occupancy: float | None = None
    boundary: BoundaryAxis = "facility"
    node_time_levers: tuple[str, ...] = NODE_TIME_LEVERS
    published: str = ""
    trajectory: Any = field(default_factory=Course)
    throughput_model: AskedForm = AUTO
    pools: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("name", "title", "source", "published"):
            if not isinstance(getattr(self, name), str):
                raise InputTypeError(f"{name} must be text, got {shown(getattr(self, name))}. Write it in quotes.")
        if not self.name.strip():
            raise InputError("The scenario has no name. Give it one: results are labelled by it.")
        object.__setattr__(self, "name", clean_name(self.name, "scenario"))
        classes = _checked_classes(self.classes)
        summing_to_one(classes)
        changes: dict[str, Any] = {
            "classes": MappingProxyType(classes),
            "queries_per_day": checked_queries(self.queries_per_day),
            "overhead": _checked_overhead(self.overhead),
            "axes": MappingProxyType(_checked_axes(self.axes, classes)),
            "load_profile": None if self.load_profile is None else LoadProfile.parse(self.load_profile),
            "occupancy": None if self.occupancy is None else _checked_occupancy(self.occupancy),
            "node_time_levers": _checked_names(self.node_time_levers),
            "trajectory": Course.parse(self.trajectory),
            "throughput_model": checked_form(self.throughput_model),
            "pools": MappingProxyType(_checked_pools(self.pools)),
        }
        for name, value in changes.items():
            object.__setattr__(self, name, value)

        _check_load(self)

    def _card(self) -> tuple[str, list[Part]]:
        facts = fields_of(self, ["name", "title", "queries_per_day", "classes", "pools", "overhead", "trajectory"])
        of_classes = {name: fields_of(one, ["throughput_model"]) for name, one in self.classes.items()}
        columns = list(dict.fromkeys(key for one in of_classes.values() for key in one))
        classes = [[name, *(one.get(key, "") for key in columns)] for name, one in of_classes.items()]
        overhead = [[step.name, str(step.factor), step.source] for step in self.overhead]
        return f"Fleet {self.name}{f': {self.title}' if self.title else ''}", [
            {"queries [1/day]": f"{self.queries_per_day:,.0f}", **facts},
            Table(["class", *columns], classes, "Classes of queries; lengths in tokens"),
            *([Table(["overhead", "factor", "source"], overhead)] if overhead else []),
        ]

    def __hash__(self) -> int:
        return hash((self.name, self.queries_per_day))  # read-only mappings cannot be hashed

    def __reduce__(self) -> tuple[Any, ...]:
        return state(self)

    @property
    def is_under_load(self) -> bool:
        """Whether the load model says what queries take: where a load or concurrency is stated, or there are pools."""
        return (
            bool(self.pools)
            or any(name in self.axes for name in _LOADS)
            or any(map(_states_load, self.classes.values()))
        )

    @property
    def shares(self) -> dict[str, float]:
        """The share of each class, where no axis says otherwise [1]."""
        return summing_to_one(self.classes)

    @property
    def share_axes(self) -> dict[str, tuple[float, ...]]:
        """The labels of each axis of shares, by the class that it belongs to."""
        axes = (
            checked_share_axis(name, values, self.classes)
            for name, values in self.axes.items()
            if name not in FLEET_AXES
        )
        return dict(axes)

    def at_shares(self, point: Mapping[str, float]) -> Scenario:
        """Return the scenario at one point of its axes of shares, by the name of the class."""
        axes = {name: values for name, values in self.axes.items() if name in FLEET_AXES}
        classes = with_shares(self.classes, {name + SUFFIX: [share] for name, share in point.items()})
        return replace(self, axes=axes, classes=classes)

    @classmethod
    def from_dict(cls, entries: object, name: str) -> Scenario:
        """Return the scenario that the tables of a file say.

        Raises
        ------
        InputError, InputTypeError
            If a key is missing or unknown, or a value is not allowed.
        """
        known = [part.name for part in fields(cls) if part.name != "name"]
        parts = checked_entries(entries, f"scenario {name!r}", ("classes", "queries_per_day"), known[2:])
        if not isinstance(parts["classes"], Mapping):
            raise InputTypeError(
                f"classes must be a table, got {shown(parts['classes'])}. Write [classes.NAME] and keys."
            )
        parts["classes"] = {label: QueryClass.from_dict(table, label) for label, table in parts["classes"].items()}
        if isinstance(parts.get("pools"), Mapping):
            parts["pools"] = {label: Pool.from_dict(table, label) for label, table in parts["pools"].items()}
        parts["queries_per_day"] = parse_value("queries_per_day", parts["queries_per_day"])
        if isinstance(parts.get("axes"), Mapping):
            parts["axes"] = {
                axis: values if axis in CATALOG_AXES else parse_value(axis, values)
                for axis, values in parts["axes"].items()
            }
        scenario = cls(name=name, **parts)
        for axis in scenario.axes:
            _check_said_once(axis, "class", "classes", scenario.classes)
            _check_said_once(axis, "pool", "pools", scenario.pools)
        return scenario

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write, read back by `from_dict`; the name is left out.

        Raises
        ------
        InputError
            If the preset or the catalog is an object of the user's, which a file cannot hold.

        Examples
        --------
        >>> chat = Scenario("chat", {"short": {"share": 1, "model": "Llama 3.1 70B"}}, 1e6, overhead={"network": 1.05})
        >>> Scenario.from_dict(chat.to_dict(), "chat") == chat
        True
        """
        parts = {name: value for name, value in stated(self).items() if name != "name"}
        if self.load_profile is not None:
            parts["load_profile"] = self.load_profile.hourly
        if self.overhead:
            parts["overhead"] = {step.name: {"factor": step.factor, "source": step.source} for step in self.overhead}
        return {name: written(part) for name, part in parts.items()}


def _check_said_once(axis: str, kind: str, kinds: str, stated_by: Mapping[str, object]) -> None:
    """Refuse an axis of a file that a class or a pool of it states as well."""
    by_name = {label: getattr(each, axis, None) for label, each in stated_by.items()}
    stating = [label for label, value in by_name.items() if value not in (None, "none")]
    if stating:
        raise InputError(
            f"axes has {axis!r}, and {kind} {stating[0]!r} states it as well, but an axis stands for all {kinds}. "
            f"Leave it out of the {kind}, or of the axes."
        )


def checked_queries(value: object) -> float:
    """Return a number of queries per day [1/day].

    Raises
    ------
    InputError
        If it is no number, or not within its range.
    """
    return ranged_number("queries_per_day", value)


def _checked_classes(classes: object) -> dict[str, QueryClass]:
    if not isinstance(classes, Mapping) or not classes:
        raise InputTypeError(
            f"classes must be a dict of classes by name, at least one, got {shown(classes)}. Write for example "
            "{'chat': QueryClass(share=1, model='frontier')}."
        )
    by_name = {}
    for name, entry in clean_keys(classes, "classes").items():
        if not isinstance(name, str) or not name.strip() or name in FLEET_AXES:
            raise InputError(
                f"A class must be named by text that is not the name of an axis, got {name!r}. Give it another name."
            )
        by_name[name] = entry if isinstance(entry, QueryClass) else QueryClass.from_dict(entry, name)
    return by_name


def _checked_pools(pools: object) -> dict[str, Pool]:
    if not isinstance(pools, Mapping):
        raise InputTypeError(
            f"pools must be a dict of pools by name, got {shown(pools)}. Write for example "
            "{'h100': {'hardware': 'H100 SXM', 'load': 0.6}}."
        )
    by_name = {}
    for name, entry in clean_keys(pools, "pools").items():
        if not isinstance(name, str) or not name.strip():
            raise InputError(f"A pool must be named by text, got {name!r}. Give it another name.")
        by_name[name] = pool_of(entry, name)
    return by_name


def _checked_overhead(overhead: object) -> tuple[Step, ...]:
    if isinstance(overhead, Mapping):
        steps = [_step(name, factor) for name, factor in clean_keys(overhead, "overhead").items()]
    elif isinstance(overhead, (list, tuple)) and all(isinstance(step, Step) for step in overhead):
        steps = list(overhead)
    else:
        raise InputTypeError(
            f"overhead must be a dict of factors by name, got {shown(overhead)}. Write for example "
            "{'network': {'factor': 1.05, 'source': 'own measurement'}}."
        )
    names = [step.name for step in steps]
    if len(set(names)) < len(names):
        raise InputError(f"overhead must name each factor once, got {listed(names)}. Remove or rename one.")
    return tuple(steps)


def _step(name: Any, value: object) -> Step:
    if isinstance(value, Mapping) and "distribution" not in value:
        entries = checked_entries(value, f"overhead {name!r}", ("factor",), ("source",))
        factor, source = entries["factor"], entries.get("source", UNEXPLAINED)
    else:
        factor, source = value, UNEXPLAINED
    try:
        read: Any = parse_value("factor", factor)
        return Step(name, read, source)
    except InputError as error:
        raise type(error)(f"overhead: {error}") from error


def _states_load(query_class: QueryClass) -> bool:
    return any(getattr(query_class, name) is not None for name in _LOADS)


def _check_load(scenario: Scenario) -> None:
    """Refuse a load for some of the classes alone, and what would count idle time twice."""
    if not scenario.is_under_load:
        return
    if scenario.occupancy is not None:
        raise InputError(
            f"occupancy must be left out under a load, got occupancy = {scenario.occupancy:g}: the load says how busy "
            "instances are, and idle time would count twice, so leave it out."
        )
    if scenario.pools:
        check_pools(scenario.classes, scenario.pools, scenario.axes)
        return
    without = [name for name, each in scenario.classes.items() if not _states_load(each)]
    if without and not any(name in scenario.axes for name in _LOADS):
        stating = next(name for name, each in scenario.classes.items() if _states_load(each))
        raise InputError(
            f"All classes must state a load or concurrency, or none of them, got one for class {stating!r} and none "
            f"for class {without[0]!r}, whose instances and nodes would not add up: state one there, or pass load= for "
            "all."
        )


def _checked_axes(axes: object, classes: Mapping[str, QueryClass]) -> dict[str, Any]:
    if not isinstance(axes, Mapping):
        raise InputTypeError(f"axes must be a dict of lists by axis, got {shown(axes)}. Write {{'pue': [1.1, 1.2]}}.")
    axes = clean_keys(axes, "axes")
    check_size(axes)
    for name, values in axes.items():
        if name in FLEET_AXES:
            continue
        if not str(name).endswith(SUFFIX):
            known = [*FLEET_AXES, *(label + SUFFIX for label in classes)]
            raise InputError(
                f"axes names {name!r}, which is no axis of a fleet; these are {listed(known)}. Correct the name, or "
                f"leave it out.{did_you_mean(name, known)}"
            )
        checked_share_axis(name, values, classes)
    by_name = {name: as_mapping(values, name) for name, values in axes.items()}
    return {name: values.tolist() if isinstance(values, np.ndarray) else values for name, values in by_name.items()}


def _checked_names(names: object) -> tuple[str, ...]:
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise InputTypeError(
            f"node_time_levers must be a list of names of levers, got {shown(names)}. Write ['serving']."
        )
    return tuple(clean_name(name, "node_time_levers") for name in names)


def _checked_occupancy(value: object) -> float:
    occupancy = finite(value, "occupancy")
    if not LEAST_OCCUPANCY <= occupancy <= 1.0:
        raise InputError(
            f"occupancy must be at least {LEAST_OCCUPANCY:g} and up to 1, got {occupancy:g}: the share of the time in "
            "which a node serves at its benchmark throughput. Write 80 % as 0.8."
        )
    return occupancy
