"""`nested`: quantiles over queries, each with a credible interval for what is not known of the shared factors."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Unpack

import xarray as xr

from wattquery.engine.executor import AskedProgress
from wattquery.errors import InputError
from wattquery.plans.pick_freeze_tables import Choice
from wattquery.quantities import AXES
from wattquery.sensitivity.arguments import checked_study
from wattquery.sensitivity.random_axes import choices
from wattquery.sensitivity.two_level.nested_quantiles import NestedQuantiles
from wattquery.specs.arguments import CatalogAxis, Levels
from wattquery.specs.grid import Grid
from wattquery.sweeps.arguments import StudyArguments
from wattquery.sweeps.blockwise.elsewhere import elsewhere
from wattquery.sweeps.run import Run, prepare
from wattquery.sweeps.settings import QUANTILES, AnalysisMethod, analysis_settings
from wattquery.uncertainty.levels import checked_intervals
from wattquery.uncertainty.scopes import Scope, checked_scopes
from wattquery.uncertainty.shared_draws import (
    checked_shared_draws,
)
from wattquery.uncertainty.throughput_draws import checked_sigma, sigma_of

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["nested", "scopes_of"]

LEAST_EVALUATIONS = 1_000_000
"""Energies that take as long as the distribution of a cell, of which some are solved for each shared draw."""


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
    store: str | os.PathLike[str] | None = None,
    storage_options: Mapping[str, Any] | None = None,
    client: Client | None = None,
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
    store
        A folder that ends with ``.zarr``, or an address of an object store: the grid is analysed box by box, each of
        which is written as soon as it is finished, to the same digits. The same call continues it. The result is then
        read from the store when its values are asked for, has the variable ``done``, and its attributes do not tell
        how many distributions were solved.
    storage_options, client
        As in `wattquery.sweep`; workers solve boxes of a ``store`` alone.

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
        what has data with what has none; or if the store is of something else.

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
    kept = elsewhere(store, storage_options, client, threads)
    whole = prepare(checked_study(nested, model, arguments), settings, ask_memory=kept is None)
    sigma = sigma_of(throughput_fit, under_load=whole.plan.is_load)
    scoped = scopes_of(scopes, whole, sigma)
    quantiles_of = NestedQuantiles(scoped, _choices(over, whole.grid), shared_draws, beliefs, sigma)
    if kept is None:
        return quantiles_of.of(whole)
    from wattquery.sensitivity.into_store import stored_analysis

    # What suits the whole is done with every box.
    settled = replace(settings, method=quantiles_of.inner_run(whole).method)
    return stored_analysis(
        "nested", quantiles_of, replace(whole, settings=settled), kept, evaluations=max(draws, LEAST_EVALUATIONS)
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
