"""A class of queries: what share of a fleet's queries it is, and what answers them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from wattquery.catalog.facts import OWN_KEY
from wattquery.catalog.own import Accelerator, Model, accelerator_facts, model_facts
from wattquery.errors import InputError, InputTypeError, listed
from wattquery.inputs.names import clean_keys, clean_label, clean_name
from wattquery.quantities import AXES, FLEET_AXES
from wattquery.scenarios.writing import state, stated, written
from wattquery.specs import Distribution, Lever, ThroughputProportional, Workload, as_distribution
from wattquery.specs.arguments import BatchWorkload, Factor, Spec
from wattquery.specs.axis import ALL
from wattquery.specs.axis_sizes import check_count, is_several
from wattquery.specs.entries import checked_entries
from wattquery.specs.expressions import parse_value
from wattquery.specs.factors import FACTORS, LENGTH_FACTORS, WORKLOAD
from wattquery.specs.joint_lengths.beside import check_alone
from wattquery.specs.lever_kinds import checked_kind
from wattquery.specs.load import LOAD_CONVERTERS
from wattquery.specs.scalars import finite, is_number, shown
from wattquery.sweeps.load_study import LOAD_SETTINGS, under_load
from wattquery.sweeps.measured_points import calibrating, is_path
from wattquery.sweeps.study import DEFAULT_LENGTH
from wattquery.workloads.converters import is_log, workload

__all__ = ["FRONTIER", "REST", "QueryClass"]

FRONTIER = "frontier"
"""In the place of a model: the frontier blend of the preset."""

REST = "rest"
"""In the place of a share: what all other classes leave."""

ROUNDING = 1e-9
_SINGLE = tuple(axis for axis in AXES if axis not in ("model", "boundary"))
_CONVERTERS: Mapping[str, Callable[[object], object]] = {kind.axis: kind.convert for kind in FACTORS if kind.convert}
"""What checks a number or distribution, so that it is said of the class and not of a sweep that is made of it."""
_OF_MODELS = {"config", "total_parameters"}
"""Keys of which one is in a table that describes a model, and is no name of one."""

_OF_A_LEVER = {"by_concurrency", "time_factor", "lever"}
"""Keys of which one is in a table that describes a lever, and no distribution."""

_SWEPT = tuple(axis for axis in _SINGLE if axis in FLEET_AXES)
"""Those that can be an axis of a scenario."""


@dataclass(frozen=True)
class QueryClass:
    """A class of queries.

    Parameters
    ----------
    share : float or "rest"
        Share of all queries [1]; ``"rest"`` for what the other classes leave.
    model : str, Model, list or dict
        A model of the catalog; several in equal parts as a list, or by ``{model: weight}``; or ``"frontier"``: the
        models of the preset's frontier blend in equal parts. Under a load also a model of one's own, as in
        `wattquery.sweep`.
    output_tokens : str, float or Distribution
        Name of the preset, or a length [tokens]; ``"traditional"`` where nothing is said of lengths.
    workload : str, Workload or dict
        Pairs of output and input lengths, as in `wattquery.sweep`: in the place of ``output_tokens`` and
        ``input_tokens``.
    hardware, serving, precision, input_tokens, power_utilization, pue, node_power
        As in `wattquery.sweep`, one value each; what is left out comes from the preset, or from the scenario's axes.
    accelerators, load, concurrency, cached_tokens
        As in `wattquery.sweep`: an instance under load, one value each.
    batch_workload, kv_precision, max_sequences, speculation, measured
        The same of what else an instance under load is asked for. Where no ``batch_workload`` is stated, classes that
        run on the same instances fill their batches together.
    levers : str, Lever or list
        One combination, such as ``"model+serving"``.
    lever_factors : mapping
        Factors by the name of a lever, where they are to differ from the preset's [1].
    lever_kinds : mapping
        What a lever changes, by its name, as ``kind`` of `wattquery.Lever` has it.

    Raises
    ------
    InputError, InputTypeError
        If a share or weight is not allowed, or a value would make an axis.

    Examples
    --------
    >>> QueryClass(0.1, "frontier", output_tokens="long", levers="serving").members
    (('frontier', 1.0),)
    """

    share: float | str
    model: (
        str | Model | Spec | Sequence[str | Model | Spec] | Mapping[Any, float] | tuple[tuple[str | Model, float], ...]
    )
    output_tokens: Factor | Spec | str | None = None
    hardware: str | Accelerator | Spec | None = None
    serving: str | None = None
    precision: str | None = None
    input_tokens: Factor | Spec | None = None
    power_utilization: Factor | ThroughputProportional | Spec | None = None
    pue: Factor | Spec | None = None
    node_power: Factor | Spec | None = None
    levers: str | Lever | Sequence[str | Lever | Spec] = "none"
    lever_factors: Mapping[str, Factor | Lever | Spec] = field(default_factory=dict)
    lever_kinds: Mapping[str, str] = field(default_factory=dict)
    workload: str | Workload | Spec | None = None
    accelerators: int | None = None
    load: float | None = None
    concurrency: float | None = None
    cached_tokens: float | None = None
    batch_workload: BatchWorkload | None = None
    kv_precision: str | None = None
    max_sequences: int | None = None
    speculation: str | None = None
    measured: object = None

    def __post_init__(self) -> None:
        if not isinstance(self.share, str) or self.share != REST:
            object.__setattr__(self, "share", _checked_share(self.share))
        object.__setattr__(self, "model", _checked_model(self.model))
        check_alone({name: getattr(self, name) for name in LENGTH_FACTORS})
        if self.workload is None and self.output_tokens is None:
            object.__setattr__(self, "output_tokens", DEFAULT_LENGTH)
        levers = self.levers
        if isinstance(levers, Lever) or (isinstance(levers, Mapping) and "lever" in levers):
            levers = [levers]
        own: list[Lever] = []
        if isinstance(levers, (list, tuple)):
            levers, own = _joined(levers)
        object.__setattr__(self, "levers", levers)
        for name in _SINGLE:
            object.__setattr__(self, name, _checked_single(name, getattr(self, name)))
        object.__setattr__(self, "lever_factors", MappingProxyType(_checked_factors(self.lever_factors, own)))
        object.__setattr__(self, "lever_kinds", MappingProxyType(_checked_kinds(self.lever_kinds, own)))
        object.__setattr__(self, "measured", _checked_measured(self.measured))
        under_load({name: getattr(self, name) for name in LOAD_SETTINGS}, workload)  # checks them

    def __hash__(self) -> int:
        return hash((self.share, self.model))  # read-only mappings cannot be hashed

    def __reduce__(self) -> tuple[Any, ...]:
        return state(self)

    @property
    def members(self) -> tuple[tuple[str | Model, float], ...]:
        """The models that answer, and the share of the class's queries that each of them does."""
        if isinstance(self.model, tuple):
            return self.model
        return ((self.model if isinstance(self.model, Model) else str(self.model), 1.0),)

    def arguments(self) -> dict[str, object]:
        """Return the arguments of a sweep that are stated, models left out."""
        names = (*_SINGLE, *LOAD_SETTINGS)
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    @classmethod
    def from_dict(cls, entries: object, name: str) -> QueryClass:
        """Return the class that a table of a file says.

        Raises
        ------
        InputError, InputTypeError
            If it is not a mapping, a key is missing or unknown, or a value is not allowed.
        """
        known = [part.name for part in fields(cls)]
        checked = checked_entries(entries, f"class {name!r}", ("share", "model"), known[2:])
        plain = ("share", "model", "hardware", "serving", "precision", *LOAD_SETTINGS)
        arguments: dict[str, Any] = {
            key: value if key in plain else parse_value(key, value) for key, value in checked.items()
        }
        try:
            return cls(**arguments)
        except InputError as error:
            raise type(error)(f"class {name!r}: {error}") from error

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write, read back by `from_dict`."""
        parts = stated(self)
        if parts.get("output_tokens") == DEFAULT_LENGTH:
            del parts["output_tokens"]
        parts["model"] = _written_model(self.model)
        return {name: written(part) for name, part in parts.items()}

    def with_lever_factors(self, preset_levers: Mapping[str, Any]) -> dict[str, Any]:
        """Return a preset's levers with those of this class in the place of the ones it names."""
        own = {
            name: factor.to_dict() if isinstance(factor, Distribution) else factor
            for name, factor in self.lever_factors.items()
        }
        return {**preset_levers, **own}


