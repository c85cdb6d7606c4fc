"""Presets: the assumptions that a set of published numbers rests on, as immutable data.

Distributions stay mappings here, such as ``{"distribution": "LogNormal", "p5": 0.4, "p95": 0.9}``; turning
them into objects belongs to the rooms that use them.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from wattquery.catalog.ranges import ranged_value
from wattquery.catalog.shipped import data
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed, quoted
from wattquery.inputs.arguments import refuses_unknown
from wattquery.inputs.names import clean_keys, clean_name
from wattquery.pages.cards import Carded, Part, fields_of

__all__ = ["Preset", "preset", "preset_names"]

Distribution = Mapping[str, Any]

_NAMED = (
    "node_power_by_model",
    "output_tokens",
    "levers",
    "lever_kinds",
    "fleet_serving_lever",
    "fleet_overhead",
    "prefill_weights",
)
"""Fields whose keys are names of the user's own."""
_TABLES = {"node_power_by_model": "node_power", "prefill_weights": "prefill_weight"}
"""Mappings of numbers, and what these are in the table of quantities. Steps are checked once they are named."""


_DISTRIBUTIONS = ("power_utilization", "pue", "output_tokens", "levers", "fleet_serving_lever")
"""Fields that hold distributions, as dicts of plain values."""


@dataclass(frozen=True)
class Preset(Carded):
    """The assumptions behind a set of numbers.

    Mappings are made read-only, at every depth. To vary one: ``dataclasses.replace(preset, node_power=9.0)``.

    Attributes
    ----------
    name, title
        What the preset is called and what it stands for.
    catalog
        Name of the catalog that throughputs come from.
    node_power, node_power_by_model
        Node power rating, and that of the models that differ [kW]; None where each row of the catalog says its own.
    power_utilization, pue
        Distribution of the drawn share of the rating, and of the power usage effectiveness [1].
    output_tokens
        Workload to distribution of generated tokens [tokens].
    input_tokens
        Prompt tokens, a number or a distribution [tokens].
    round_tokens
        Whether drawn lengths are rounded to whole tokens; a number is used as it is.
    prefill_weight
        Weight of one input token relative to one output token [1].
    levers
        Efficiency lever to the distribution of its factor [1].
    lever_kinds
        Efficiency lever to what it changes, as ``kind`` of `wattquery.Lever` has it; its name says it where it is not
        there.
    fleet_serving_lever
        Workload to the distribution of the one lever of an improved fleet [1].
    fleet_overhead
        Factors on fleet energy [1]. The source multiplies them and does not explain them, hence their names.
    blend_top
        How many deployments, by highest median, the frontier blend takes; 0 where there is no frontier.
    blend_trim
        Quantiles that each of them is cut to; None to keep all.
    published
        Which published numbers the preset is to be compared with; empty for none.
    prefill_weights
        Named prefill weights of the source, the headline's and that of its input-length supplement [1].

    Raises
    ------
    InputError, InputTypeError
        If a number is none, or outside its physical range.

    Examples
    --------
    >>> from wattquery import catalog
    >>> catalog.preset("v2-code").node_power_by_model["DeepSeek-R1"]
    12.8
    """

    name: str
    title: str
    catalog: str
    node_power: float | None
    node_power_by_model: Mapping[str, float]
    power_utilization: Distribution
    pue: Distribution
    output_tokens: Mapping[str, Distribution]
    input_tokens: float | Distribution
    round_tokens: bool
    prefill_weight: float
    levers: Mapping[str, Distribution]
    fleet_serving_lever: Mapping[str, Distribution]
    fleet_overhead: Mapping[str, float]
    blend_top: int
    blend_trim: tuple[float, float] | None
    published: str
    prefill_weights: Mapping[str, float] = field(default_factory=dict)
    lever_kinds: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in dataclasses.fields(self):
            value = getattr(self, entry.name)
            if entry.name in _NAMED and isinstance(value, Mapping):
                value = clean_keys(value, f"Preset: {entry.name}")
            object.__setattr__(self, entry.name, _frozen(value))
        self._check_numbers()

    def _check_numbers(self) -> None:
        """Put what is always a number through the check of its range; distributions pass one where they are made."""
        for name in ("node_power", "prefill_weight"):
            if name == "node_power" and self.node_power is None:
                continue
            object.__setattr__(self, name, _checked(name, getattr(self, name), f"Preset {self.name!r}: {name}"))
        for name, quantity in _TABLES.items():
            table = {
                key: _checked(quantity, value, f"Preset {self.name!r}: {name}[{key!r}]")
                for key, value in getattr(self, name).items()
            }
            object.__setattr__(self, name, MappingProxyType(table))

    def _card(self) -> tuple[str, list[Part]]:
        facts = fields_of(self, ["name", "title"])
        facts |= {name.replace("_", " "): _in_words(getattr(self, name)) for name in _DISTRIBUTIONS}
        with_units = {"node power": "node power [kW]", "node power by model": "node power by model [kW]"}
        return f"Preset {self.name}: {self.title}", [{with_units.get(name, name): one for name, one in facts.items()}]

    def __hash__(self) -> int:
        return hash((self.name, self.catalog, self.published))  # read-only mappings cannot be hashed

    def __reduce__(self) -> tuple[Any, ...]:
        # Read-only mappings cannot be pickled either, and presets travel to workers.
        return _rebuilt, ({entry.name: _thawed(getattr(self, entry.name)) for entry in dataclasses.fields(self)},)


