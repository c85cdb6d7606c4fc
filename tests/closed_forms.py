"""Variance-based indices that are known without sampling: additive and multiplicative cells, and two test functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wattquery.kernels.equation import log_throughput
from wattquery.plans.build import lower
from wattquery.sweeps.study import study

Indices = dict[str, np.ndarray]


def squared_variations(model: str, **arguments: Any) -> tuple[dict[str, float], dict[str, float]]:
    """Return by factor the variance of ln X, and the squared coefficient of variation of X, of one cell's factors.

    All factors but ``output_tokens`` are lognormal, and the input length is fixed; X of the length is L / TPS(L), whose
    moments are a sum over all whole lengths.
    """
    asked = study(model, **arguments)
    lowered = lower(asked.grid, asked.catalog, asked.node_powers, seed=0, common_random_numbers=True)
    cell = lowered.plan.cell(0)
    (prompt,) = cell.input_tokens.distribution.atoms()[0]
    logs, energies = {}, {}
    for one in lowered.plan.cell(0).factors:
        if one.name == "output_tokens":
            tokens = np.arange(1.0, one.distribution.ppf(1.0 - 1e-13))
            below = one.distribution.cdf(np.append(0.0, tokens + 0.5))
            weights = np.diff(below) / below[-1]
            rate = log_throughput(*cell.throughput.coefficients, math.log(prompt), np.log(tokens))
            parts = np.log(tokens) - rate
            centre = weights @ parts
            values = np.exp(parts - centre)
            logs[one.name] = float(weights @ (parts - centre) ** 2)
            energies[one.name] = float(weights @ values**2 / (weights @ values) ** 2 - 1.0)
        else:
            logs[one.name] = one.distribution.sigma**2
            energies[one.name] = math.expm1(one.distribution.sigma**2)
    return logs, energies


def sum_indices(variances: dict[str, float]) -> Indices:
    """Return first and total order (the same) of a sum of independent terms with these variances."""
    shares = np.array(list(variances.values())) / sum(variances.values())
    return {"first_order": shares, "total_order": shares}


def product_indices(variations: dict[str, float]) -> Indices:
    """Return the indices of a product of independent factors with these squared coefficients of variation.

    S_i = c_i / (prod_j (1 + c_j) - 1), S_ij = c_i c_j / (...), S_Ti = c_i prod_{j != i} (1 + c_j) / (...).
    """
    c = np.array(list(variations.values()))
    whole = np.prod(1.0 + c)
    pairs = np.outer(c, c) / (whole - 1.0)
    np.fill_diagonal(pairs, np.nan)
    return {
        "first_order": c / (whole - 1.0),
        "total_order": c * whole / (1.0 + c) / (whole - 1.0),
        "second_order": pairs,
    }


def ishigami(x1: np.ndarray, x2: np.ndarray, x3: np.ndarray) -> np.ndarray:
    """Return sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1, of factors uniform on (-pi, pi).

    Source: Ishigami, Homma, ISUMA 1990, https://doi.org/10.1109/ISUMA.1990.151285
    """
    return np.sin(x1) + 7.0 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)


def ishigami_indices() -> Indices:
    first = 0.5 * (1.0 + 0.1 * math.pi**4 / 5.0) ** 2
    second = 49.0 / 8.0
    both = 0.01 * math.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    variance = first + second + both
    pairs = np.full((3, 3), np.nan)
    pairs[[0, 1, 1, 2], [1, 0, 2, 1]] = 0.0
    pairs[[0, 2], [2, 0]] = both / variance
    return {
        "first_order": np.array([first, second, 0.0]) / variance,
        "total_order": np.array([first + both, second, both]) / variance,
        "second_order": pairs,
        "variance": np.array(variance),
    }


def sobol_g(a: np.ndarray, **factors: np.ndarray) -> np.ndarray:
    """Return prod_i (|4 x_i - 2| + a_i) / (1 + a_i), of factors uniform on (0, 1).

    Source: Saltelli, Sobol', Reliability Engineering & System Safety 50 (1995) 225-239,
    https://doi.org/10.1016/0951-8320(95)00099-2
    """
    parts = [(np.abs(4.0 * x - 2.0) + one) / (1.0 + one) for x, one in zip(factors.values(), a, strict=True)]
    return np.prod(parts, axis=0)


def sobol_g_indices(a: np.ndarray) -> Indices:
    """Return the indices: each factor has mean 1 and variance 1 / (3 (1 + a_i)^2)."""
    variances = 1.0 / (3.0 * (1.0 + a) ** 2)
    return product_indices({str(i): float(one) for i, one in enumerate(variances)})