def _checked_single(name: str, value: object) -> object:
    """Return a value of which a class has one, refused where it would make an axis or is out of range."""
    if name == "hardware" and isinstance(value, Mapping) and "name" in value:
        return accelerator_facts(value)
    if value is ALL or is_several(value):
        fix = f"Make an axis of the scenario: axes = {{{name!r}: [...]}}, or another class."
        raise InputError(
            f"{name} must be one value for one class of queries, got {shown(value)}. "
            f"{fix if name in _SWEPT else 'Make another class of it.'}"
        )
    if isinstance(value, Mapping) and "distribution" in value:
        value = as_distribution(value, name)
    if name == WORKLOAD and value is not None:
        chosen = workload(value)
        return value if isinstance(value, str) and not is_log(value) else chosen
    if name in LOAD_CONVERTERS and value is not None:
        return LOAD_CONVERTERS[name](value)
    if name in _CONVERTERS and (is_number(value) or isinstance(value, Distribution)):
        _CONVERTERS[name](value)
    return value


def _checked_measured(value: object) -> object:
    """Return what calibrates: paths as they are, which files can hold, and all else read."""
    paths = value if isinstance(value, (list, tuple)) else (value,)
    return value if value is None or all(map(is_path, paths)) else calibrating(value)[0]


def _checked_factors(factors: object, levers: Sequence[Lever]) -> dict[str, Distribution | Lever]:
    """Return the factors of levers by name, with those that the levers of the class bring themselves."""
    if not isinstance(factors, Mapping):
        raise InputTypeError(
            f"lever_factors must be a dict of factors by lever, got {shown(factors)}. Write for example "
            "{'serving': LogNormal(p5=1.5, p95=3.5)}."
        )
    own = {lever.name: _own_factor(lever) for lever in levers}
    by_name = clean_keys(factors, "lever_factors")
    twice = [name for name in own if name in by_name]
    if twice:
        raise InputError(
            f"levers has wq.Lever({twice[0]!r}, ...) and lever_factors has {twice[0]!r} as well. A lever must have "
            "one factor. Leave it out of one of the two."
        )
    return {name: _own_factor(_as_lever(name, value)) for name, value in {**own, **by_name}.items()}


