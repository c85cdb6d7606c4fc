"""Efficiency levers: what divides the energy of a query."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from wattquery.errors import InputError, InputTypeError
from wattquery.inputs.names import clean_name
from wattquery.pages.cards import Carded, Part, fields_of
from wattquery.specs.by_concurrency import ByConcurrency
from wattquery.specs.distributions import Distribution, Fixed, LogNormal, Truncated, as_distribution
from wattquery.specs.entries import checked_entries
from wattquery.specs.lever_kinds import checked_kind, kind_by_name
from wattquery.specs.ranges import positive, ranged
from wattquery.specs.scalars import finite, shown

__all__ = ["Lever"]

_Factor: TypeAlias = Distribution | float | Mapping[str, Any]
_Curve: TypeAlias = ByConcurrency | Mapping[Any, _Factor]

_NEVER = 1e-15
"""Probability below which no run of this package will see a value."""


@dataclass(frozen=True)
class Lever(Carded):
    """An efficiency lever: the energy of a query is divided by a number M, mostly above 1.

    ``E_with = E_without / M``

    Parameters
    ----------
    name : str
        What the grid calls it. No ``+``, which joins levers, and not ``none``; outer spaces are dropped.
    distribution : Distribution, float or mapping
        The factor M [1], mostly at least 1; a number at least 1. Left out where ``by_concurrency`` says it.
    kind : str, optional
        What it changes: ``"speculation"``, ``"precision"``, ``"batching"``, ``"caching"``, ``"serving"``,
        ``"hardware"``, ``"model"``, or ``"other"`` where it is none of these. Under a load it says whether the lever
        counts twice what the load model has. Left out, its name is asked.
    by_concurrency : mapping, optional
        M by the running sequences of an instance [1], from 1, numbers or `LogNormal`, in place of ``distribution``.
        Between two of them the logarithms of its quantiles are linear in that of the concurrency; beyond the ends it
        is held, and a note says so. Such a lever needs a load. It must save at one of them at least.
    time_factor : Distribution, float or mapping, optional
        What the time is divided by for which a query holds its instance [1], above 0; by concurrency as a mapping.
        Left out, the lever saves energy alone, and leaves nodes as they are.
    source : str, optional
        Where its numbers are from.

    Raises
    ------
    InputError, InputTypeError
        If the name or the kind cannot be used, the factor can reach zero or is mostly no saving, or is left out or
        given twice.

    Examples
    --------
    >>> Lever("serving", LogNormal(p5=1.5, p95=5)).label
    'serving'
    >>> Lever("EAGLE-3", 1.6).acts_on, Lever("ours", 1.6, kind="speculation").acts_on, Lever("ours", 1.6).acts_on
    ('speculation', 'speculation', None)
    >>> draft = Lever("draft", by_concurrency={4: 1.5, 64: 1.2}, time_factor={4: 1.8, 64: 1.3})
    >>> draft.at(4).factor, draft.at(4).time_factor, draft.saves_time
    (Fixed(value=1.5), Fixed(value=1.8), True)
    """

    name: str
    distribution: Distribution | None = None
    kind: str | None = field(default=None, kw_only=True)
    by_concurrency: ByConcurrency | None = field(default=None, kw_only=True)
    time_factor: Distribution | ByConcurrency | None = field(default=None, kw_only=True)
    source: str = field(default="", kw_only=True)

    if TYPE_CHECKING:  # what may be written, of which the fields are the checked form

        def __init__(
            self,
            name: str,
            distribution: _Factor | None = None,
            *,
            kind: str | None = None,
            by_concurrency: _Curve | None = None,
            time_factor: Distribution | float | ByConcurrency | Mapping[Any, Any] | None = None,
            source: str = "",
        ) -> None: ...

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", _checked_name(self.name))
        owner = f"Lever {self.name!r}"
        object.__setattr__(self, "kind", checked_kind(self.kind, owner))
        if (self.distribution is None) == (self.by_concurrency is None):
            given = "neither" if self.distribution is None else "both"
            raise InputError(
                f"{owner} must have one of distribution and by_concurrency, got {given}: write wq.Lever({self.name!r}, "
                f"1.5), or wq.Lever({self.name!r}, by_concurrency={{4: 1.5, 64: 1.2}})."
            )
        if self.by_concurrency is not None:
            object.__setattr__(self, "by_concurrency", _checked_curve(self.by_concurrency, owner))
        else:
            object.__setattr__(self, "distribution", _checked_factor(self.distribution, f"{owner}: distribution"))
        if self.time_factor is not None:
            object.__setattr__(self, "time_factor", _checked_time(self.time_factor, f"{owner}: time_factor"))
        if not isinstance(self.source, str):
            raise InputTypeError(f"{owner}: source must be text, got {shown(self.source)}: write where it is from.")

    @property
    def label(self) -> str:
        """The name."""
        return self.name

    @property
    def acts_on(self) -> str | None:
        """The kind that was stated, or else the one that the name tells; None where neither does."""
        return kind_by_name(self.name) if self.kind is None else self.kind

    @property
    def factor(self) -> Distribution:
        """What divides the energy [1], where it is the same at any load.

        Raises
        ------
        InputError
            If it depends on the load.
        """
        if self.distribution is None:
            raise InputError(
                f"levers must have none that depends on the load where none is stated, got {self.name!r}: pass "
                "concurrency=16 or load=0.5, or the lever at one concurrency, such as lever.at(16)."
            )
        return self.distribution

    @property
    def factors(self) -> tuple[Distribution, ...]:
        """What divides the energy [1]: one for each concurrency that was given, or the only one."""
        return (self.factor,) if self.by_concurrency is None else self.by_concurrency.factors

    @property
    def largest(self) -> Distribution:
        """What it can divide the energy by at most [1], of all concurrencies."""
        return max(self.factors, key=lambda one: float(one.isf(_NEVER)))

    @property
    def definition(self) -> str:
        """What divides the energy, in words."""
        return str(self.factor if self.by_concurrency is None else self.by_concurrency)

    @property
    def depends_on_load(self) -> bool:
        """Whether energy or time is divided by another number at another concurrency."""
        return self.by_concurrency is not None or isinstance(self.time_factor, ByConcurrency)

    def time_at(self, concurrency: float) -> Distribution | None:
        """Return what the time is divided by at a number of running sequences [1]; None where no time is saved."""
        place = _running(concurrency)
        return self.time_factor.at(place) if isinstance(self.time_factor, ByConcurrency) else self.time_factor

    @property
    def saves_time(self) -> bool:
        """Whether a time factor was given, so that the lever changes nodes; else it saves energy alone."""
        return self.time_factor is not None

    def at(self, concurrency: float) -> Lever:
        """Return the lever as it is at a number of running sequences, which needs no load.

        Parameters
        ----------
        concurrency
            Running sequences of an instance [1].

        Raises
        ------
        InputError, InputTypeError
            If it is no number above 0, or the lever saves nothing there.
        """
        place = _running(concurrency)
        factor = self.factor if self.by_concurrency is None else self.by_concurrency.at(place)
        return Lever(self.name, factor, kind=self.kind, time_factor=self.time_at(place), source=self.source)

    def _card(self) -> tuple[str, list[Part]]:
        return f"Lever {self.name}: energy / {self.definition}", [fields_of(self, ["name"])]

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write, read back by `from_dict`."""
        curve = self.by_concurrency
        entries: dict[str, Any] = {"lever": self.name}
        entries |= {"distribution": self.factor.to_dict()} if curve is None else {"by_concurrency": curve.to_dict()}
        entries |= {} if self.kind is None else {"kind": self.kind}
        entries |= {} if self.time_factor is None else {"time_factor": self.time_factor.to_dict()}
        return entries | ({"source": self.source} if self.source else {})

    @classmethod
    def from_dict(cls, entries: object) -> Lever:
        """Return the lever that `to_dict` wrote.

        Raises
        ------
        InputError, InputTypeError
            If it is not a mapping, a key is missing or unknown, or a value is not allowed.
        """
        optional = ("kind", "by_concurrency", "time_factor", "source")
        has_curve = isinstance(entries, Mapping) and "by_concurrency" in entries
        factor = ("distribution",)
        required, allowed = (("lever",), optional + factor) if has_curve else (("lever", *factor), optional)
        checked = checked_entries(entries, "Lever", required, allowed)
        return cls(checked.pop("lever"), checked.pop("distribution", None), **checked)


