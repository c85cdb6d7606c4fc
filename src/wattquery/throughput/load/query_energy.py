"""The energy of one query on an instance at one load: its coefficients, in which the books of the instance balance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.kernels.load.numbers import ACCELERATORS
from wattquery.kernels.load.phases import BUSY_PHASES, PHASES, at_the_node, busy_phases, with_idle
from wattquery.kernels.load.query import (
    query_joules,
    query_phase_joules,
    requests_per_second,
    unit_joules,
    unit_phase_joules,
)
from wattquery.specs.scalars import finite, shown
from wattquery.throughput.load.query_means import QueryMeans

__all__ = ["BOUNDARIES", "NODE_FACTOR", "NODE_WATTS", "OperatingPoint", "QueryCoefficients", "query_coefficients"]

Array = NDArray[np.float64]

BOUNDARIES = ("accelerator", "node")
"""What is counted: the accelerators alone, or their part of the node with processors, memory, fans and losses."""

NODE_FACTOR = 1.05
"""What a node draws for each watt of its accelerators [1], for fans and losses: a judgement."""

NODE_WATTS = 250.0
"""What a DGX H100, H200 or B200 draws at any time for each of its accelerators [W]: a judgement, give or take 60."""


@dataclass(frozen=True, eq=False, kw_only=True)
class OperatingPoint:
    """An instance at one load, in phases; below one running sequence, as it is while it is busy with one.

    All arrays may have further axes, of cells or draws, that broadcast with each other.

    Attributes
    ----------
    watts : array (7, ...)
        Power of each of `wattquery.kernels.load.phases.BUSY_PHASES`, of all accelerators together [W].
    time_shares : array (7, ...)
        Share of time of each [1], of sum 1.
    batch : float or array
        Mean number of running sequences [1].
    seconds_per_token : float or array
        Time between two output tokens of a sequence, with the prefill of other queries in between [s].
    accelerators : float or array
        Of the instance [1].
    idle_watts : float or array
        Power of one accelerator while nothing runs [W]; needed below one running sequence.

    Raises
    ------
    InputError, InputTypeError
        If a number is not finite or negative, an array has no row for each phase, shares of time do not sum to 1, or
        the idle power is needed and not given.
    """

    watts: ArrayLike
    time_shares: ArrayLike
    batch: ArrayLike
    seconds_per_token: ArrayLike
    accelerators: ArrayLike = 1.0
    idle_watts: ArrayLike | None = None

    def __post_init__(self) -> None:
        for name in ("watts", "time_shares"):
            self._keep(name, _rows(getattr(self, name), name))
        for name in ("batch", "seconds_per_token", "accelerators"):
            self._keep(name, _above_zero(getattr(self, name), name))
        idle_needed = bool(np.any(np.less(self.batch, 1.0)))
        if self.idle_watts is None and idle_needed:
            raise InputError(
                "OperatingPoint: idle_watts must be given where the batch is below 1, where an instance is idle part "
                f"of the time, got batch={shown(np.min(np.asarray(self.batch)))} without it. Give the power of an idle "
                "accelerator in W."
            )
        self._keep("idle_watts", _not_negative(0.0 if self.idle_watts is None else self.idle_watts, "idle_watts"))
        sums = np.asarray(self.time_shares).sum(axis=0)
        if not np.allclose(sums, 1.0, rtol=0.0, atol=1e-9):
            raise InputError(
                f"OperatingPoint: time_shares must sum to 1 over the phases, got a sum of {shown(float(np.min(sums)))}."
                " Divide them by their sum."
            )

    def _keep(self, name: str, value: Array) -> None:
        object.__setattr__(self, name, value)

    @classmethod
    def of_cell(
        cls, numbers: ArrayLike, means: QueryMeans, batch: ArrayLike, *, idle_watts: ArrayLike | None = None
    ) -> Self:
        """Return the operating point of a cell of the load model, with a batch filled by queries of given means.

        Parameters
        ----------
        numbers : array (numbers, ...)
            Of the cell; see `wattquery.kernels.load.numbers.LOAD_NUMBERS`.
        means : QueryMeans
            Of `query_means`, with ``reach=AttentionReach.of_cell(numbers)``.
        batch : float or array
            Mean number of running sequences [1].
        idle_watts : float or array, optional
            Power of one accelerator while nothing runs [W].
        """
        cell = np.asarray(numbers, np.float64)
        watts, shares, round_s = busy_phases(cell, means.drivers, _above_zero(batch, "batch"))
        return cls(
            watts=np.stack(np.broadcast_arrays(*watts)),
            time_shares=np.stack(np.broadcast_arrays(*shares)),
            batch=batch,
            seconds_per_token=round_s,
            accelerators=cell[ACCELERATORS],
            idle_watts=idle_watts,
        )

    def requests_per_s(self, means: QueryMeans) -> Array:
        """Return the queries that the instance completes [1/s]: r = B / (t E[L_out]), by Little's law."""
        round_s = np.asarray(self.seconds_per_token)
        return np.asarray(requests_per_second(np.asarray(self.batch, np.float64), round_s, means.output_tokens))

    def phase_watts(self, boundary: str = "accelerator", factor: float = 1.0, constant: float = 0.0) -> Array:
        """Return the power of each of `PHASES` [W], idle first, at the accelerators or at the node."""
        accelerators = np.asarray(self.accelerators)
        watts = with_idle(self.watts, self.batch, accelerators * np.asarray(self.idle_watts))
        if boundary == "node":
            shares = with_idle(self.time_shares, self.batch, 1.0)
            watts = at_the_node(watts, shares, factor, constant * accelerators)
        return np.stack(np.broadcast_arrays(*watts))


