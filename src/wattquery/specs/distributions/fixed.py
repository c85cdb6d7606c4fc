"""A number that is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wattquery.specs.distributions.base import Distribution, FloatArray, Variate
from wattquery.specs.scalars import shortest

__all__ = ["Fixed"]


@dataclass(frozen=True)
class Fixed(Distribution):
    """The distribution of a number that is known: P(X = value) = 1.

    Parameters
    ----------
    value : float
        The number [any unit].

    Raises
    ------
    InputError, InputTypeError
        If ``value`` is not a finite number.

    Examples
    --------
    >>> Fixed(1.1).label
    '1.1'
    >>> float(Fixed(500).ppf(0.3))
    500.0
    """

    value: float

    def __post_init__(self) -> None:
        self._make_floats("value")

    @property
    def label(self) -> str:
        """The number itself, which stands for this distribution wherever one is accepted."""
        return shortest(self.value)

    def support(self) -> tuple[float, float]:
        """Return the number twice."""
        return self.value, self.value

    def variate(self) -> Variate:
        """Return how draws are made."""
        return Variate("FIXED", (self.value,))

    def _ppf(self, p: FloatArray) -> FloatArray:
        return np.full(p.shape, self.value)

    def _cdf(self, x: FloatArray) -> FloatArray:
        return np.where(x >= self.value, 1.0, 0.0)

    def _mean_between(self, low: float, high: float) -> float:
        return self.value

    def _masses(self) -> tuple[FloatArray, FloatArray]:
        return np.array([self.value]), np.ones(1)
