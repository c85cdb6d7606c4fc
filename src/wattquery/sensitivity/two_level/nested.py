"""`nested`: quantiles over queries, each with a credible interval for what is not known of the shared factors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wattquery.engine.executor import AskedProgress, ShareDone
from wattquery.errors import InputError
from wattquery.plans.pick_freeze_tables import Choice
from wattquery.plans.variants import changed, without
from wattquery.quantities import AXES
from wattquery.sensitivity.arguments import checked_study
from wattquery.sensitivity.one_factor.conditioning import check_bins
from wattquery.sensitivity.random_axes import choices
from wattquery.sensitivity.remaining_grid import RemainingGrid
from wattquery.sensitivity.two_level.inner_distributions import InnerDistributions
from wattquery.specs import Distribution, Fixed
from wattquery.specs.arguments import CatalogAxis, Levels
from wattquery.specs.factors import LENGTH_FACTORS
from wattquery.specs.grid import Grid
from wattquery.sweeps.arguments import StudyArguments
from wattquery.sweeps.labelled import labelled
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import QUANTILES, AnalysisMethod, analysis_settings
from wattquery.uncertainty.levels import checked_intervals
from wattquery.uncertainty.scopes import THROUGHPUT_FIT, Scope, checked_scopes
from wattquery.uncertainty.shared_draws import (
    SharedDraws,
    Summary,
    checked_shared_draws,
    has_closed_form,
    summary,
)
from wattquery.uncertainty.throughput_draws import checked_sigma, fit_in_words, sigma_of

__all__ = ["nested", "scopes_of", "without_shared"]

PARTS = ("query", "shared", "total")


def nested(
    model: CatalogAxis,
    *,
    scopes: Mapping[str, Scope] | None = None,
    throughput_fit: bool | float = True,
    over: str | Sequence[str] | Mapping[str, Mapping[Any, float] | None] | None = None,
    quantiles: Levels = QUANTILES,
    level: float | Levels = 0.9,
    shared_draws: int = 2**10,
    method: AnalysisMethod = "auto",
    draws: int = 1_000_000,
    seed: int | None = 0,
    threads: int | None = None,
    progress: AskedProgress = None,
    **arguments: Unpack[StudyArguments],
) -> xr.Dataset:
    r"""Return the distribution over queries, and how far what all queries share leaves it open.

    A factor has one of two scopes. Per query it is drawn anew each time (aleatory): the lengths. Shared, it is one
    number for all queries that is not known (epistemic): PUE, power utilization, node power, factors of the boundary,
    levers and the throughput fit, or under a load what the load model leaves open. For each draw s of the shared
    factors there is a distribution over queries; the result is quantiles of its quantiles, and

    .. math::

        V[E] = E_s[V[E | s]] + V_s[E[E | s]]

    Parameters
    ----------
    model, **arguments
        Axes and settings as in `wattquery.sweep`.
    scopes
        ``"query"`` or ``"shared"`` by factor, where it is to differ from the above: ``output_tokens``,
        ``input_tokens``, ``workload``, ``power_utilization``, ``pue``, ``node_power``, ``accelerator_share``,
        ``step:NAME``, ``lever:NAME``, or ``levers`` for those that are not named; under a load ``load_model:NAME``, or
        ``load_model``. ``throughput_fit`` is always shared.
    throughput_fit
        Whether the uncertainty of the throughput regressions is drawn, see `wattquery.uncertainty.throughput_draws`:
        coefficients from a multivariate t by deployment. Where a fit has no degrees of freedom (DeepSeek-R1 and
        Nemotron in the paper's table), a lognormal factor on throughput, ln TPS with a standard deviation of 0.362; a
        number here takes its place. ``False`` takes all fits as known. Under a load there are none: leave it out.
    over
        Axes whose labels are where a query may go, in equal parts or by the weights of ``{axis: {label: weight}}``.
        They are mixed inside the distribution over queries. Factors of one name have one quantile level in all labels;
        throughput fits of different deployments are independent, and so are factors ``load_model:NAME`` of other keys:
        of another architecture, another hardware.
    quantiles
        Probability levels over queries.
    level
        Probability of the credible interval over the shared factors, or of several: 0.9 reaches from their quantile
        0.05 to 0.95. The coordinate ``credible`` holds all ends, and the median.
    shared_draws
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
        ``throughput_fit`` what was drawn for it. NaN where a cell has no data. Attributes tell the scopes, the
        shared draws, what was drawn for throughput fits, and how many distributions were solved.

    Raises
    ------
    InputError
        If nothing is random, a factor is unknown or has no such scope, the design cannot be made, or ``over`` mixes
        what has data with what has none.

    Notes
    -----
    A shared factor that multiplies or divides moves all quantiles alike: one solution over queries serves all shared
    draws, and where all of these are lognormal the result is a closed form. A fit with degrees of freedom and a shared
    length take ``shared_draws`` solutions, of about 1 ms each, which cells that differ by other factors share. Mixtures
    are made on the lattice of ln E, which is 0.1 % wide. Under a t, throughput has such tails that the energy has no
    mean over the shared factors: there the variances are NaN.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.sensitivity.nested("Llama 3.1 405B")
    >>> ds["energy"].sel(quantile=0.5).round(2).values
    array([0.22, 0.4 , 0.7 ])
    """
    shared_draws = checked_shared_draws(shared_draws)
    beliefs = checked_intervals(level).quantiles
    checked_sigma(throughput_fit)
    settings = analysis_settings(
        method=method, quantiles=quantiles, draws=draws, seed=seed, threads=threads, progress=progress
    )
    whole = prepare(checked_study(nested, model, arguments), settings)
    sigma = sigma_of(throughput_fit, under_load=whole.plan.is_load)
    scoped = scopes_of(scopes, whole, sigma)
    grid = RemainingGrid(without_shared(whole, scoped), _choices(over, whole.grid))
    mixing = bool(grid.choices)
    if mixing:
        check_bins(grid.run, 1)
    points = SharedDraws(settings.seed, shared_draws)
    inner = InnerDistributions(whole, grid.run, scoped, points, sigma, keep_histograms=mixing)
    rows = list(_rows(grid, inner, beliefs))
    sampled = any(row.sampled for row in rows)
    variables = _variables(grid, [row.summary for row in rows], (len(settings.levels), len(beliefs)))
    if sigma is not None:
        variables["throughput_fit"] = _fits(grid, rows)
    return grid.dataset(
        variables,
        {
            "quantile": labelled("quantile", ("quantile",), np.array(settings.levels)),
            "credible": labelled("credible", ("credible",), np.array(beliefs)),
        },
        title="Energy per LLM query, with what is shared by all queries apart",
        scopes="; ".join(f"{name} = {scope}" for name, scope in scoped.items()),
        shared_draws=shared_draws if sampled else 0,
        shared_draws_method="lattice, or closed form where all are lognormal" if sampled else "closed form",
        inner_solutions=inner.solutions,
        throughput_fit=fit_in_words(sigma, under_load=whole.plan.is_load),
        throughput_fit_default_log_sigma=0.0 if sigma is None else sigma,
    )


def scopes_of(scopes: Mapping[str, Scope] | None, run: Run, sigma: float | None) -> dict[str, Scope]:
    """Return the scope of everything that is random; something must be."""
    random = run.factor_names
    if not random and sigma is None:
        raise InputError(
            "No cell has a random factor: every number is fixed. Give a distribution for at least one of them, or pass "
            "throughput_fit=True."
        )
    return checked_scopes(scopes, random, run.grid, sigma is not None)


def _choices(over: object, grid: Grid) -> tuple[Choice, ...]:
    """Return the axes along which a query may go here or there, which a boundary is not."""
    axes = choices(over, grid, ())
    if any(AXES[choice.axis] == "boundary" for choice in axes):
        raise InputError(
            "over must not be 'boundary': a query goes to one of several models, say, but its boundary is what is "
            "counted. Leave it a dimension, and compare along it."
        )
    return axes


def without_shared(whole: Run, scopes: Mapping[str, Scope]) -> Run:
    """Return a run in which shared factors are fixed: at 1 if they multiply or divide, else at the median."""
    shared = [name for name, scope in scopes.items() if scope == "shared" and name != THROUGHPUT_FIT]
    plan = without(whole.plan, [name for name in shared if name not in LENGTH_FACTORS])
    for name in shared:
        if name in LENGTH_FACTORS:
            plan = changed(plan, name, _median)
    return whole.with_plan(plan)


def _median(distribution: Distribution) -> Distribution:
    return Fixed(float(distribution.ppf(0.5)))


@dataclass(frozen=True, eq=False)
class _Row:
    """A cell that has data: what is said of it, what was drawn for its throughput fit, and if anything was sampled."""

    summary: Summary
    fit: str
    sampled: bool


def _rows(grid: RemainingGrid, inner: InnerDistributions, beliefs: Sequence[float]) -> Iterator[_Row]:
    """Yield each cell that has data."""
    done = ShareDone(grid.run.settings.progress)
    cells = grid.members[grid.supported].tolist()
    for numbers in cells:
        of_queries = inner.mixture(numbers, grid.weights) if grid.choices else inner.alone(numbers[0])
        fit = "; ".join(dict.fromkeys(inner.fit_of(number) for number in numbers))
        yield _Row(summary(of_queries, inner.draws, beliefs), fit, not has_closed_form(of_queries))
        done.add(1.0 / len(cells))
    done.finish()


def _variables(grid: RemainingGrid, rows: Sequence[Summary], levels: tuple[int, int]) -> dict[str, xr.Variable]:
    """Return the summaries of all cells as variables, and which cells have data."""

    def spread(field: str, own: tuple[int, ...]) -> NDArray[np.float64]:
        return grid.spread(np.array([getattr(row, field) for row in rows]).reshape((len(rows), *own)))

    variables = {}
    for suffix in ("", "_stderr"):
        name, mean = f"energy{suffix}", f"energy_mean{suffix}"
        variables[name] = labelled(name, (*grid.dims, "quantile", "credible"), spread(name, levels))
        variables[mean] = labelled(mean, (*grid.dims, "credible"), spread(f"mean{suffix}", levels[1:]))
    for field, suffix in (("variances", ""), ("variance_stderrs", "_stderr")):
        values = spread(field, (len(PARTS),))
        for i, part in enumerate(PARTS):
            name = f"variance_{part}{suffix}"
            variables[name] = labelled(name, grid.dims, values[..., i])
    variables["supported"] = grid.labelled("supported", grid.supported)
    return variables


def _fits(grid: RemainingGrid, rows: Sequence[_Row]) -> xr.Variable:
    """Return what was drawn for the throughput fit of each cell, empty where it has no data."""
    fits = iter(row.fit for row in rows)
    return grid.labelled("throughput_fit", np.array([next(fits) if has_data else "" for has_data in grid.supported]))