@dataclass(frozen=True, eq=False, kw_only=True)
class QueryCoefficients:
    """What a query takes, in a form linear in five drivers that are made of its lengths.

    E = c_0 + c_out L_out + c_kv reads + c_in (L_in - L_cached + w L_cached) + c_att pairs

    With plain attention ``reads`` is L_out (L_in + L_out/2) and ``pairs`` (L_in^2 - L_cached^2) / 2.

    Attributes
    ----------
    phases : array (8, ...)
        What one unit of its driver takes of each of `wattquery.kernels.load.phases.PHASES` [J].
    phase_watts : array (8, ...)
        Power of the instance in each phase [W].
    requests_per_s : array
        Queries that the instance completes [1/s].
    means : QueryMeans
        Of the queries that fill the batch; other queries may be asked for, so few that they do not change it.
    boundary : str
        ``"accelerator"`` or ``"node"``.
    """

    phases: Array
    phase_watts: Array
    requests_per_s: Array
    means: QueryMeans
    boundary: str = "accelerator"

    @property
    def per_request(self) -> Array:
        """c_0, each query's part of the time in which the instance is idle [J]; 0 from one running sequence on."""
        return self._units[0]

    @property
    def per_output_token(self) -> Array:
        """c_out: the host, weights, states and arithmetic of decoding [J/token]."""
        return self._units[1]

    @property
    def per_context_read(self) -> Array:
        """c_kv: keys and values of one position, read for one output token [J/token2]."""
        return self._units[2]

    @property
    def per_input_token(self) -> Array:
        """c_in: the prefill of a new input token, without its attention [J/token]."""
        return self._units[3]

    @property
    def per_cached_token(self) -> Array:
        """c_cache: what a cached input token takes before decoding [J/token], a share of c_in that is a judgement."""
        return self.means.reach.cached_weight * self._units[3]

    @property
    def per_attention_pair(self) -> Array:
        """c_att: the attention of prefill between two positions [J/token2]."""
        return self._units[4]

    @property
    def _units(self) -> tuple[Array, ...]:
        return tuple(np.asarray(unit) for unit in unit_joules(self.phases))

    def energy(self, output_tokens: ArrayLike, input_tokens: ArrayLike, cached_tokens: ArrayLike = 0.0) -> Array:
        """Return the energy of queries [J].

        Parameters
        ----------
        output_tokens, input_tokens, cached_tokens
            L_out, L_in with the cached ones, and L_cached [tokens], of any shapes that broadcast with each other and
            with the further axes of the coefficients.

        Raises
        ------
        InputError, InputTypeError
            If a length is negative or not finite, or cached tokens exceed input tokens.
        """
        lengths = _lengths(output_tokens, input_tokens, cached_tokens)
        return np.asarray(query_joules(self._units, self.means.reach.numbers, *lengths))

    def by_phase(
        self, output_tokens: ArrayLike, input_tokens: ArrayLike, cached_tokens: ArrayLike = 0.0
    ) -> Mapping[str, Array]:
        """Return the parts of `energy` by phase [J], idle first; see `energy` for the arguments."""
        lengths = _lengths(output_tokens, input_tokens, cached_tokens)
        parts = query_phase_joules(self.phases, self.means.reach.numbers, *lengths)
        return dict(zip(PHASES, np.broadcast_arrays(*parts), strict=True))

    def mean_energy(self) -> Array:
        """Return the mean energy of the queries that fill the batch [J], with which the books balance."""
        return np.asarray(np.sum(self.phase_watts, axis=0) / self.requests_per_s)


