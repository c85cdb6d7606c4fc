"""A small workload whose lengths go together, and the energies of its queries written out pair by pair."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

import wattquery as wq
from wattquery import catalog
from wattquery.throughput import fit_throughput

MODEL = "Llama 3.1 405B"
WEIGHT = 1.0 / 30.0
NODE_POWER = 10.2

_rng = np.random.default_rng(12)
_inputs = np.ceil(_rng.lognormal(6.5, 1.0, 60))
PAIRS = np.ceil(0.3 * _inputs * _rng.lognormal(0.0, 0.5, 60)), _inputs, _rng.integers(1, 9, 60) / 1.0
"""Outputs, inputs and weights of 60 nodes; outputs grow with inputs."""

WORKLOAD = wq.Workload(*PAIRS[:2], weights=PAIRS[2], name="correlated")
THROUGHPUT = fit_throughput(catalog.load("oviedo2026").deployment(MODEL).rows, MODEL)


def energies(outputs: np.ndarray, inputs: np.ndarray, pue: float = 1.1, power: float = 0.5) -> np.ndarray:
    """Return the energy of each pair of lengths [Wh], by the paper's equation."""
    b0, b1, b2, most = THROUGHPUT.coefficients
    rate = np.minimum(np.exp(b0 + b1 * np.log(inputs) + b2 * np.log(outputs)), math.exp(most))
    return pue * NODE_POWER * power * (outputs + WEIGHT * inputs) / (3.6 * rate)


def node_energies(**factors: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the energy of each node, and its probability."""
    return energies(*PAIRS[:2], **factors), PAIRS[2] / PAIRS[2].sum()


def smallest_quantiles(values: np.ndarray, weights: np.ndarray, levels: Sequence[float]) -> np.ndarray:
    """Return the smallest value that is not exceeded with each probability."""
    order = np.argsort(values)
    return values[order][np.searchsorted(np.cumsum(weights[order]), np.array(levels) - 1e-12)]


def mixture_quantiles(centres: np.ndarray, weights: np.ndarray, sigma: float, levels: Sequence[float]) -> np.ndarray:
    """Return the quantiles of exp(X), where X is normal about one of some centres."""

    def quantile(level: float) -> float:
        ends = centres.min() - 9.0 * sigma, centres.max() + 9.0 * sigma
        return float(brentq(lambda x: weights @ norm.cdf((x - centres) / sigma) - level, *ends, xtol=1e-13))

    return np.exp([quantile(level) for level in levels])
