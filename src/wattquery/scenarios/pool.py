"""A pool of a fleet: nodes of one kind, how busy they are in the highest hour, and which queries they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any

from wattquery.catalog.own import Accelerator, accelerator_facts
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.names import clean_keys
from wattquery.scenarios.query_class import REST, ROUNDING
from wattquery.scenarios.writing import state, stated, written
from wattquery.specs import as_distribution
from wattquery.specs.arguments import Factor, Spec
from wattquery.specs.axis import ALL
from wattquery.specs.axis_sizes import is_several
from wattquery.specs.converters import pue as checked_pue
from wattquery.specs.entries import checked_entries
from wattquery.specs.expressions import parse_value
from wattquery.specs.load import LOAD_CONVERTERS
from wattquery.specs.ranges import ranged_number
from wattquery.specs.scalars import finite, is_number, is_whole, shown
from wattquery.sweeps.load_study import LOAD_SETTINGS, under_load

__all__ = ["IDLE", "POOL_SETTINGS", "SERVICE", "Pool", "changed_pools", "pool_of"]

IDLE = ("on", "off")
"""What becomes of nodes that an hour does not need: they pay idle power, or they are switched off."""

SERVICE = ("interactivity", "time_to_first_token")
"""Targets of what users see."""

_LOADS = ("load", "mean_load")
_INSTANCE = ("hardware", "serving", "precision", "accelerators", "pue")
POOL_SETTINGS = ("kv_precision", "max_sequences", "speculation")
_PLAIN = ("hardware", "serving", "precision", "share", "classes", "idle", "pue_by_load", *LOAD_SETTINGS)
"""Keys whose text is a name and no number."""

MOST_NODES = 1_000_000


@dataclass(frozen=True)
class Pool:
    """Nodes of one kind that answer a share of the queries, or as many as they can.

    Of a target of load or service, the share of the queries and the number of nodes, two say the third.

    Parameters
    ----------
    hardware, serving, precision, accelerators, pue
        As in `wattquery.sweep`: an instance, one value each.
    kv_precision, max_sequences, speculation
        As in `wattquery.sweep`.
    load : float, optional
        Running sequences in the hour of highest demand, as a share of the most that run at once [1].
    mean_load : float, optional
        The same as a mean over the hours of the day, instead.
    interactivity, time_to_first_token : float, optional
        What users are to see in the hour of highest demand, instead: at least so many output tokens per second of one
        user, and at most so long until the first one [tokens/s, s].
    share : float, "rest" or mapping, optional
        Of the queries of each class that it serves [1], one number or by class; ``"rest"`` for what other pools leave.
    nodes : int, optional
        In service, its reserve not counted.
    reserve : int
        Nodes that stand by without queries: N+k.
    idle : str
        ``"on"`` where nodes that an hour does not need pay idle power, ``"off"`` where they are switched off.
    classes : sequence of str, optional
        Which it serves; all where nothing is said.
    pue_by_load : mapping, optional
        PUE by the power of the pool's nodes as a share of that in its highest hour, on straight lines between and
        held beyond; in the place of a ``pue`` that is the same at every load [1].

    Raises
    ------
    InputError, InputTypeError
        If something is not allowed, or said twice.

    Examples
    --------
    >>> Pool("H100 SXM", precision="FP8", load=0.6, share=0.7, reserve=1).reserve
    1
    """

    hardware: str | Accelerator | Spec | None = None
    serving: str | None = None
    precision: str | None = None
    accelerators: int | None = None
    load: float | None = None
    mean_load: float | None = None
    interactivity: float | None = None
    time_to_first_token: float | None = None
    share: float | str | Mapping[str, float | str] | None = None
    nodes: int | None = None
    reserve: int = 0
    idle: str = "on"
    classes: Sequence[str] | None = None
    kv_precision: str | None = None
    max_sequences: int | None = None
    speculation: str | None = None
    pue: Factor | Spec | None = None
    pue_by_load: Mapping[Any, float] | None = None

    def __post_init__(self) -> None:
        for name in _INSTANCE:
            object.__setattr__(self, name, _single(name, getattr(self, name)))
        for name in _LOADS:
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, _load(name, value))
        for name in SERVICE:
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, ranged_number(name, value))
        object.__setattr__(self, "share", _checked_share(self.share))
        object.__setattr__(self, "nodes", None if self.nodes is None else _whole("nodes", self.nodes, 1))
        object.__setattr__(self, "reserve", _whole("reserve", self.reserve, 0))
        if not isinstance(self.idle, str) or self.idle not in IDLE:
            raise InputError(
                f"idle must be one of {listed(IDLE)}, got {shown(self.idle)}: write 'on' where nodes that an hour does "
                f"not need pay idle power, and 'off' where they are switched off.{did_you_mean(self.idle, IDLE)}"
            )
        object.__setattr__(self, "classes", _checked_names(self.classes))
        object.__setattr__(self, "pue_by_load", _checked_curve(self.pue_by_load))
        stating = {name: getattr(self, name) for name in POOL_SETTINGS}
        under_load({**dict.fromkeys(LOAD_SETTINGS), **stating}, _no_workload)  # checks them
        self._check_said_once()

    def _check_said_once(self) -> None:
        targets = self.targets
        if len(targets) > 1 and not set(targets) <= set(SERVICE):
            raise InputError(
                f"A pool has one target of load or service, got {listed(targets)}: leave all but one of them out, or "
                f"give {listed(SERVICE)} together."
            )
        if targets and self.share is not None and self.nodes is not None:
            raise InputError(
                f"A pool's {next(iter(targets))}, share and nodes say one of them twice, got all three: leave one out, "
                "which follows from the two others."
            )
        if self.pue is not None and self.pue_by_load is not None:
            raise InputError("pue and pue_by_load both say what the building takes: leave one of them out.")
        if isinstance(self.share, Mapping) and self.classes is not None:
            raise InputError("share by class says which classes a pool serves, and so does classes: leave one out.")

    def __hash__(self) -> int:
        return hash((str(self.hardware), self.accelerators, self.nodes))  # read-only mappings cannot be hashed

    def __reduce__(self) -> tuple[Any, ...]:
        return state(self)

    @property
    def targets(self) -> dict[str, float]:
        """What is stated of load or service, by name; empty where its nodes and its share say the load."""
        every = {name: getattr(self, name) for name in (*_LOADS, *SERVICE)}
        return {name: value for name, value in every.items() if value is not None}

    @property
    def is_capacity(self) -> bool:
        """Whether its nodes and its target say how much it serves."""
        return self.nodes is not None and self.share is None and bool(self.targets)

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of a sweep that are stated, loads left out."""
        stating = {name: getattr(self, name) for name in (*_INSTANCE, *POOL_SETTINGS)}
        return {name: value for name, value in stating.items() if value is not None}

    def share_of(self, query_class: str) -> float | str | None:
        """Return what is said of the share of a class: 0 where it does not serve it, None where nothing is said."""
        if isinstance(self.share, Mapping):
            return self.share.get(query_class, 0.0)
        if self.classes is not None and query_class not in self.classes:
            return 0.0
        return self.share

    @classmethod
    def from_dict(cls, entries: object, name: str) -> Pool:
        """Return the pool that a table of a file says.

        Raises
        ------
        InputError, InputTypeError
            If it is not a mapping, a key is unknown, or a value is not allowed.
        """
        known = [part.name for part in fields(cls)]
        checked = checked_entries(entries, f"pool {name!r}", (), known)
        arguments: dict[str, Any] = {
            key: value if key in _PLAIN else parse_value(key, value) for key, value in checked.items()
        }
        try:
            return cls(**arguments)
        except InputError as error:
            raise type(error)(f"pool {name!r}: {error}") from error

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write, read back by `from_dict`."""
        return {name: written(part) for name, part in stated(self).items()}


def pool_of(entry: object, name: str) -> Pool:
    """Return a pool that is one, or that a dict says."""
    return entry if isinstance(entry, Pool) else Pool.from_dict(entry, name)


def changed_pools(pools: Mapping[str, Pool], changes: object, every: Mapping[str, Any]) -> dict[str, Pool]:
    """Return pools in which some are others.

    Parameters
    ----------
    pools
        Of a scenario.
    changes
        By name a pool, or the keys that are others in the one of that name; None for one that is left out. A name that
        no pool has is a new one. None for no change.
    every
        What is another in all of them.

    Raises
    ------
    InputError, InputTypeError
        If a change is not allowed, a pool that is left out is none, or a new one states no hardware.
    """
    if changes is not None and not isinstance(changes, Mapping):
        raise InputTypeError(
            f"pools must be a dict of pools by name, got {shown(changes)}. Write {{'h100': {{'load': 0.6}}}}."
        )
    found = dict(pools)
    for name, change in (changes or {}).items():
        if change is None:
            if name not in found:
                raise InputError(
                    f"pools leaves out {name!r}, which is no pool of this scenario; it has "
                    f"{listed(list(pools)) or 'none'}. Correct the name.{did_you_mean(name, pools)}"
                )
            del found[name]
        elif isinstance(change, Mapping) and pools and name not in found and "hardware" not in change:
            raise InputError(
                f"pools has {name!r}, which is no pool of this scenario and states no hardware; it has "
                f"{listed(list(found))}. Correct the name, or state the hardware of a new pool."
                f"{did_you_mean(name, found)}"
            )
        elif not isinstance(change, Mapping) or name not in found:
            found[name] = pool_of(change, name)
        else:
            found[name] = _with(found[name], change, name)
    return {name: replace(pool, **every) for name, pool in found.items()}


def _with(pool: Pool, change: Mapping[str, Any], name: str) -> Pool:
    """Return a pool with other keys; another target takes the place of those that it has."""
    targets = (*_LOADS, *SERVICE)
    gone = targets if any(key in change for key in targets) else ()
    kept = {key: value for key, value in stated(pool).items() if key not in gone}
    return Pool.from_dict({**kept, **change}, name)


def _no_workload(value: object) -> Any:
    raise LookupError(f"a pool states no batch, got {value!r}")


def _single(name: str, value: object) -> object:
    """Return a value of which a pool has one."""
    if name == "hardware" and isinstance(value, Mapping) and "name" in value:
        return accelerator_facts(value)
    if value is ALL or is_several(value):
        raise InputError(
            f"{name} must be one value for one pool, got {shown(value)}: make another pool of it, or an axis of the "
            "scenario."
        )
    if isinstance(value, Mapping) and "distribution" in value:
        value = as_distribution(value, name)
    if name == "accelerators" and value is not None:
        return LOAD_CONVERTERS[name](value)
    if name == "pue" and value is not None:
        checked_pue(value)
    return value


def _load(name: str, value: object) -> float:
    try:
        return LOAD_CONVERTERS["load"](value)
    except InputError as error:
        said = str(error)
        raise type(error)(f"{name}{said.removeprefix('load')}" if name != "load" else said) from None


def _whole(name: str, value: object, least: int) -> int:
    if not is_whole(value) or not least <= value <= MOST_NODES:
        raise InputTypeError(
            f"{name} must be a whole number of nodes from {least} to {MOST_NODES:,}, got {shown(value)}: write one."
        )
    return int(value)


def _checked_share(share: object) -> Any:
    if share is None:
        return None
    if isinstance(share, Mapping):
        by_class = {str(name): _one_share(one, f"share of class {name!r}") for name, one in share.items()}
        if not by_class:
            raise InputError("share must name a class at least, got {}: write {'chat': 0.7}, or one number for all.")
        return MappingProxyType(by_class)
    return _one_share(share, "share")


def _one_share(share: object, name: str) -> float | str:
    if isinstance(share, str) and share == REST:
        return REST
    if isinstance(share, str):
        raise InputTypeError(f"{name} must be a number from 0 to 1, or {REST!r}, got {share!r}: write 70 % as 0.7.")
    number = finite(share, name)
    if not 0.0 <= number <= 1.0 + ROUNDING:
        raise InputError(f"{name} must be from 0 to 1, or {REST!r}, got {number:g}: write 70 % as 0.7.")
    return min(number, 1.0)


def _checked_names(names: object) -> tuple[str, ...] | None:
    if names is None:
        return None
    if not isinstance(names, (list, tuple)) or not names or not all(isinstance(name, str) for name in names):
        raise InputTypeError(f"classes must be a list of names of classes, got {shown(names)}: write ['chat'].")
    return tuple(names)


def _checked_curve(curve: object) -> Mapping[float, float] | None:
    """Return PUE by load, in the order of the loads."""
    if curve is None:
        return None
    if not isinstance(curve, Mapping) or len(curve) < 2:
        raise InputTypeError(
            f"pue_by_load must be a table of two loads or more with their PUE, got {shown(curve)}: write for example "
            "{0.3: 1.4, 1.0: 1.2}."
        )
    points = {}
    for load, value in clean_keys(curve, "pue_by_load").items():
        share = finite(float(load) if isinstance(load, str) and _is_numeric(load) else load, "pue_by_load, a load")
        if not 0.0 <= share <= 1.0:
            raise InputError(
                f"pue_by_load must have loads from 0 to 1, shares of the power in the highest hour, got {share:g}: "
                "write 30 % as 0.3."
            )
        points[share] = _one_pue(value)
    return MappingProxyType(dict(sorted(points.items())))


def _one_pue(value: object) -> float:
    if not is_number(value):
        raise InputTypeError(f"pue_by_load must have a number at each load, got {shown(value)}: write 1.2.")
    checked_pue(value)
    return float(value)


def _is_numeric(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
