"""`shapley`: how much of a combined reduction is due to each lever."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.catalog import Preset
from wattquery.errors import InputError, InputTypeError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.quantities import GWH_PER_WH
from wattquery.sensitivity.levers.arguments import DEPENDENCE, dependences, one_combination, published_range
from wattquery.sensitivity.levers.dependence import Correlation
from wattquery.sensitivity.levers.product import Joint, Sampled, joint
from wattquery.specs import Lever
from wattquery.specs.arguments import Levels, LeverAxis
from wattquery.specs.scalars import finite, is_number, shown
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.provenance import package_version
from wattquery.sweeps.settings import QUANTILES, checked_draws, checked_quantiles, checked_seed

__all__ = ["shapley", "shapley_values"]

Array = NDArray[np.float64]
MOST_LEVERS = 12
BATCHES = 32


@refuses_unknown
def shapley(
    levers: LeverAxis = "model+serving+hardware",
    *,
    preset: str | Preset = "v2-code",
    correlation: Correlation | None = None,
    queries_per_day: float | None = None,
    baseline: float | None = None,
    quantiles: Levels = QUANTILES,
    draws: int = 1_000_000,
    seed: int | None = 0,
) -> xr.Dataset:
    r"""Return how much each lever contributes to what all of them achieve together, by Shapley values.

    .. math::

        \phi_i = \sum_{S \not\ni i} \frac{|S|!\,(K - |S| - 1)!}{K!} \left[v(S \cup \{i\}) - v(S)\right]

    with :math:`v(S)` what the levers in S achieve on their own: the mean, variance or a quantile of
    :math:`\ln M_S`, or the energy saved, :math:`N\,\bar E\,(1 - 1/M_S)`. The contributions add up to what all levers
    achieve; levers that do the same get the same; a lever that does nothing gets nothing. The mean of ln M is
    additive, so there :math:`\phi_i` is the lever's own mean. Savings are not: the second lever saves a share of what
    the first has left, and Shapley values take the mean over all orders.

    Parameters
    ----------
    levers
        One combination of at most 12 levers: names of the preset joined by ``+``, a `wattquery.Lever`, a list of
        both, or a dict of them whose keys name the levers. Unlike in a sweep, a list is no axis: its levers are
        achieved together.
    preset
        Where levers that are given by name come from.
    correlation
        As in `wattquery.sensitivity.reduction`. With it the result has a dimension ``dependence``.
    queries_per_day
        Queries per day [1/day], for energy saved.
    baseline
        Mean energy of one query without levers [Wh], overheads of the fleet included if they are to count. State it
        for example as the ``energy_mean`` of an untrimmed blend.
    quantiles
        Probability levels, increasing, strictly between 0 and 1.
    draws, seed
        For what must be sampled: correlated levers that are not lognormal.

    Returns
    -------
    xarray.Dataset
        Dims ``lever``, ``quantile`` and, with a correlation, ``dependence``. Contributions to ln M:
        ``log_reduction_mean``, ``log_reduction_variance`` (..., lever) and ``log_reduction`` (..., lever, quantile);
        ``share`` (..., lever) of the mean of ln M. With a fleet ``saved_mean`` (..., lever) and ``saved``
        (..., lever, quantile) [GWh/day]. What all levers achieve together: the same names with ``total_``. Standard
        errors ``..._stderr`` where levers had to be sampled. A quantile of the energy saved is that of the shared,
        unknown factor M; the mean over queries is in ``baseline``.

    Raises
    ------
    InputError
        If a lever is unknown or comes twice, there are too many, the correlation is not one, or one of
        ``queries_per_day`` and ``baseline`` is missing or not positive.

    References
    ----------
    Shapley, A value for n-person games, Contributions to the Theory of Games II (1953), 307,
    https://doi.org/10.1515/9781400881970-018

    Examples
    --------
    >>> import wattquery as wq
    >>> found = wq.sensitivity.shapley(queries_per_day=1e9, baseline=0.73)
    >>> found["share"].to_series().round(3).to_dict()
    {'model': 0.448, 'serving': 0.333, 'hardware': 0.219}
    >>> found["saved_mean"].round(3).values, found["total_saved_mean"].round(3).item()
    (array([0.281, 0.233, 0.17 ]), 0.685)
    """
    label, members, chosen = one_combination(levers, preset)
    if len(members) > MOST_LEVERS:
        raise InputError(
            f"levers must hold at most {MOST_LEVERS}, got {len(members)}, which have {2 ** len(members):,} "
            "combinations. Merge some of them into one."
        )
    levels = np.asarray(checked_quantiles(quantiles))
    draws, seed = checked_draws(draws), checked_seed(seed)
    fleet = _checked_fleet(queries_per_day, baseline)
    found = [_attributed(members, matrix, levels, draws, seed) for matrix in dependences(members, correlation)]
    attributes: dict[str, Any] = {
        "title": "Contribution of each lever (Shapley values)",
        "levers": label,
        "preset": chosen.name,
        "calculation": " | ".join(dict.fromkeys(method for method, *_ in found)),
        "draws": draws if any(error is not None for *_, error in found) else 0,
        "seed": seed,
        "source": "Shapley 1953, https://doi.org/10.1515/9781400881970-018",
        "wattquery_version": package_version(),
        **published_range(chosen),
    }
    if fleet is not None:
        attributes |= {"queries_per_day": float(queries_per_day or 0), "baseline_wh": float(baseline or 0)}
    variables = _variables(found, levels.size, fleet, stated=correlation is not None)
    coordinates: dict[str, Any] = {
        "lever": ("lever", np.array([lever.name for lever in members])),
        "quantile": labelled("quantile", ["quantile"], levels),
    }
    if correlation is not None:
        coordinates["dependence"] = ("dependence", np.array(DEPENDENCE))
    return xr.Dataset(variables, coordinates, attributes)


def shapley_values(worth: Array, players: int) -> Array:
    """Return the Shapley values of a game.

    Parameters
    ----------
    worth
        Worth of every coalition, whose members are the bits of its index: shape (2**players, ...).
    players
        Number of players.

    Returns
    -------
    numpy.ndarray
        One value per player: shape (players, ...).
    """
    values = np.zeros((players, *worth.shape[1:]))
    for size in range(players):
        weight = math.factorial(size) * math.factorial(players - size - 1) / math.factorial(players)
        for player in range(players):
            others = [other for other in range(players) if other != player]
            for coalition in combinations(others, size):
                without = sum(1 << member for member in coalition)
                values[player] += weight * (worth[without | 1 << player] - worth[without])
    return values


_Attributed = tuple[str, Array, Array, Array | None]


def _attributed(members: tuple[Lever, ...], matrix: Array | None, levels: Array, draws: int, seed: int) -> _Attributed:
    """Return method, totals, contributions and their standard errors, all by statistic as `_statistics` orders them."""
    levers = joint(members, matrix, draws, seed)
    worth = _statistics(levers, len(members), levels)
    values = shapley_values(worth, len(members))
    error = None
    if isinstance(levers, Sampled):
        parts = [
            shapley_values(_statistics(one, len(members), levels), len(members)) for one in levers.batches(BATCHES)
        ]
        error = np.std(parts, axis=0, ddof=1) / math.sqrt(BATCHES)
    return levers.method, worth[-1], values, error


def _statistics(levers: Joint, players: int, levels: Array) -> Array:
    """Return for every coalition: mean and variance of ln M, mean of 1 - 1/M, quantiles of ln M, and of 1 - 1/M."""
    rows = []
    for coalition in range(1 << players):
        chosen = [player for player in range(players) if coalition >> player & 1]
        if not chosen:
            rows.append(np.zeros(3 + 2 * levels.size))
            continue
        product = levers.product(chosen)
        mean, variance, _, remaining = product.moments()
        quantiles = product.quantiles(levels)
        rows.append(np.concatenate([[mean, variance, 1.0 - remaining], np.log(quantiles), 1.0 - 1.0 / quantiles]))
    return np.array(rows)


_LONG_NAMES = {
    "log_reduction_mean": "contribution to the mean of the log reduction",
    "log_reduction_variance": "contribution to the variance of the log reduction",
    "log_reduction": "contribution to each quantile of the log reduction",
    "share": "share of the mean of the log reduction",
    "saved_mean": "contribution to the mean energy saved",
    "saved": "contribution to each quantile of the energy saved",
}


def _variables(found: list[_Attributed], levels: int, fleet: float | None, *, stated: bool) -> dict[str, Any]:
    """Return the variables of the result: contributions, totals and, where sampled, standard errors."""
    outer = ("dependence",) if stated else ()
    columns: dict[str, tuple[slice | int, float]] = {
        "log_reduction_mean": (0, 1.0),
        "log_reduction_variance": (1, 1.0),
        "log_reduction": (slice(3, 3 + levels), 1.0),
    }
    if fleet is not None:
        columns |= {"saved_mean": (2, fleet), "saved": (slice(3 + levels, None), fleet)}
    totals = np.array([one[1] for one in found])
    values = np.array([one[2] for one in found])
    errors = np.array([np.zeros_like(one[2]) if one[3] is None else one[3] for one in found])
    sampled = any(one[3] is not None for one in found)

    def shaped(array: Array) -> Array:
        return array if stated else array[0]

    variables: dict[str, Any] = {}
    for name, (column, scale) in columns.items():
        last = ("quantile",) if isinstance(column, slice) else ()
        described = {"long_name": _LONG_NAMES[name], "units": "GWh/day" if name.startswith("saved") else "1"}
        variables[name] = ((*outer, "lever", *last), shaped(values[..., column]) * scale, described)
        together = {**described, "long_name": described["long_name"].replace("contribution to", "all levers together:")}
        variables[f"total_{name}"] = ((*outer, *last), shaped(totals[..., column]) * scale, together)
        if sampled:
            text = {**described, "long_name": f"standard error of {name}"}
            variables[f"{name}_stderr"] = ((*outer, "lever", *last), shaped(errors[..., column]) * scale, text)
    total = totals[:, :1]
    share = np.divide(values[..., 0], total, out=np.full(values.shape[:2], np.nan), where=total != 0.0)
    variables["share"] = ((*outer, "lever"), shaped(share), {"long_name": _LONG_NAMES["share"], "units": "1"})
    return variables


def _checked_fleet(queries_per_day: float | None, baseline: float | None) -> float | None:
    """Return the energy of the fleet without levers [GWh/day], or ``None`` if none was described."""
    if queries_per_day is None and baseline is None:
        return None
    for name, value, unit in (("queries_per_day", queries_per_day, "1/day"), ("baseline", baseline, "Wh per query")):
        if value is None:
            raise InputError(
                f"{name} [{unit}] is missing. Energy saved needs both queries_per_day and baseline, the mean energy of "
                "one query without levers. Give both, or neither."
            )
        if not is_number(value):
            raise InputTypeError(f"{name} must be a number above 0 [{unit}], got {shown(value)}. Pass a plain number.")
        if not finite(value, name) > 0.0:
            raise InputError(f"{name} must be above 0 [{unit}], got {shown(value)}. Leave both out for shares alone.")
    return float(queries_per_day or 0) * float(baseline or 0) * GWH_PER_WH