def _checked_factor(value: object, owner: str) -> Distribution:
    factor = as_distribution(value, owner)
    if not _stays_above_zero(factor):
        fix = "Keep what is left with Truncated(..., low=1)" if factor.support()[1] > 1 else "Give factors above 1"
        raise InputError(
            f"{owner} divides the energy and must stay above 0, got {factor.label}, which can reach zero or less. "
            f"{fix}."
        )
    return ranged("lever_factor", factor, owner)


def _checked_curve(value: object, owner: str) -> ByConcurrency:
    """Return factors by concurrency of which one saves: at other loads a lever may cost, as speculation does."""
    curve = ByConcurrency.of(value, f"{owner}: by_concurrency")
    if not any(float(one.ppf(0.5)) >= 1.0 for one in curve.factors):
        raise InputError(
            f"{owner}: by_concurrency must be mostly at least 1 at one concurrency, or it saves nowhere, got {curve}: "
            "to halve the energy write 2, not 0.5."
        )
    for one in curve.factors:
        ranged("lever_factor", Fixed(max(1.0, float(one.ppf(0.95)))), f"{owner}: by_concurrency")
    return curve


def _checked_time(value: object, owner: str) -> Distribution | ByConcurrency:
    is_curve = isinstance(value, ByConcurrency) or (isinstance(value, Mapping) and "distribution" not in value)
    if is_curve:
        return ByConcurrency.of(value, owner)
    return positive(owner, as_distribution(value, owner))


def _running(concurrency: object) -> float:
    place = finite(concurrency, "concurrency")
    if place <= 0.0:
        raise InputError(f"concurrency must be above 0 running sequences, got {shown(concurrency)}: write 16.")
    return place


def _checked_name(name: object) -> str:
    if not isinstance(name, str):
        raise InputTypeError(f"Lever: name must be text, got {shown(name)}. Write it in quotes.")
    stripped = clean_name(name, "Lever: name") if name.strip() else ""
    if not stripped or "+" in stripped or stripped.casefold() == "none":
        raise InputError(
            "Lever: name must be text without '+' (which joins levers) that is neither empty nor 'none' (which stands "
            f"for no lever), got {shown(name)}. Choose another name."
        )
    return stripped


def _stays_above_zero(factor: Distribution) -> bool:
    """Return whether 1 / M has a mean: a density down to zero makes it infinite, but not a lognormal one."""
    low = factor.support()[0]
    if low == 0:
        while isinstance(factor, Truncated):
            factor = factor.distribution
        return isinstance(factor, LogNormal)
    return low > 0 or (low == -math.inf and bool(factor.ppf(_NEVER) > 0))
