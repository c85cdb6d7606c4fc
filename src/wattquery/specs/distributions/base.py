"""What every distribution can do: the public verbs shape and check arrays, each kind adds its maths."""

from __future__ import annotations

import copy
import dataclasses
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.pages.cards import Carded, Part, Table
from wattquery.specs.containers import check_unmasked
from wattquery.specs.entries import checked_entries
from wattquery.specs.scalars import finite, shortest, shown

__all__ = ["ALLOW", "OUTSIDE_RANGE", "Distribution", "FloatArray", "Variate"]

FloatArray = NDArray[np.float64]


OUTSIDE_RANGE, ALLOW = "outside_range", "allow"
"""The entry of a dict that lifts the check of the physical range, and its one value."""


@dataclasses.dataclass(frozen=True)
class Variate:
    """How draws of a distribution are made.

    Attributes
    ----------
    kind
        The name of a quantile function in `wattquery.kernels.random.variates`.
    parameters
        Up to three numbers that it takes.
    levels, values
        Its table, if it takes one.
    """

    kind: str
    parameters: tuple[float, ...] = ()
    levels: tuple[float, ...] = ()
    values: tuple[float, ...] = ()


@dataclasses.dataclass(frozen=True)
class Distribution(Carded, ABC):
    """The distribution of one number, frozen and checked when made.

    Two of them are equal when they are of one kind and have the same parameters.
    """

    by_name: ClassVar[dict[str, type[Distribution]]] = {}
    """Every kind of distribution, by the name that a dict calls it."""

    outside_range: ClassVar[str] = ""
    """``"allow"`` on one that `wattquery.unchecked` made. It is no parameter: label and equality are the same."""

    pure_numbers: ClassVar[frozenset[str]] = frozenset()
    """Parameters that stay as they are in another unit: shapes and probabilities."""

    def __init_subclass__(cls, *, written: bool = True, **kwargs: Any) -> None:
        """Enter a kind under its name, unless nobody writes it: what a workload is taken apart into has none."""
        super().__init_subclass__(**kwargs)
        if written:
            Distribution.by_name[cls.__name__] = cls

    def __str__(self) -> str:
        return self.label

    def _card(self) -> tuple[str, list[Part]]:
        levels = (0.05, 0.25, 0.5, 0.75, 0.95)
        header = ["", *(f"P{100 * level:g}" for level in levels), "mean"]
        row = ["value", *(f"{float(self.ppf(level)):.4g}" for level in levels), f"{self.mean():.4g}"]
        return str(self), [Table(header, [row], "in the unit of what it stands for")]

    @overload
    def ppf(self, p: float) -> float: ...
    @overload
    def ppf(self, p: ArrayLike) -> FloatArray: ...
    def ppf(self, p: ArrayLike) -> FloatArray | float:
        """Return the quantiles at probabilities ``p``, in the shape of ``p``; NaN outside [0, 1]."""
        p = _floats(p, "p")
        inside = (p >= 0) & (p <= 1)
        # Piecewise forms are evaluated everywhere and selected afterwards: branches not taken may overflow.
        with np.errstate(all="ignore"):
            quantiles = self._ppf(np.where(inside, p, 0.5))
        return np.where(inside, quantiles, np.nan)[()]

    @overload
    def cdf(self, x: float) -> float: ...
    @overload
    def cdf(self, x: ArrayLike) -> FloatArray: ...
    def cdf(self, x: ArrayLike) -> FloatArray | float:
        """Return the probabilities P(X <= x), in the shape of ``x``; NaN where ``x`` is."""
        x = _floats(x, "x")
        unknown = np.isnan(x)
        with np.errstate(all="ignore"):
            probabilities = self._cdf(np.where(unknown, 0.0, x))
        return np.where(unknown, np.nan, probabilities)[()]

    @overload
    def isf(self, s: float) -> float: ...
    @overload
    def isf(self, s: ArrayLike) -> FloatArray: ...
    def isf(self, s: ArrayLike) -> FloatArray | float:
        """Return the quantiles that are exceeded with probabilities ``s``, in the shape of ``s``; NaN outside [0, 1].

        ``P(X > isf(s)) = s`` where the cdf is continuous: `ppf` at 1 - s, but with all digits of a small ``s``.
        """
        s = _floats(s, "s")
        inside = (s >= 0) & (s <= 1)
        with np.errstate(all="ignore"):
            quantiles = self._isf(np.where(inside, s, 0.5))
        return np.where(inside, quantiles, np.nan)[()]

    @overload
    def sf(self, x: float) -> float: ...
    @overload
    def sf(self, x: ArrayLike) -> FloatArray: ...
    def sf(self, x: ArrayLike) -> FloatArray | float:
        """Return the probabilities P(X > x), in the shape of ``x``; NaN where ``x`` is.

        It is 1 - `cdf`, but with all digits where that is small.
        """
        x = _floats(x, "x")
        unknown = np.isnan(x)
        with np.errstate(all="ignore"):
            probabilities = self._sf(np.where(unknown, 0.0, x))
        return np.where(unknown, np.nan, probabilities)[()]

    @property
    def is_random(self) -> bool:
        """Whether it has more than one value."""
        low, high = self.support()
        return low < high

    def mean(self) -> float:
        """Return the expected value, infinite where it exceeds the range of a float."""
        with np.errstate(all="ignore"):
            return self._mean_between(-math.inf, math.inf)

    def scaled(self, factor: float) -> Self:
        """Return the distribution of ``factor`` times the number, such as the same in another unit.

        Parameters
        ----------
        factor
            A number above 0 [1].
        """
        return dataclasses.replace(
            self,
            **{
                field.name: _times(getattr(self, field.name), factor)
                for field in dataclasses.fields(self)
                if field.name not in self.pure_numbers
            },
        )

    def variate(self) -> Variate:
        """Return how draws are made, of a distribution that is neither discrete nor truncated."""
        raise NotImplementedError(f"no kernel draws from {type(self).__name__}")

    @abstractmethod
    def support(self) -> tuple[float, float]:
        """Return the smallest and the largest possible value; either may be infinite."""

    def knots(self) -> tuple[float, ...]:
        """Return the probabilities strictly between 0 and 1 at which ``ppf`` is continuous but not smooth."""
        return ()

    def atoms(self) -> tuple[FloatArray, FloatArray] | None:
        """Return the values (increasing) and their weights if the distribution is discrete, else None."""
        masses = self._masses()
        return None if masses is None else (masses[0], masses[1] / masses[1].sum())

    @property
    def label(self) -> str:
        """A short text that never changes: the call that makes this distribution."""
        arguments = (f"{field.name}={shortest(getattr(self, field.name))}" for field in dataclasses.fields(self))
        return f"{type(self).__name__}({', '.join(arguments)})"

    def to_dict(self) -> dict[str, Any]:
        """Return a dict of plain values that JSON and TOML can write, read back by `from_dict`."""
        entries: dict[str, Any] = {"distribution": type(self).__name__}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Distribution):
                value = value.to_dict()
            if value is not None:
                entries[_key(field)] = list(value) if isinstance(value, tuple) else value
        return entries | ({OUTSIDE_RANGE: ALLOW} if self.outside_range else {})

    @classmethod
    def from_dict(cls, entries: object) -> Self:
        """Return the distribution that `to_dict` wrote; on a kind of distribution, only that kind.

        Raises
        ------
        InputError
            If the kind or a key is unknown, or a key is missing.
        InputTypeError
            If ``entries`` is not a mapping.
        """
        if not isinstance(entries, Mapping):
            raise InputTypeError(
                f"A distribution must be a dict, got {shown(entries)}. Write for example {{'distribution': 'Fixed', "
                "'value': 1}."
            )
        named = entries.get("distribution")
        chosen = cls.by_name.get(named) if isinstance(named, str) else None
        if chosen is None or not issubclass(chosen, cls):
            allowed = [name for name, kind in cls.by_name.items() if issubclass(kind, cls)]
            kind = f"'distribution': {shown(named)}" if "distribution" in entries else "no 'distribution'"
            raise InputError(
                f"A dict must name its 'distribution', one of {listed(allowed)}, got {kind} in {shown(entries)}. Name "
                f"one of these.{did_you_mean(named, allowed) if named else ''}"
            )
        return chosen._from_keys({key: value for key, value in entries.items() if key != "distribution"})

    @classmethod
    def _from_keys(cls, arguments: Mapping[str, Any]) -> Self:
        fields = {_key(field): field for field in dataclasses.fields(cls)}
        required = [key for key, field in fields.items() if field.default is dataclasses.MISSING]
        optional = [key for key in fields if key not in required]
        arguments = checked_entries(arguments, cls.__name__, required, (*optional, OUTSIDE_RANGE))
        said = arguments.pop(OUTSIDE_RANGE, None)
        if said not in (None, ALLOW):
            raise InputError(
                f"{cls.__name__}: {OUTSIDE_RANGE} must be {ALLOW!r}, got {shown(said)}. It lifts the check of the "
                "physical range; leave it out to keep the check."
            )
        made = cls(**{fields[key].name: value for key, value in arguments.items()})
        return made if said is None else made.unchecked()

    def unchecked(self) -> Self:
        """Return the same distribution, to be taken outside the physical range of a quantity as well."""
        twin = copy.copy(self)
        object.__setattr__(twin, OUTSIDE_RANGE, ALLOW)
        return twin

    def _make_floats(self, *names: str) -> None:
        for name in names:
            object.__setattr__(self, name, finite(getattr(self, name), f"{type(self).__name__}: {name}"))

    # The maths, on float arrays whose values are already known to be valid. Upper-tail forms exist because
    # 1 - cdf(x) has no correct digit left where cdf(x) rounds to 1.

    @abstractmethod
    def _ppf(self, p: FloatArray) -> FloatArray: ...

    @abstractmethod
    def _cdf(self, x: FloatArray) -> FloatArray: ...

    @abstractmethod
    def _mean_between(self, low: float, high: float) -> float:
        """Return E[X | low <= X <= high], given that this has a positive probability."""

    def _isf(self, s: FloatArray) -> FloatArray:
        """Return x with P(X > x) = s."""
        return self._ppf(1.0 - s)

    def _sf(self, x: FloatArray) -> FloatArray:
        """Return P(X > x)."""
        return 1.0 - self._cdf(x)

    def _below(self, x: FloatArray) -> FloatArray:
        """Return P(X < x), which differs from the cdf only where a value has a probability of its own."""
        return self._cdf(x)

    def _from(self, x: FloatArray) -> FloatArray:
        """Return P(X >= x)."""
        return self._sf(x)

    def _masses(self) -> tuple[FloatArray, FloatArray] | None:
        """Return values and whole-number masses, whose sums are exact; None if not discrete."""
        return None


def _floats(value: ArrayLike, name: str) -> FloatArray:
    """Return an argument of a public verb as an array."""
    check_unmasked(value, name)
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputTypeError(
            f"{name} must be a number or an array of numbers, got {shown(value)}. Pass plain floats."
        ) from error


def _times(value: Any, factor: float) -> Any:
    """Return a parameter in another unit."""
    if value is None:
        return None
    if isinstance(value, Distribution):
        return value.scaled(factor)
    return factor * value if isinstance(value, float) else tuple(factor * number for number in value)


def _key(field: dataclasses.Field[Any]) -> str:
    """Return what a dict calls a field: ``distribution`` itself already names the kind."""
    return str(field.metadata.get("key", field.name))