def preset_names() -> tuple[str, ...]:
    """Return the names of the presets.

    Examples
    --------
    >>> from wattquery import catalog
    >>> catalog.preset_names()
    ('v2-code', 'v2-text', 'v1', 'untrimmed', 'corrected', 'default')
    """
    return tuple(_entries())


def _in_words(value: Any) -> str:
    """Return a distribution as the call that makes it, or several by name."""
    if not isinstance(value, Mapping):
        return str(value)
    if "distribution" in value:
        from wattquery.specs import Distribution as Specified  # which needs numpy

        return Specified.from_dict(value).label
    return ", ".join(f"{name}: {_in_words(one)}" for name, one in value.items())


@refuses_unknown
def preset(name: str | Preset) -> Preset:
    """Return a preset by its name, or the preset given.

    Parameters
    ----------
    name
        One of `preset_names`, or a `Preset`, which comes back as it is.

    Raises
    ------
    InputError
        If no preset is called ``name``.

    Examples
    --------
    >>> from wattquery import catalog
    >>> catalog.preset("v1").node_power, catalog.preset("untrimmed").blend_trim
    (11.3, None)
    """
    if isinstance(name, Preset):
        return name
    if not isinstance(name, str):
        raise InputTypeError(
            f"preset must be a name or a Preset, got {quoted(name)}. Pass one of {listed(preset_names())}."
        )
    name = clean_name(name, "preset")
    if name not in _entries():
        raise InputError(
            f"preset must be one of {listed(preset_names())}, got {name!r}.{did_you_mean(name, preset_names())}"
        )
    return _built(name)


@cache
def _entries() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(data("presets.toml").decode())


@cache
def _built(name: str) -> Preset:
    entries = _resolved(name)
    trim, power = entries.pop("blend_trim"), entries.pop("node_power")
    # TOML has no word for nothing, so the file says "none", or where else it is from.
    return Preset(
        name=name,
        blend_trim=None if trim == "none" else tuple(trim),
        node_power=None if power == "catalog" else power,
        **entries,
    )


def _resolved(name: str) -> dict[str, Any]:
    entries = dict(_entries()[name])
    base = entries.pop("extends", None)
    return entries if base is None else {**_resolved(base), **entries}


def _checked(quantity: str, value: Any, owner: str) -> float:
    # A weight may be 0, which leaves the prompt out.
    is_zero = quantity == "prefill_weight" and isinstance(value, (int, float)) and value == 0
    return 0.0 if is_zero else ranged_value(quantity, value, owner)


def _rebuilt(entries: dict[str, Any]) -> Preset:
    return Preset(**entries)


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return MappingProxyType({key: _frozen(one) for key, one in value.items()})
    return value


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _thawed(one) for key, one in value.items()}
    return value
