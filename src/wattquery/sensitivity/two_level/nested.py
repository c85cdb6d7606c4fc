"""`nested`: quantiles over queries, each with a credible interval for what is not known of the shared factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.engine.threads import Progress
from wattquery.errors import InputError
from wattquery.methods.exact.reach import exact_can
from wattquery.plans.cell_factors import LENGTHS, factor_names
from wattquery.plans.pick_freeze_tables import Choice, members
from wattquery.plans.variants import changed, without
from wattquery.quantities import AXES
from wattquery.sensitivity.one_factor.conditioning import check_memory
from wattquery.sensitivity.one_factor.one_at_a_time import checked_levels
from wattquery.sensitivity.plan_runs import Method, Run, prepared
from wattquery.sensitivity.quantities import labelled
from wattquery.sensitivity.random_axes import checked_cells, choices
from wattquery.sensitivity.two_level.inner_distributions import InnerDistributions
from wattquery.specs import Distribution, Fixed
from wattquery.sweeps.coordinates import counted
from wattquery.sweeps.dataset import at_boundary, grid_coordinates, variable
from wattquery.sweeps.provenance import provenance
from wattquery.sweeps.settings import checked_progress
from wattquery.uncertainty.scopes import Scope, checked_scopes
from wattquery.uncertainty.shared_draws import SharedDraws, Summary, checked_outer, has_closed_form, summary
from wattquery.uncertainty.throughput_draws import checked_sigma

__all__ = ["nested"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
CREDIBLE = (0.05, 0.5, 0.95)
PARTS = ("query", "shared", "total")


def nested(
    model: object,
    *,
    scopes: Mapping[str, Scope] | None = None,
    throughput_fit: bool | float = False,
    over: str | Sequence[str] | Mapping[str, Mapping[Any, float] | None] | None = None,
    quantiles: Sequence[float] = QUANTILES,
    credible: Sequence[float] = CREDIBLE,
    outer: int = 2**10,
    method: Method = "auto",
    draws: int = 1_000_000,
    seed: int | None = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    **arguments: Any,
) -> xr.Dataset:
    r"""Return the distribution over queries, and how far what all queries share leaves it open.

    A factor has one of two scopes. Per query it is drawn anew each time (aleatory): the lengths. Shared, it is one
    number for all queries that is not known (epistemic): PUE, power utilization, node power, factors of the boundary,
    levers and the throughput fit. For each draw s of the shared factors there is a distribution over queries; the
    result are quantiles of its quantiles, and

    .. math::

        V[E] = E_s[V[E | s]] + V_s[E[E | s]]

    Parameters
    ----------
    model, **arguments
        Axes and settings as in `wattquery.sweep`.
    scopes
        ``"query"`` or ``"shared"`` by factor, where it is to differ from the above: ``output_tokens``,
        ``input_tokens``, ``power_utilization``, ``pue``, ``node_power``, ``accelerator_share``, ``step:NAME``,
        ``lever:NAME``, or ``levers`` for those that are not named. ``throughput_fit`` is always shared.
    throughput_fit
        Whether the uncertainty of the throughput regressions is drawn, see `wattquery.uncertainty.throughput_draws`:
        coefficients from a multivariate t by deployment. Where a fit has no degrees of freedom (DeepSeek-R1 and
        Nemotron in the paper's table), a lognormal factor on throughput, ln TPS with a standard deviation of 0.362; a
        number here takes its place.
    over
        Axes whose labels are where a query may go, in equal parts or by the weights of ``{axis: {label: weight}}``.
        They are mixed inside the distribution over queries. Factors of one name have one quantile level in all labels;
        throughput fits of different deployments are independent.
    quantiles
        Probability levels over queries.
    credible
        Probability levels over the shared factors.
    outer
        Draws of the shared factors, a power of two from 256. None are made where all of them are lognormal.
    method, draws
        How the distribution over queries is found: ``"exact"``, ``"monte_carlo"`` with so many draws, or ``"auto"``:
        the former where it can.
    seed
        Names the random numbers; ``None`` takes a fresh one, which the attributes tell.
    threads, progress
        As in `wattquery.sweep`; threads change no digit.

    Returns
    -------
    xarray.Dataset
        Dims: those of the grid but ``over``, ``quantile``, ``credible``. Variables: ``energy`` (..., quantile,
        credible), ``energy_mean`` (..., credible) [Wh], ``variance_query``, ``variance_shared`` and ``variance_total``
        [Wh2], all with ``_stderr``, which is infinite where nothing is known of it; ``supported``, and with
        ``throughput_fit`` what was drawn for it. NaN where a cell has no data. Attributes tell the scopes, the outer
        draws, and how many distributions were solved.

    Raises
    ------
    InputError
        If nothing is random, a factor is unknown or has no such scope, the design cannot be made, or ``over`` mixes
        what has data with what has none.

    Notes
    -----
    A shared factor that multiplies or divides moves all quantiles alike: one solution over queries serves all outer
    draws, and where all of these are lognormal the result is a closed form. A fit with degrees of freedom and a shared
    length take ``outer`` solutions, of about 1 ms each, which cells that differ by other factors share. Mixtures are
    made on the lattice of ln E, which is 0.1 % wide. Under a t, throughput has such tails that the energy has no mean
    over the shared factors: there the variances are NaN.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sensitivity.nested("Llama 3.1 405B", throughput_fit=True)
    >>> ds["energy"].sel(quantile=0.5).round(2).values
    array([0.22, 0.4 , 0.7 ])
    """
    sigma = checked_sigma(throughput_fit)
    outer = checked_outer(outer)
    levels, beliefs = checked_levels("quantiles", quantiles), checked_levels("credible", credible)
    whole = prepared(model, arguments, method=method, draws=draws, seed=seed, threads=threads)
    grid, plan = whole.grid, whole.plan
    random = factor_names(grid)
    if not random and sigma is None:
        raise InputError(
            "No cell has a random factor: every number is fixed. Give a distribution for at least one of them, or pass "
            "throughput_fit=True."
        )
    scoped = checked_scopes(scopes, random, grid, sigma is not None)
    progress = checked_progress(progress)
    chosen = choices(over, grid, ())
    if any(AXES[one.axis] == "boundary" for one in chosen):
        raise InputError(
            "over = 'boundary' came: a query goes to one of several models, say, but its boundary is what is counted. "
            "Allowed are the other axes. Leave it a dimension, and compare along it."
        )
    found = members(grid.shape, chosen)
    supported = checked_cells(grid, plan, chosen, found)
    run = _without_shared(whole, method, scoped)
    if chosen:
        check_memory(run, 1)
    points = SharedDraws(plan.seed, outer)
    inner = InnerDistributions(whole, run, scoped, levels, points, sigma, keep_histograms=bool(chosen))
    weights = _weights(chosen)
    rows: list[Summary | None] = []
    fits: list[str] = []
    sampled = False
    for done, (numbers, has_data) in enumerate(zip(found.numbers.tolist(), supported, strict=True)):
        rows.append(None)
        fits.append("")
        if has_data:
            one = inner.mixture(numbers, weights) if chosen else inner.alone(numbers[0])
            rows[-1] = summary(one, points, beliefs)
            fits[-1] = "; ".join(dict.fromkeys(inner.fit_of(number) for number in numbers))
            sampled = sampled or not has_closed_form(one)
        if progress is not None:
            progress((done + 1) / len(supported))
    dropped = {AXES[one.axis] for one in chosen}
    axes = [axis for axis in grid.dimensions if axis.name not in dropped]
    dims, shape = tuple(axis.name for axis in axes), tuple(axis.size for axis in axes)
    variables = _variables(rows, dims, shape, (len(levels), len(beliefs)))
    variables["supported"] = labelled("supported", dims, supported.reshape(shape))
    if sigma is not None:
        variables["throughput_fit"] = labelled("throughput_fit", dims, np.array(fits).reshape(shape))
    coordinates = {
        name: value
        for name, value in grid_coordinates(grid, whole.lowered).items()
        if name not in dropped and dropped.isdisjoint(map(str, value.dims))
    }
    coordinates["quantile"] = variable("quantile", ("quantile",), np.array(levels))
    coordinates["credible"] = labelled("credible", ("credible",), np.array(beliefs))
    made_by: dict[str, object] = {
        "title": "Energy per LLM query, with what is shared by all queries apart",
        **run.provenance,
        "scopes": "; ".join(f"{name} = {scope}" for name, scope in scoped.items()),
        "outer": outer if sampled else 0,
        "outer_method": "lattice, or closed form where all are lognormal" if sampled else "closed form",
        "inner_solutions": inner.solutions,
        "throughput_fit_default_log_sigma": 0.0 if sigma is None else sigma,
    }
    for axis in chosen:
        labels = (grid.axes[axis.axis].labels[i] for i in axis.labels)
        pairs = zip(labels, axis.weights, strict=True)
        made_by[f"weights_{AXES[axis.axis]}"] = "; ".join(f"{label} = {weight:g}" for label, weight in pairs)
    return at_boundary(
        xr.Dataset(variables, coordinates, provenance(grid, whole.asked.catalog, made_by)), counted(grid, dropped)
    )


def _without_shared(whole: Run, method: Method, scopes: Mapping[str, Scope]) -> Run:
    """Return a run in which shared factors are fixed: at 1 if they multiply or divide, else at the median."""
    shared = [name for name, scope in scopes.items() if scope == "shared"]
    plan = without(whole.grid, whole.plan, [name for name in shared if name not in LENGTHS])
    for name in shared:
        if name in LENGTHS:
            plan = changed(whole.grid, plan, name, _median)
    if method == "auto":
        return replace(
            whole,
            lowered=replace(whole.lowered, plan=plan),
            method="exact" if exact_can(plan) else "monte_carlo",
        )
    return replace(whole, lowered=replace(whole.lowered, plan=plan))


def _median(distribution: Distribution) -> Distribution:
    return Fixed(float(distribution.ppf(0.5)))


def _weights(chosen: Sequence[Choice]) -> list[float]:
    """Return the share of queries of each combination of labels."""
    weights = np.ones(1)
    for one in chosen:
        weights = np.outer(weights, one.weights).ravel()
    return [float(one) for one in weights]


def _variables(
    rows: Sequence[Summary | None], dims: tuple[str, ...], shape: tuple[int, ...], levels: tuple[int, int]
) -> dict[str, xr.Variable]:
    """Return the summaries of all cells as variables."""

    def gathered(field: str, own: tuple[int, ...]) -> NDArray[np.float64]:
        nothing = np.full(own, np.nan)
        parts = [nothing if one is None else getattr(one, field) for one in rows]
        return np.array(parts).reshape((*shape, *own))

    variables = {}
    of_quantiles, of_beliefs = (*dims, "quantile", "credible"), (*dims, "credible")
    for suffix in ("", "_stderr"):
        name = f"energy{suffix}"
        variables[name] = variable(name, of_quantiles, gathered(name, levels))
        values = gathered(f"mean{suffix}", levels[1:])
        name = f"energy_mean{suffix}"
        variables[name] = variable(name, of_beliefs, values)
    for field, suffix in (("variances", ""), ("variance_stderrs", "_stderr")):
        values = gathered(field, (3,))
        for i, part in enumerate(PARTS):
            name = f"variance_{part}{suffix}"
            variables[name] = labelled(name, dims, values[..., i])
    return variables