def _as_lever(name: str, value: Any) -> Lever:
    """Return the lever of a factor, which may be more than a distribution: by concurrency, or with a time factor."""
    if isinstance(value, Lever):
        return replace(value, name=name)
    is_more = isinstance(value, Mapping) and not _OF_A_LEVER.isdisjoint(value)
    return Lever.from_dict({**value, "lever": name}) if is_more else Lever(name, value)


def _own_factor(lever: Lever) -> Distribution | Lever:
    """Return the factor of a lever, or the lever itself where it is more than that."""
    is_more = lever.depends_on_load or lever.saves_time or lever.source
    return lever if is_more else lever.factor


def _checked_kinds(kinds: object, levers: Sequence[Lever]) -> dict[str, str]:
    """Return what levers change by name, with what the levers of the class say themselves."""
    if not isinstance(kinds, Mapping):
        raise InputTypeError(
            f"lever_kinds must be a dict of kinds by lever, got {shown(kinds)}: write for example "
            "{'EAGLE-3': 'speculation'}."
        )
    by_name = {
        name: checked_kind(kind, f"lever_kinds[{name!r}]") for name, kind in clean_keys(kinds, "lever_kinds").items()
    }
    said = {**by_name, **{lever.name: lever.kind for lever in levers if lever.kind is not None}}
    return {name: kind for name, kind in said.items() if kind is not None}


