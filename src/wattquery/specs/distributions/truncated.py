"""Any distribution, given that the number lies between bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from wattquery.errors import InputError
from wattquery.specs.distributions.atomic import atomic_cdf, atomic_ppf, atoms_between
from wattquery.specs.distributions.base import Distribution, FloatArray
from wattquery.specs.distributions.convert import read_distribution
from wattquery.specs.scalars import shortest

__all__ = ["Truncated"]


@dataclass(frozen=True)
class Truncated(Distribution):
    """A distribution conditional on bounds (included): what lies outside is drawn again, not moved inside.

    ``P(X <= x) = (F(x) - F(low-)) / (F(high) - F(low-))`` with F of the distribution that is truncated

    Parameters
    ----------
    distribution : Distribution
        What is truncated; a number stands for `Fixed`. In a dict it is called ``of``.
    low, high : float, optional
        The bounds [unit of the distribution]; at least one of them.

    Raises
    ------
    InputError, InputTypeError
        If a bound is not a finite number, both are missing or out of order, or nothing is left between them.

    Examples
    --------
    >>> from wattquery.specs import Normal
    >>> pue = Truncated(Normal(mu=1.2, sigma=0.1), low=1)
    >>> pue.label
    'Truncated(Normal(mu=1.2, sigma=0.1), low=1)'
    >>> round(pue.mean(), 4)
    1.2055
    """

    distribution: Distribution = field(metadata={"key": "of"})
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "distribution", read_distribution(self.distribution, "Truncated: distribution"))
        given = [name for name in ("low", "high") if getattr(self, name) is not None]
        self._make_floats(*given)
        if not given:
            raise InputError(
                f"A truncation needs low, high or both, got {self.label} without a bound. Give one, or do not truncate."
            )
        if self.low is not None and self.high is not None and self.low > self.high:
            raise InputError(f"The bounds of a truncation must be in order, low <= high, got {self.label}. Swap them.")
        mass = self._probability()
        if mass < np.finfo(np.float64).tiny:
            bottom, top = map(shortest, self.distribution.support())
            raise InputError(
                f"A truncation must keep a probability above 0, got {self.label}, which keeps {mass:g}: "
                f"{self.distribution.label} lies between {bottom} and {top}. Move the bounds."
            )

    @property
    def label(self) -> str:
        """A short text that never changes: the call that makes this distribution."""
        bounds = [f"{name}={shortest(x)}" for name, x in (("low", self.low), ("high", self.high)) if x is not None]
        return f"Truncated({', '.join([self.distribution.label, *bounds])})"

    def support(self) -> tuple[float, float]:
        """Return the bounds, or those of the truncated distribution where they are tighter."""
        atoms = self._masses()
        if atoms is not None:
            return float(atoms[0][0]), float(atoms[0][-1])
        core, low, high = self._flat()
        bottom, top = core.support()
        return max(low, bottom), min(high, top)

    def knots(self) -> tuple[float, ...]:
        """Return the knots of the truncated distribution that are left, as probabilities of this one."""
        if self._masses() is not None:
            return ()
        core, _, _ = self._flat()
        below, _, mass = self._shares()
        shifted = ((knot - below) / mass for knot in core.knots())
        return tuple(knot for knot in shifted if 0 < knot < 1)

    def untruncated(self) -> tuple[Distribution, float, float]:
        """Return the distribution without bounds, its probability below ``low``, and that between the bounds.

        Truncations of truncations are one. For sampling: the quantile at u is that of the first at below + u * mass.
        """
        below, _, mass = self._shares()
        return self._flat()[0], below, mass

    def _flat(self) -> tuple[Distribution, float, float]:
        """Return what is truncated and the bounds, with truncations of truncations made one."""
        inner: Distribution = self.distribution
        core, low, high = inner._flat() if isinstance(inner, Truncated) else (inner, -math.inf, math.inf)
        return (
            core,
            low if self.low is None else max(low, self.low),
            high if self.high is None else min(high, self.high),
        )

    def _shares(self) -> tuple[float, float, float]:
        """Return P(X < low), P(X > high) and the rest, each from the tail in which it keeps its digits."""
        core, low, high = self._flat()
        at_low, at_high = np.asarray(low), np.asarray(high)
        with np.errstate(all="ignore"):
            below, above = float(core._below(at_low)), float(core._sf(at_high))
            if below > 0.5:
                return below, above, float(core._from(at_low)) - above
            if above > 0.5:
                return below, above, float(core._cdf(at_high)) - below
            return below, above, 1.0 - below - above

    def _probability(self) -> float:
        atoms = self._masses()
        if atoms is None:
            return max(0.0, self._shares()[2])
        return float(atoms[1].sum())

    def _masses(self) -> tuple[FloatArray, FloatArray] | None:
        core, low, high = self._flat()
        atoms = core._masses()
        return None if atoms is None else atoms_between(atoms, low, high)

    def _ppf(self, p: FloatArray) -> FloatArray:
        return self._quantile(p, 1.0 - p)

    def _isf(self, s: FloatArray) -> FloatArray:
        return self._quantile(1.0 - s, s)

    def _quantile(self, p: FloatArray, s: FloatArray) -> FloatArray:
        """Return x with P(X <= x) = p and P(X > x) = s = 1 - p, from the tail in which it keeps its digits."""
        atoms = self._masses()
        if atoms is not None:
            return atomic_ppf(atoms, p)
        core, low, high = self._flat()
        below, above, mass = self._shares()
        lower, upper = below + p * mass, above + s * mass
        quantile = np.where(lower <= 0.5, core._ppf(np.clip(lower, 0.0, 1.0)), core._isf(np.clip(upper, 0.0, 1.0)))
        return np.clip(quantile, low, high)

    def _cdf(self, x: FloatArray) -> FloatArray:
        atoms = self._masses()
        if atoms is not None:
            return atomic_cdf(atoms, x)
        core, low, high = self._flat()
        below, _, mass = self._shares()
        reached = core._from(np.asarray(low)) - core._sf(x) if below > 0.5 else core._cdf(x) - below
        return np.where(x < low, 0.0, np.where(x >= high, 1.0, np.clip(reached / mass, 0.0, 1.0)))

    def _sf(self, x: FloatArray) -> FloatArray:
        if self._masses() is not None:
            return 1.0 - self._cdf(x)
        core, low, high = self._flat()
        _, above, mass = self._shares()
        beyond = core._cdf(np.asarray(high)) - core._cdf(x) if above > 0.5 else core._sf(x) - above
        return np.where(x < low, 1.0, np.where(x >= high, 0.0, np.clip(beyond / mass, 0.0, 1.0)))

    def _mean_between(self, low: float, high: float) -> float:
        core, own_low, own_high = self._flat()
        return core._mean_between(max(low, own_low), min(high, own_high))
