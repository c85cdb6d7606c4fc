"""Quantile functions in double precision: the standard normal, and every distribution of the specs.

A distribution reaches this file as its kind, up to three parameters, and for tables two arrays.
"""

from __future__ import annotations

import math

import numpy as np

from wattquery.kernels.compiling.compile import kernel

__all__ = [
    "ATOMS",
    "EXPONENTIAL",
    "FIXED",
    "LOGNORMAL",
    "NORMAL",
    "STANDARD_NORMAL",
    "TABLE",
    "TRIANGULAR",
    "UNIFORM",
    "first_from",
    "quantile",
    "standard_normal",
]

STANDARD_NORMAL, FIXED, LOGNORMAL, EXPONENTIAL, UNIFORM, TRIANGULAR, NORMAL, TABLE, ATOMS = range(9)


@kernel
def standard_normal(p):
    """Return the standard normal quantile of ``p`` in (0, 1), to about 1e-16 relative; NaN elsewhere.

    Source: Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
    (1988) 477-484, https://doi.org/10.2307/2347330 (its routine PPND16).
    """
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        numerator = 2.5090809287301226727e3
        numerator = numerator * r + 3.3430575583588128105e4
        numerator = numerator * r + 6.7265770927008700853e4
        numerator = numerator * r + 4.5921953931549871457e4
        numerator = numerator * r + 1.3731693765509461125e4
        numerator = numerator * r + 1.9715909503065514427e3
        numerator = numerator * r + 1.3314166789178437745e2
        numerator = numerator * r + 3.3871328727963666080e0
        denominator = 5.2264952788528545610e3
        denominator = denominator * r + 2.8729085735721942674e4
        denominator = denominator * r + 3.9307895800092710610e4
        denominator = denominator * r + 2.1213794301586595867e4
        denominator = denominator * r + 5.3941960214247511077e3
        denominator = denominator * r + 6.8718700749205790830e2
        denominator = denominator * r + 4.2313330701600911252e1
        denominator = denominator * r + 1.0
        return q * numerator / denominator
    tail = p if q < 0.0 else 1.0 - p
    r = math.sqrt(-math.log(tail))
    if r <= 5.0:
        r -= 1.6
        numerator = 7.74545014278341407640e-4
        numerator = numerator * r + 2.27238449892691845833e-2
        numerator = numerator * r + 2.41780725177450611770e-1
        numerator = numerator * r + 1.27045825245236838258e0
        numerator = numerator * r + 3.64784832476320460504e0
        numerator = numerator * r + 5.76949722146069140550e0
        numerator = numerator * r + 4.63033784615654529590e0
        numerator = numerator * r + 1.42343711074968357734e0
        denominator = 1.05075007164441684324e-9
        denominator = denominator * r + 5.47593808499534494600e-4
        denominator = denominator * r + 1.51986665636164571966e-2
        denominator = denominator * r + 1.48103976427480074590e-1
        denominator = denominator * r + 6.89767334985100004550e-1
        denominator = denominator * r + 1.67638483018380384940e0
        denominator = denominator * r + 2.05319162663775882187e0
        denominator = denominator * r + 1.0
    else:
        r -= 5.0
        numerator = 2.01033439929228813265e-7
        numerator = numerator * r + 2.71155556874348757815e-5
        numerator = numerator * r + 1.24266094738807843860e-3
        numerator = numerator * r + 2.65321895265761230930e-2
        numerator = numerator * r + 2.96560571828504891230e-1
        numerator = numerator * r + 1.78482653991729133580e0
        numerator = numerator * r + 5.46378491116411436990e0
        numerator = numerator * r + 6.65790464350110377720e0
        denominator = 2.04426310338993978564e-15
        denominator = denominator * r + 1.42151175831644588870e-7
        denominator = denominator * r + 1.84631831751005468180e-5
        denominator = denominator * r + 7.86869131145613259100e-4
        denominator = denominator * r + 1.48753612908506148525e-2
        denominator = denominator * r + 1.36929880922735805310e-1
        denominator = denominator * r + 5.99832206555887937690e-1
        denominator = denominator * r + 1.0
    value = numerator / denominator
    return -value if q < 0.0 else value


@kernel
def first_from(x, values, start):
    """Return the first place from ``start`` on whose value is at least x, else the number of values, in order.

    As ``np.searchsorted``, which is slow to compile.
    """
    low, high = start, values.size
    while low < high:
        middle = (low + high) // 2
        if values[middle] < x:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def quantile(kind, p0, p1, p2, levels, values, u):
    """Return the quantile at ``u`` in (0, 1) of the distribution with this kind and these parameters.

    =============== ============================== ==========================================
    kind            parameters                     quantile
    =============== ============================== ==========================================
    STANDARD_NORMAL                                z(u)
    FIXED           value                          p0
    LOGNORMAL       mu, sigma                      exp(p0 + p1 z(u))
    EXPONENTIAL     scale                          -p0 ln(1 - u)
    UNIFORM         low, high                      p0 + (p1 - p0) u
    TRIANGULAR      low, mode, high                square-root branches about the mode
    NORMAL          mu, sigma                      p0 + p1 z(u)
    TABLE           ``levels`` from 0 to 1         linear between the ``values``
    ATOMS           ``levels`` cumulative          the first value whose level reaches u
    =============== ============================== ==========================================

    Parameters
    ----------
    kind : int
        One of the names above.
    p0, p1, p2 : float64
        Its parameters, in that order; the rest is ignored.
    levels, values : float64[:]
        Its table: two arrays of equal length; two empty ones for kinds without a table.
    u : float64
        Probability.

    Returns
    -------
    float64
        NaN where ``u`` is not in [0, 1], for other kinds, and for tables that are empty (or have one level, of a
        TABLE). The parameters are not looked at.
    """
    if not 0.0 <= u <= 1.0:
        return np.nan
    if kind == STANDARD_NORMAL:
        return standard_normal(u)
    if kind == FIXED:
        return p0
    if kind == LOGNORMAL:
        return math.exp(p0 + p1 * standard_normal(u))
    if kind == EXPONENTIAL:
        return -p0 * math.log1p(-u)
    if kind == UNIFORM:
        return p0 + (p1 - p0) * u
    if kind == TRIANGULAR:
        if u * (p2 - p0) < p1 - p0:
            return p0 + math.sqrt(u * (p2 - p0) * (p1 - p0))
        return p2 - math.sqrt((1.0 - u) * (p2 - p0) * (p2 - p1))
    if kind == NORMAL:
        return p0 + p1 * standard_normal(u)
    if kind == ATOMS and levels.size > 0:
        return values[min(first_from(u, levels, 0), levels.size - 1)]
    if kind != TABLE or levels.size < 2:
        return np.nan
    upper = min(max(first_from(u, levels, 0), 1), levels.size - 1)
    share = (u - levels[upper - 1]) / (levels[upper] - levels[upper - 1])
    return values[upper - 1] + share * (values[upper] - values[upper - 1])
