"""`trajectory`: a fleet over time, as demand grows and levers are adopted: energy per day by date, with bands."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Never

import xarray as xr

from wattquery.catalog import Catalog, Preset
from wattquery.engine.executor import AskedProgress
from wattquery.fleets.arguments import OverheadFactors, ScenarioAxis, SharesByClass
from wattquery.fleets.computed import computed
from wattquery.fleets.trajectory_analysis import TrajectoryAnalysis
from wattquery.scenarios.dates import Date
from wattquery.scenarios.growth import Growth
from wattquery.scenarios.query_class import QueryClass
from wattquery.specs.arguments import (
    Array,
    AxisOf,
    BatchWorkload,
    BoundaryAxis,
    CatalogAxis,
    FactorAxis,
    Levels,
    LeverAxis,
    Number,
    NumberAxis,
    PowerUtilizationAxis,
)
from wattquery.specs.throughput_form import AskedForm
from wattquery.uncertainty.scopes import Scope

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["trajectory"]

LEVELS = (0.5, 0.9)


def trajectory(
    scenario: ScenarioAxis = None,
    *,
    dates: Sequence[Date] | Array | None = None,
    start: Date | None = None,
    stop: Date | None = None,
    step: str | None = None,
    adoption: Mapping[str, Any] | None = None,
    growth: AxisOf[Growth | Number] | None = None,
    rebound: AxisOf[Number] | None = None,
    classes: Mapping[str, QueryClass | Mapping[str, Any]] | None = None,
    queries_per_day: float | None = None,
    shares: SharesByClass | None = None,
    overhead: OverheadFactors | None = None,
    preset: str | Preset | Sequence[str | Preset] | None = None,
    catalog: str | os.PathLike[str] | Catalog | None = None,
    throughput_model: AskedForm | None = None,
    boundary: BoundaryAxis | None = None,
    levers: LeverAxis | None = None,
    pue: FactorAxis | None = None,
    power_utilization: PowerUtilizationAxis | None = None,
    node_power: FactorAxis | None = None,
    input_tokens: FactorAxis | None = None,
    hardware: CatalogAxis | None = None,
    accelerators: NumberAxis | None = None,
    load: NumberAxis | None = None,
    concurrency: NumberAxis | None = None,
    cached_tokens: NumberAxis | None = None,
    batch_workload: BatchWorkload | None = None,
    kv_precision: str | None = None,
    max_sequences: int | None = None,
    speculation: str | None = None,
    measured: object = None,
    level: float | Levels = LEVELS,
    scopes: Mapping[str, Scope] | None = None,
    throughput_fit: bool | float = True,
    shared_draws: int = 2**13,
    seed: int | None = 0,
    store: str | os.PathLike[str] | None = None,
    storage_options: Mapping[str, Any] | None = None,
    client: Client | None = None,
    threads: int | None = None,
    progress: AskedProgress = None,
    **unknown: Never,
) -> xr.Dataset:
    r"""Return the energy per day of a fleet over time, as demand grows and levers are adopted.

    .. math::

        G_0(t) = N(t) \sum_c s_c E_c, \qquad
        G_1(t) = N(t) \sum_c s_c E_c \prod_k \Bigl(1 - a_k(t) + \frac{a_k(t)}{M_{kc}}\Bigr)

        G(t) = G_1(t) + R\,(G_0(t) - G_1(t))

    with demand N, shares s and mean energies E of the classes of queries as in `wattquery.fleet`, and the share a of
    queries that are served with a lever, which divides their energy by M. Levers that the scenario has itself are
    there on all dates. Of several levers, a query has each independently of the others.

    The rebound R is the share of the expected saving, at unchanged demand, that additional queries take back: with 0,
    the default, levers leave demand as it is; with 1 nothing is saved; above 1 levers raise the energy (backfire).
    Demand is then N G / G_1 with expected values of G, see ``rebound_factor``.

    Parameters
    ----------
    scenario
        A shipped scenario by name, a TOML file, or a `wattquery.scenarios.Scenario`; its table ``[trajectory]`` says
        what is left out here. Several in a list, or a dict that names them, become the dimension ``scenario``.
    dates
        When: `datetime.date`, ISO text or `numpy.datetime64`, each later than the one before.
    start, stop, step
        In the place of ``dates``: first date, last date, and ``"year"`` (default), ``"quarter"`` or ``"month"``.
    adoption
        By lever: `wattquery.scenarios.Adoption`; a dict of its keys; ``{date: share}``, on straight lines between the
        dates and held before the first and after the last; or one share for all dates [1].
    growth
        Yearly rate of demand from the first date on, 0.3 for 30 % more in each calendar year [1/year]; or a table
        ``{date: queries per day}``, between whose dates demand grows by the same share every day. A list of rates, or
        a dict that names rates and tables, becomes the dimension ``growth``.
    rebound
        Share of the expected saving that additional queries take back [1]; a list or a dict becomes the dimension
        ``rebound``. 0 where neither this nor the scenario says more.
    classes, queries_per_day, shares, overhead, preset, catalog, throughput_model, boundary
        As in `wattquery.fleet`; ``queries_per_day`` is demand on the first date.
    levers, pue, power_utilization, node_power, input_tokens
        As in `wattquery.fleet`.
    hardware, accelerators, load, concurrency, cached_tokens
        The same: instances under a load, which stays as it is while demand grows.
    batch_workload, kv_precision, max_sequences, speculation, measured
        As in `wattquery.fleet`.
    level
        Probability of a central interval over the shared factors, or of several in a list: ``energy_credible`` has the
        ends of all of them and the median.
    scopes
        ``"query"`` for factors that are drawn anew for each query and so average out: ``{"lever:serving": "query"}``.
    throughput_fit
        Whether throughput fits are drawn for the bands; as in `wattquery.sensitivity.nested`.
    shared_draws
        Draws of the shared factors, a power of two from 256; none are made where there is a closed form.
    seed
        Random seed; ``None`` takes a fresh one, which the attributes tell.
    store, storage_options, client
        As in `wattquery.fleet`: boxes divide all dimensions but ``preset``, ``growth``, ``rebound`` and ``date``.
    threads, progress
        As in `wattquery.sweep`; threads change no digit.

    Returns
    -------
    xarray.Dataset
        Dims: ``scenario``, ``preset``, ``CLASS_share``, axes, ``growth`` and ``rebound`` as given, then ``date``.
        ``energy_per_day`` [GWh/day]: expected, with levers and rebound, and ``energy_per_day_by_class`` (...,
        query_class), which sums to it; ``energy_without``: no lever adopted; ``energy_with``: levers, before rebound;
        ``saved``: ``energy_without - energy_per_day``; ``energy_credible`` (..., credible): quantiles over the shared
        factors, each of which is drawn once for all dates and classes, and ``energy_credible_stderr``, how well they
        are known (0 in closed form, infinite where too few draws lie beyond); ``power_mean`` [MW]; ``demand`` and, with
        rebound, ``queries_per_day`` [1/day]; their ratio ``rebound_factor``; ``adoption`` (date, lever) and ``share``
        (query_class) [1]. ``attrs["notes"]`` says what to know.

    Raises
    ------
    InputError
        If a lever is unknown, named twice or there already, a share is outside 0 to 1, dates are out of order, or
        anything else is not allowed.

    Notes
    -----
    The bands say what is not known of energies and levers. Growth, adoption and rebound are assumptions: no
    probability is invented for them. Compare several of each instead, as dimensions.

    References
    ----------
    Gillingham, Rapson & Wagner, The Rebound Effect and Energy Efficiency Policy, Review of Environmental Economics and
    Policy 10, 68-88 (2016), https://doi.org/10.1093/reep/rev017: kinds of rebound, how large they are, and backfire.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.trajectory("mixed", start="2026-01-01", stop="2030-01-01", growth=0.3,
    ...                    adoption={"serving": {"2026-01-01": 0.0, "2030-01-01": 0.5}})
    >>> ds["energy_per_day"].round(2).values
    array([1.71, 2.05, 2.45, 2.89, 3.39])
    >>> ds["queries_per_day"].sel(date="2030-01-01").item() / 1e9
    2.8561
    """
    return computed(TrajectoryAnalysis(), "trajectory", locals())
