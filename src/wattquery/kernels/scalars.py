"""One query or one draw at a time, in natural units: what other people's compiled code calls.

Every function is a thin door to a formula that lives elsewhere in this folder. A quantity that cannot be, which
`wattquery.sweep` would refuse, gives NaN. Those of the equation are plain Python as well: they take numbers, arrays and
labelled arrays as they stand, and compile only into the kernel that calls them.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np

from wattquery.kernels import equation
from wattquery.kernels.compiling.compile import compiled_where_used, kernel
from wattquery.kernels.guards import nan_if_negative, nan_unless_positive
from wattquery.kernels.random.variates import EXPONENTIAL, LOGNORMAL, NORMAL, quantile

__all__ = [
    "NO_TABLE",
    "energy",
    "exponential",
    "gaussian",
    "log_factors",
    "lognormal",
    "power_utilization",
    "reciprocal_throughput",
    "throughput",
]

NO_TABLE = np.empty(0)
"""What `quantile` takes as ``levels`` and ``values`` for kinds without a table."""

# Overloads tell type checkers what numbers give; arrays and labelled arrays give what they are.
# Names of the equation as the kernels below call them: their own names here are taken by what they return.
_log_energy = equation.log_energy
_log_throughput = equation.log_throughput
_query_seconds = equation.query_seconds
_drawn_share = equation.drawn_share
_WATT_SECONDS = equation.WATT_SECONDS


@overload
def log_factors(power_utilization: float, pue: float, node_power: float, levers: float = ...) -> float: ...
@overload
def log_factors(power_utilization: Any, pue: Any, node_power: Any, levers: Any = ...) -> Any: ...
@compiled_where_used
def log_factors(power_utilization: Any, pue: Any, node_power: Any, levers: Any = 1.0) -> Any:
    """Return ln(P/3.6) + ln PUE + ln PU - ln M, the part of ln E that does not depend on the lengths [ln(Wh/s)].

    It is the first argument of `log_energy`. See `energy` for the arguments, and for what gives NaN.

    Examples
    --------
    >>> from wattquery.kernels import log_factors
    >>> round(float(log_factors(power_utilization=0.5, pue=1.2, node_power=10.0)), 6)
    0.510826
    """
    # The product of two negative numbers would look possible: each is looked at by itself.
    guard = nan_unless_positive(power_utilization) + nan_unless_positive(pue) + nan_unless_positive(node_power)
    divisor = levers + nan_unless_positive(levers)
    return np.log(node_power / _WATT_SECONDS * pue * power_utilization / divisor + guard)


@overload
def energy(
    output_tokens: float,
    input_tokens: float,
    throughput: float,
    power_utilization: float,
    pue: float,
    node_power: float,
    levers: float = ...,
    prefill_weight: float = ...,
) -> float: ...
@overload
def energy(
    output_tokens: Any,
    input_tokens: Any,
    throughput: Any,
    power_utilization: Any,
    pue: Any,
    node_power: Any,
    levers: Any = ...,
    prefill_weight: Any = ...,
) -> Any: ...
@compiled_where_used
def energy(
    output_tokens: Any,
    input_tokens: Any,
    throughput: Any,
    power_utilization: Any,
    pue: Any,
    node_power: Any,
    levers: Any = 1.0,
    prefill_weight: Any = 0.0,
) -> Any:
    """Return the energy of a query at the facility boundary [Wh]; a PUE of 1 leaves the energy of the node.

    E = PUE P PU (L_out + w L_in) / (3.6 TPS M), computed as exp of `wattquery.kernels.equation.log_energy`.

    Parameters
    ----------
    output_tokens, input_tokens
        L_out and L_in [tokens]. The prompt counts through ``prefill_weight`` alone; what it does to the throughput is
        in ``throughput`` already.
    throughput
        TPS, of the node [output tokens/s].
    power_utilization
        PU, the drawn share of the rating [1].
    pue
        PUE [1].
    node_power
        P, the rating of the node [kW].
    levers
        M, the product of all efficiency levers [1].
    prefill_weight
        w, of one input token relative to one output token [1]. A single number where others are arrays, unless in
        `wattquery.kernels.ufuncs`.

    Returns
    -------
    float64
        E [Wh]; NaN unless all quantities are positive and finite (``prefill_weight`` may be 0).

    Raises
    ------
    TypeError
        From plain Python, if something is no real number and no array of them.

    Examples
    --------
    300 tokens take 0.15 s of a node that makes 2000 tokens/s, and 10 kW over 0.15 s are 0.4167 Wh.

    >>> from wattquery.kernels import energy
    >>> round(float(energy(300, 500, throughput=2000, power_utilization=1, pue=1, node_power=10)), 4)
    0.4167
    """
    output_tokens = output_tokens + nan_unless_positive(output_tokens)
    guard = nan_unless_positive(input_tokens)
    prefill_weight = prefill_weight + nan_if_negative(prefill_weight)
    log_rate = np.log(throughput + nan_unless_positive(throughput))
    # One throughput for all lengths: the fitted plane is flat, and its cap is itself.
    return np.exp(
        _log_energy(
            # Once more, as without a prefill weight the equation never looks at the prompt.
            log_factors(power_utilization, pue, node_power, levers) + guard,
            output_tokens,
            np.log(output_tokens),
            input_tokens + guard,
            0.0,
            log_rate,
            0.0,
            0.0,
            log_rate,
            prefill_weight,
            1.0,
            0.0,
        )
    )


@overload
def throughput(
    intercept: float, ln_input: float, ln_output: float, ln_maximum: float, input_tokens: float, output_tokens: float
) -> float: ...
@overload
def throughput(
    intercept: Any, ln_input: Any, ln_output: Any, ln_maximum: Any, input_tokens: Any, output_tokens: Any
) -> Any: ...
@compiled_where_used
def throughput(
    intercept: Any, ln_input: Any, ln_output: Any, ln_maximum: Any, input_tokens: Any, output_tokens: Any
) -> Any:
    """Return TPS = min(exp(b0) L_in^b1 L_out^b2, TPS_max), the throughput of a node [output tokens/s].

    The coefficients come first, so that a tuple of them can be unpacked: ``throughput(*model, input_tokens,
    output_tokens)``, in compiled code as well. The property ``coefficients`` of a
    `wattquery.throughput.ThroughputModel` is such a tuple.

    Parameters
    ----------
    intercept, ln_input, ln_output, ln_maximum
        b0, b1, b2 and ln TPS_max [ln(tokens/s), 1, 1, ln(tokens/s)].
    input_tokens, output_tokens
        L_in and L_out [tokens].

    Returns
    -------
    float64
        TPS [output tokens/s]; NaN unless both lengths are positive and finite.

    Raises
    ------
    TypeError
        From plain Python, if a length is no real number and no array of them.

    Examples
    --------
    >>> import math
    >>> from wattquery.kernels import throughput
    >>> round(float(throughput(10.0, -0.5, 0.0, math.log(9000.0), input_tokens=400, output_tokens=300)), 1)
    1101.3
    """
    log_input = np.log(input_tokens + nan_unless_positive(input_tokens))
    log_output = np.log(output_tokens + nan_unless_positive(output_tokens))
    return np.exp(_log_throughput(intercept, ln_input, ln_output, ln_maximum, log_input, log_output))


@overload
def reciprocal_throughput(
    per_token: float, per_context: float, per_ratio: float, input_tokens: float, output_tokens: float
) -> float: ...
@overload
def reciprocal_throughput(
    per_token: Any, per_context: Any, per_ratio: Any, input_tokens: Any, output_tokens: Any
) -> Any: ...
@compiled_where_used
def reciprocal_throughput(
    per_token: Any, per_context: Any, per_ratio: Any, input_tokens: Any, output_tokens: Any
) -> Any:
    """Return TPS = 1 / (a + b (L_in + L_out/2) + c L_in/L_out), the throughput of a node [output tokens/s].

    The coefficients come first, as those of `throughput` do: ``reciprocal_throughput(*model.fitted, input_tokens,
    output_tokens)``, of a `wattquery.throughput.ReciprocalModel`. `energy` takes what this returns.

    Parameters
    ----------
    per_token, per_context, per_ratio
        a [s/token], b [s/token2] and c [s/token].
    input_tokens, output_tokens
        L_in and L_out [tokens].

    Returns
    -------
    float64
        TPS [output tokens/s]; NaN unless both lengths are positive and finite, no coefficient is negative, and not all
        are 0.

    Raises
    ------
    TypeError
        From plain Python, if something is no real number and no array of them.

    Examples
    --------
    >>> from wattquery.kernels import reciprocal_throughput
    >>> round(float(reciprocal_throughput(2e-4, 3e-8, 2.5e-5, input_tokens=500, output_tokens=300)), 1)
    3829.0
    """
    guard = nan_if_negative(per_token) + nan_if_negative(per_context) + nan_if_negative(per_ratio)
    output_tokens = output_tokens + nan_unless_positive(output_tokens)
    input_tokens = input_tokens + nan_unless_positive(input_tokens)
    seconds = _query_seconds(per_token, per_context, per_ratio, output_tokens, input_tokens) + guard
    return output_tokens / (seconds + nan_unless_positive(seconds))


@overload
def power_utilization(base: float, span: float, throughput: float, ln_maximum: float) -> float: ...
@overload
def power_utilization(base: Any, span: Any, throughput: Any, ln_maximum: Any) -> Any: ...
@compiled_where_used
def power_utilization(base: Any, span: Any, throughput: Any, ln_maximum: Any) -> Any:
    """Return PU = base + span TPS / TPS_max, the power that follows throughput [1].

    Parameters
    ----------
    base, span
        Drawn share of the rating without load, and what a full load adds to it [1].
    throughput
        TPS [output tokens/s]; 0 for a node without load.
    ln_maximum
        ln TPS_max, the last of the coefficients of a throughput model [ln(tokens/s)].

    Returns
    -------
    float64
        PU [1]; NaN where ``base``, ``span`` or ``throughput`` is negative or not finite. Above TPS_max the line goes
        on.

    Raises
    ------
    TypeError
        From plain Python, if something is no real number and no array of them.

    Examples
    --------
    >>> import math
    >>> from wattquery.kernels import power_utilization
    >>> round(float(power_utilization(0.24, 0.56, throughput=1000.0, ln_maximum=math.log(2000.0))), 4)
    0.52
    """
    guard = nan_if_negative(base) + nan_if_negative(span) + nan_if_negative(throughput)
    return _drawn_share(base, span, throughput * np.exp(-ln_maximum)) + guard


@kernel
def exponential(scale, u):
    """Return the quantile -scale ln(1 - u) of the exponential distribution.

    Parameters
    ----------
    scale : float64
        Its mean, in the unit of the result: median / ln 2. The ``scale`` of a `wattquery.Exponential`.
    u : float64
        Probability in (0, 1).

    Returns
    -------
    float64
        NaN where ``u`` is not in [0, 1] or ``scale`` is not positive.

    Examples
    --------
    >>> import math
    >>> from wattquery.kernels import exponential
    >>> round(exponential(300.0 / math.log(2.0), 0.5), 9)
    300.0
    """
    return quantile(EXPONENTIAL, scale + nan_unless_positive(scale), 0.0, 0.0, NO_TABLE, NO_TABLE, u)


@kernel
def gaussian(mu, sigma, u):
    """Return the quantile mu + sigma z(u) of the normal distribution.

    Parameters
    ----------
    mu, sigma : float64
        Mean and standard deviation, in the unit of the result.
    u : float64
        Probability in (0, 1).

    Returns
    -------
    float64
        NaN where ``u`` is not in (0, 1) or ``sigma`` is negative.

    Examples
    --------
    >>> from wattquery.kernels import gaussian
    >>> round(gaussian(10.0, 2.0, 0.95), 3)
    13.29
    """
    return quantile(NORMAL, mu, sigma + nan_if_negative(sigma), 0.0, NO_TABLE, NO_TABLE, u)


@kernel
def lognormal(mu, sigma, u):
    """Return the quantile exp(mu + sigma z(u)) of the lognormal distribution.

    Parameters
    ----------
    mu, sigma : float64
        Mean and standard deviation of the logarithm: those of a `wattquery.LogNormal`.
    u : float64
        Probability in (0, 1).

    Returns
    -------
    float64
        NaN where ``u`` is not in (0, 1) or ``sigma`` is negative.

    Examples
    --------
    >>> import wattquery as wq
    >>> pue = wq.LogNormal(p5=1.05, p95=1.6)
    >>> round(wq.kernels.lognormal(pue.mu, pue.sigma, 0.95), 3)
    1.6
    """
    return quantile(LOGNORMAL, mu, sigma + nan_if_negative(sigma), 0.0, NO_TABLE, NO_TABLE, u)
