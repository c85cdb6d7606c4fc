"""Discrete distributions as values (increasing) with whole-number masses: quantile, probability and mean."""

from __future__ import annotations

import math

import numpy as np

from wattquery.specs.distributions.base import FloatArray

__all__ = ["atomic_cdf", "atomic_mean", "atomic_ppf", "atoms_between"]

Masses = tuple[FloatArray, FloatArray]


def atomic_ppf(atoms: Masses, p: FloatArray) -> FloatArray:
    """Return the inverted cdf: the smallest value whose cumulative probability reaches ``p``."""
    values, masses = atoms
    # The same quotients as in atomic_cdf, so that ppf(k / n) is the k-th value and never the next.
    cumulative = np.cumsum(masses) / masses.sum()
    return values[np.searchsorted(cumulative, p, side="left")]


def atomic_cdf(atoms: Masses, x: FloatArray) -> FloatArray:
    """Return P(X <= x)."""
    values, masses = atoms
    cumulative = np.concatenate(([0.0], np.cumsum(masses) / masses.sum()))
    return cumulative[np.searchsorted(values, x, side="right")]


def atomic_mean(atoms: Masses) -> float:
    """Return the mean."""
    values, masses = atoms
    return math.fsum(values * masses) / float(masses.sum())


def atoms_between(atoms: Masses, low: float, high: float) -> Masses:
    """Return the atoms with low <= value <= high."""
    values, masses = atoms
    inside = (values >= low) & (values <= high)
    return values[inside], masses[inside]