@refuses_unknown
def query_coefficients(
    point: OperatingPoint,
    means: QueryMeans,
    *,
    boundary: str = "accelerator",
    node_factor: float = NODE_FACTOR,
    node_watts: float = NODE_WATTS,
) -> QueryCoefficients:
    """Return what a query takes on an instance at one load, whose batch is filled by queries of given means.

    Each phase has a driver, and its coefficient is its power over the mean driver per second, c = W / (r E[driver]):
    queries per second times their mean energy is the power of the instance, phase by phase.

    At the node, each phase has its power times ``node_factor``, and of the constant ``node_watts`` its share of time.

    Parameters
    ----------
    point : OperatingPoint
        The instance at its load, with the step that these queries make.
    means : QueryMeans
        Of `query_means`.
    boundary : str, optional
        ``"accelerator"`` (the default) or ``"node"``.
    node_factor, node_watts : float, optional
        What the node draws for each watt of its accelerators [1], and beside them for each accelerator [W].

    Raises
    ------
    InputError, InputTypeError
        If the boundary is unknown, or a number of the node is negative or not finite.

    Examples
    --------
    >>> import wattquery as wq
    >>> from wattquery.throughput.load.query_means import query_means
    >>> means = query_means(output_tokens=wq.Exponential(median=300), input_tokens=500)
    >>> watts = [60, 180, 0, 30, 90, 130, 10]  # host, weights, states, compute, key-value reads, prefill, its attention
    >>> point = OperatingPoint(
    ...     watts=watts, time_shares=[w / 500 for w in watts], batch=16, seconds_per_token=0.02
    ... )
    >>> found = query_coefficients(point, means)
    >>> round(float(found.energy(300, 500)), 1), round(float(found.mean_energy()), 1)
    (200.5, 270.5)
    """
    if not isinstance(boundary, str) or boundary not in BOUNDARIES:
        raise InputError(
            f"boundary must be one of {listed(BOUNDARIES)}, got {shown(boundary)}. Name one of "
            f"these.{did_you_mean(boundary, BOUNDARIES)}"
        )
    node = [_number(node_factor, "node_factor"), _number(node_watts, "node_watts")]
    watts = point.phase_watts(boundary, *node)
    requests = np.asarray(point.requests_per_s(means))
    units = np.broadcast_arrays(*unit_phase_joules(watts, requests, means.drivers))
    return QueryCoefficients(
        phases=np.stack(units), phase_watts=watts, requests_per_s=requests, means=means, boundary=boundary
    )


def _number(value: float, name: str) -> float:
    number = finite(value, name)
    if number < 0.0:
        raise InputError(f"{name} must be 0 or more, got {shown(value)}. Give it without a sign.")
    return number


def _floats(value: object, name: str) -> Array:
    try:
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError) as error:
        raise InputTypeError(
            f"{name} must be a number or an array of numbers, got {shown(value)}. Pass plain floats."
        ) from error
    if not np.isfinite(array).all():
        raise InputError(f"{name} must be finite, got {shown(value)}. Leave out what is not known.")
    return array


def _not_negative(value: object, name: str) -> Array:
    array = _floats(value, name)
    if (array < 0.0).any():
        raise InputError(f"{name} must be 0 or more, got {shown(value)}. Check its sign.")
    return array


def _above_zero(value: object, name: str) -> Array:
    array = _floats(value, name)
    if not (array > 0.0).all():
        raise InputError(f"{name} must be above 0, got {shown(value)}. Give a positive number.")
    return array


def _rows(value: object, name: str) -> Array:
    array = _not_negative(value, name)
    if array.shape[:1] != (len(BUSY_PHASES),):
        raise InputError(
            f"OperatingPoint: {name} must have a row for each of {listed(BUSY_PHASES)}, got the shape {array.shape}. "
            "Put the phases on the first axis."
        )
    return array


def _lengths(output_tokens: ArrayLike, input_tokens: ArrayLike, cached_tokens: ArrayLike) -> tuple[Array, Array, Array]:
    output = _not_negative(output_tokens, "output_tokens")
    inputs = _not_negative(input_tokens, "input_tokens")
    cached = _not_negative(cached_tokens, "cached_tokens")
    if np.any(cached > inputs):
        raise InputError(
            "cached_tokens are part of input_tokens and can be at most as many, got more. If input_tokens count new "
            "tokens alone, add the cached ones to them."
        )
    return output, inputs, cached
