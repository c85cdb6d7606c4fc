"""Many cells of the load model over the same lengths: each has its own units, so each is a mixture of its own.

Given the lengths, ln E is normal about ln(u . d), with u what one unit of each driver takes and d the drivers that the
lengths make; see `wattquery.kernels.load.query`. Drivers are made once for all cells of one attention; a cell costs a
product, a logarithm for each node, and its quantiles. Moments need no logarithm: u . E[d], and u . Cov[d] u.
"""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compiling.compile import compiled_where_used, kernel
from wattquery.kernels.exact.gauss import compressed
from wattquery.kernels.exact.mixture import mixture_quantiles
from wattquery.kernels.load.query import attention_pairs, context_reads, prefill_tokens
from wattquery.kernels.random.variates import standard_normal

__all__ = ["driver_moments", "driver_rows", "few_in_order", "load_mixture_statistics"]

PANEL = 4.0
"""Width of the panels in which many nodes become few, in sigma: see `wattquery.kernels.exact.gauss`."""

WIDEST_PANEL = 4.0
"""The same in ln E, for a wide sigma."""

FEW_NODES = 64
"""So many are solved for faster than reduced."""


@kernel
def driver_rows(reach, outputs, inputs, cached, drivers):
    """Fill ``drivers``, a row for each node of the lengths: see `wattquery.kernels.load.query.DRIVERS`.

    Parameters
    ----------
    reach : float64[:]
        The numbers of the attention; see `wattquery.kernels.load.query.REACH_NUMBERS`.
    outputs, inputs, cached : float64[:]
        L_out, L_in with the cached ones, and L_cached of each node [tokens].
    drivers : float64[:, :]
        A row per node [1, tokens, tokens2, tokens, tokens2].
    """
    for i in range(outputs.size):
        drivers[i, 0] = 1.0
        drivers[i, 1] = outputs[i]
        drivers[i, 2] = context_reads(reach, outputs[i], inputs[i])
        drivers[i, 3] = prefill_tokens(reach, inputs[i], cached[i])
        drivers[i, 4] = attention_pairs(reach, inputs[i], cached[i])


@kernel
def driver_moments(drivers, weights, means, covariances):
    """Fill means and covariances of the drivers over nodes of weights whose sum is 1."""
    means[:] = 0.0
    covariances[:] = 0.0
    for i in range(weights.size):
        for j in range(means.size):
            means[j] += weights[i] * drivers[i, j]
    for i in range(weights.size):
        for j in range(means.size):
            part = weights[i] * (drivers[i, j] - means[j])
            for k in range(j + 1):
                covariances[j, k] += part * (drivers[i, k] - means[k])
    for j in range(means.size):
        for k in range(j):
            covariances[k, j] = covariances[j, k]


@kernel
def load_mixture_statistics(
    units,
    drivers,
    weights,
    driver_means,
    driver_covariances,
    in_order,
    sigmas,
    levels,
    quantiles,
    means,
    deviations,
):
    """Fill the quantiles of ln(u . d) + sigma z, and mean and standard deviation of its exponential, for each cell.

    A cell's numbers depend on nothing but its own row.

    Parameters
    ----------
    units : float64[:, :]
        What one unit of each driver takes, a row per cell, in any unit of energy.
    drivers, weights : float64[:, :], float64[:]
        Of each node of the lengths, from `driver_rows`, and its probability; their sum is 1.
    driver_means, driver_covariances : float64[:], float64[:, :]
        From `driver_moments`.
    in_order : bool
        Whether every driver grows from node to node or stays, so that energies do; elsewhere nodes are sorted here.
    sigmas : float64[:]
        Standard deviation of the normal that is added, above 0, one per cell.
    levels : float64[:]
        Probability levels, increasing.
    quantiles : float64[:, :]
        One row per cell and one column per level.
    means, deviations : float64[:]
        One per cell.
    """
    size = weights.size
    values = np.empty(size)
    below, scratch = np.empty(size + 1), np.empty((3, size))
    below[0] = 0.0
    for c in range(sigmas.size):
        _fill_logarithms(units[c], drivers, values)
        if in_order:
            centres, shares = values, weights
        else:
            centres, shares = few_in_order(values, weights, sigmas[c])
        for i in range(shares.size):
            below[i + 1] = below[i] + shares[i]
        middle, spread = 0.0, 0.0
        for i in range(shares.size):
            middle += shares[i] * centres[i]
        for i in range(shares.size):
            spread += shares[i] * (centres[i] - middle) ** 2
        means[c], deviations[c] = _moments(units[c], driver_means, driver_covariances, sigmas[c])
        width = math.sqrt(spread + sigmas[c] * sigmas[c])
        guess = middle + width * standard_normal(levels[0])
        mixture_quantiles(levels, centres, shares, below, sigmas[c], guess, scratch, quantiles[c])


@compiled_where_used
def _fill_logarithms(units, drivers, values):
    """Fill ln(u . d) of each node."""
    # The sums first: a loop without a call is vectorized.
    for i in range(values.size):
        values[i] = (
            units[0] * drivers[i, 0]
            + units[1] * drivers[i, 1]
            + units[2] * drivers[i, 2]
            + units[3] * drivers[i, 3]
            + units[4] * drivers[i, 4]
        )
    for i in range(values.size):
        values[i] = math.log(values[i])


@kernel
def few_in_order(values, weights, sigma):
    """Return increasing centres and their weights: all nodes, or the few that a normal of ``sigma`` can tell apart."""
    if values.size <= FEW_NODES:
        centres, shares = values, weights
    else:
        centres, shares = compressed(values, weights, min(PANEL * sigma, WIDEST_PANEL))
    order = np.argsort(centres)
    return centres[order], shares[order]


@compiled_where_used
def _moments(units, driver_means, driver_covariances, sigma):
    """Return mean and standard deviation of (u . d) exp(sigma z).

    The variance is the mean of the variances and the variance of the means.
    """
    mean, between = 0.0, 0.0
    for j in range(driver_means.size):
        mean += units[j] * driver_means[j]
        for k in range(driver_means.size):
            between += units[j] * units[k] * driver_covariances[j, k]
    between = max(between, 0.0)
    variance = sigma * sigma
    factor = math.exp(0.5 * variance)
    return mean * factor, factor * math.sqrt((mean * mean + between) * math.expm1(variance) + between)