def _joined(levers: Sequence[object]) -> tuple[str, list[Lever]]:
    """Return a combination that is given as a list as text, and the levers that bring factors of their own."""
    combined = [Lever.from_dict(lever) if isinstance(lever, Mapping) else lever for lever in levers]
    if not combined or not all(isinstance(lever, (str, Lever)) for lever in combined):
        raise InputTypeError(f"levers must be names of levers, got {shown(levers)}. Write 'model+serving', or 'none'.")
    own = [lever for lever in combined if isinstance(lever, Lever)]
    return "+".join(lever.name if isinstance(lever, Lever) else str(lever) for lever in combined), own


def _checked_share(value: object) -> float:
    if isinstance(value, str):
        raise InputTypeError(f"share must be a number from 0 to 1, or {REST!r}, got {value!r}. Write 10 % as 0.1.")
    share = finite(value, "share")
    if not 0.0 <= share <= 1.0:
        raise InputError(f"share must be from 0 to 1, a share of all queries, got {share:g}. Write 10 % as 0.1.")
    return share


def _checked_model(value: object) -> str | Model | tuple[tuple[str | Model, float], ...]:
    """Return the name of a model or one's own, or members with weights that sum to one."""
    if isinstance(value, str) and value.strip():
        return clean_name(value, "model")
    if isinstance(value, Model) or (isinstance(value, Mapping) and not _OF_MODELS.isdisjoint(value)):
        return _known_by_name(model_facts(value))
    check_count("model", value)
    if isinstance(value, tuple) and value and all(isinstance(pair, tuple) for pair in value):
        value = dict(value)
    if isinstance(value, Mapping) and value:
        pairs = list(value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        own = [model_facts(one) if isinstance(one, Mapping) and one else one for one in value]
        pairs = [(name, 1.0 / len(value)) for name in own]
    else:
        raise InputTypeError(
            f"model must be a name, several in a list, {{name: weight}}, or {FRONTIER!r}, got {shown(value)}. Pass one "
            "of these."
        )
    names = [_known_by_name(name) if isinstance(name, Model) else clean_label(name, "model") for name, _ in pairs]
    if any(not isinstance(name, (str, Model)) or name == FRONTIER for name in names) or len(set(names)) < len(names):
        raise InputError(
            f"model must be different names of the catalog, got {shown(value)}. Name each once; {FRONTIER!r} stands "
            "alone."
        )
    weights = [finite(weight, f"model: weight of {name!r}") if is_number(weight) else -1.0 for name, weight in pairs]
    if min(weights) < 0.0 or abs(sum(weights) - 1.0) > ROUNDING:
        raise InputError(
            f"model must have weights of 0 or more that sum to 1, got {listed(weight for _, weight in pairs)}. Correct "
            "them, or pass a list for equal parts."
        )
    return tuple(zip(names, weights, strict=True))


def _written_model(model: Any) -> Any:
    """Return what answers a class as plain values: names and their weights, or the numbers of models of one's own.

    Raises
    ------
    InputError
        If a file cannot hold it.
    """
    if not isinstance(model, tuple):
        return _described(model)
    if all(isinstance(name, str) for name, _ in model):
        return dict(model)
    if len({weight for _, weight in model}) > 1:
        raise InputError(
            "model has weights of wq.Model objects, which a file cannot hold. Write {path of the config.json: weight}, "
            "or a list for equal parts."
        )
    return [_described(name) for name, _ in model]


def _known_by_name(model: Model) -> str | Model:
    """Return the label of a model of the catalog, and one's own as it is, whatever its shape."""
    is_own = model.facts.architecture.startswith(OWN_KEY) or model.label != model.facts.model
    return model if is_own else model.label


def _described(model: str | Model) -> str | dict[str, Any]:
    """Return a model as its name in the catalog, or as a table of its sizes."""
    if isinstance(model, str):
        return model
    if model.facts.layers is not None:
        raise InputError(
            f"The model {model.label!r} was made from a configuration, which a file cannot hold. Write the path of its "
            "config.json as text in the place of the wq.Model."
        )
    sizes = {"total_parameters": model.total_parameters, "active_parameters": model.active_parameters}
    return {"name": model.name, **{name: size for name, size in sizes.items() if size is not None}}
