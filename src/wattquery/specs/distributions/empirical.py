"""Distributions that come from data: a sample, or a table of quantiles."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from wattquery.errors import InputError, InputTypeError, listed
from wattquery.specs.containers import as_mapping, numbers
from wattquery.specs.distributions.atomic import atomic_cdf, atomic_mean, atomic_ppf, atoms_between
from wattquery.specs.distributions.base import Distribution, FloatArray, Variate
from wattquery.specs.distributions.piecewise import piecewise_mean
from wattquery.specs.scalars import shown

__all__ = ["Empirical"]

Numbers = Sequence[float] | FloatArray


@dataclass(frozen=True, repr=False)
class Empirical(Distribution):
    """What was observed: either a sample, each value equally likely, or a table of quantiles.

    ``P(X <= x) = (number of samples <= x) / n``, and the quantile is the smallest x with P(X <= x) >= p;
    or a quantile function that is linear between the points (probabilities[i], values[i]).

    Numbers are stored as tuples, samples in increasing order: the same values make the same distribution.

    Parameters
    ----------
    samples : sequence of float, optional
        The sample [any unit], in any order: a list, a 1-D array, or a pandas Series or DataArray, whose labels say
        nothing. None may be missing.
    probabilities : sequence of float, optional
        Probabilities of the table [1], strictly increasing from 0 to 1.
    values : sequence of float, optional
        The quantile at each of them [any unit], non-decreasing. A Series or DataArray is read by its labels: those of
        ``probabilities``, or else the probabilities themselves.

    Raises
    ------
    InputError, InputTypeError
        If it is not exactly one of the two forms, or its numbers break a rule above.

    Examples
    --------
    >>> Empirical(samples=[40, 10, 20, 30]).ppf([0.25, 0.26, 1]).tolist()
    [10.0, 20.0, 40.0]
    >>> Empirical(probabilities=[0, 0.5, 1], values=[10, 20, 60]).ppf([0.25, 0.75]).tolist()
    [15.0, 40.0]
    """

    pure_numbers: ClassVar = frozenset({"probabilities"})

    samples: Numbers | None = None
    probabilities: Numbers | None = None
    values: Numbers | None = None

    def __post_init__(self) -> None:
        names = ("samples", "probabilities", "values")
        given = tuple(name for name in names if getattr(self, name) is not None)
        if given not in (("samples",), ("probabilities", "values")):
            raise InputError(
                "Empirical needs samples alone, or probabilities and values together, got "
                f"{' and '.join(given) or 'nothing'}. Give one of these two forms."
            )
        values: Any = _by_probability(self.probabilities, self.values)
        object.__setattr__(self, "values", values)
        for name in given:
            object.__setattr__(self, name, _floats(getattr(self, name), f"Empirical: {name}"))
        if self.samples is not None:
            object.__setattr__(self, "samples", tuple(sorted(self.samples)))
        else:
            self._check_table()

    def _check_table(self) -> None:
        p, x = self._table
        if len(p) != len(x) or len(p) < 2:
            raise InputError(
                f"Empirical needs as many values as probabilities, at least 2, got {len(p)} probabilities and {len(x)} "
                "values. Give each probability its value."
            )
        if p[0] != 0 or p[-1] != 1 or not (np.diff(p) > 0).all():
            raise InputError(
                f"Empirical: probabilities must increase strictly from 0 to 1, got {shown(p.tolist())}. Add the "
                "smallest value at probability 0 and the largest at 1, and sort the rest."
            )
        if not (np.diff(x) >= 0).all():
            at = int(np.argmin(np.diff(x) >= 0))
            raise InputError(
                f"Empirical: values are quantiles and must not decrease, got {shown(x.tolist())}, which fall from "
                f"{x[at]} to {x[at + 1]}. Sort them."
            )

    def __repr__(self) -> str:
        return self.label  # a thousand numbers help nobody

    @property
    def label(self) -> str:
        """The size of the data and a hash of its numbers, the same on every machine."""
        given = [np.asarray(one, "<f8") for one in (self.samples, self.probabilities, self.values) if one is not None]
        content = bytes([len(given)]) + b"".join(one.tobytes() for one in given)
        return f"Empirical(n={len(given[0])}, sha={hashlib.blake2b(content, digest_size=4).hexdigest()})"

    def support(self) -> tuple[float, float]:
        """Return the smallest and the largest value."""
        x = self._table[1] if self.samples is None else self.samples
        return float(x[0]), float(x[-1])

    def knots(self) -> tuple[float, ...]:
        """Return the inner probabilities of a table; a sample has atoms instead."""
        return () if self.probabilities is None else tuple(self.probabilities[1:-1])

    def variate(self) -> Variate:
        """Return how draws of a table are made; those of a sample are drawn by its atoms."""
        return Variate("TABLE", levels=tuple(self.probabilities or ()), values=tuple(self.values or ()))

    @property
    def _table(self) -> tuple[FloatArray, FloatArray]:
        return np.asarray(self.probabilities, np.float64), np.asarray(self.values, np.float64)

    def _masses(self) -> tuple[FloatArray, FloatArray] | None:
        if self.samples is None:
            return None
        values, counts = np.unique(np.asarray(self.samples), return_counts=True)
        return values, counts.astype(np.float64)

    def _ppf(self, p: FloatArray) -> FloatArray:
        atoms = self._masses()
        return np.asarray(np.interp(p, *self._table)) if atoms is None else atomic_ppf(atoms, p)

    def _cdf(self, x: FloatArray) -> FloatArray:
        atoms = self._masses()
        return self._table_cdf(x, "right") if atoms is None else atomic_cdf(atoms, x)

    def _below(self, x: FloatArray) -> FloatArray:
        return self._table_cdf(x, "left")  # of tables only: samples go by their atoms

    def _from(self, x: FloatArray) -> FloatArray:
        return 1.0 - self._below(x)

    def _table_cdf(self, x: FloatArray, side: Literal["left", "right"]) -> FloatArray:
        # np.interp would do, were it not undefined where values repeat: there P(X <= x) and P(X < x) part.
        p, values = self._table
        after = np.searchsorted(values, x, side=side)
        i = np.clip(after - 1, 0, len(p) - 2)
        inner = p[i] + (x - values[i]) / (values[i + 1] - values[i]) * (p[i + 1] - p[i])
        return np.where(after == 0, 0.0, np.where(after == len(p), 1.0, inner))

    def _mean_between(self, low: float, high: float) -> float:
        atoms = self._masses()
        return piecewise_mean(self, low, high) if atoms is None else atomic_mean(atoms_between(atoms, low, high))


def _floats(given: object, name: str) -> tuple[float, ...]:
    """Return a list, 1-D array, Series or DataArray of finite numbers as floats."""
    floats = numbers(given, name)
    if not floats:
        raise InputError(f"{name} must have at least one number, got {shown(given)}, which is empty. Add one.")
    return floats


def _by_probability(probabilities: object, values: object) -> object:
    """Return the values of a table in the order of its probabilities, by label where they have labels."""
    by_label = as_mapping(values, "Empirical: values")
    if not isinstance(by_label, Mapping):
        return values
    if isinstance(values, Mapping):
        raise InputTypeError(
            f"Empirical: values must be a list of numbers, one for each probability, got the dict {shown(values)}. "
            "Pass list(values.values()), and probabilities=list(values)."
        )
    keys = as_mapping(probabilities, "Empirical: probabilities")
    labels = list(keys) if isinstance(keys, Mapping) else list(numbers(probabilities, "Empirical: probabilities"))
    if len(labels) != len(by_label) or not all(label in by_label for label in labels):
        raise InputError(
            f"Empirical: values must have the labels of probabilities, {listed(labels)}, or none, got "
            f"{listed(by_label)}. Pass values.to_numpy() if the order is right."
        )
    return [by_label[label] for label in labels]
