"""`fleet`: a mix of queries in, energy per day, power, nodes and three kinds of interval out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Never

import xarray as xr

from wattquery.catalog import Catalog, Preset
from wattquery.engine.executor import AskedProgress
from wattquery.fleets.arguments import (
    DailyProfile,
    OverheadFactors,
    Pools,
    ScenarioAxis,
    SharesByClass,
)
from wattquery.fleets.computed import computed
from wattquery.fleets.fleet_analysis import FleetAnalysis
from wattquery.fleets.settings import FleetMethod
from wattquery.scenarios.query_class import QueryClass
from wattquery.specs.arguments import (
    BatchWorkload,
    BoundaryAxis,
    CatalogAxis,
    FactorAxis,
    Levels,
    LeverAxis,
    NumberAxis,
    PowerUtilizationAxis,
)
from wattquery.specs.throughput_form import AskedForm
from wattquery.uncertainty.scopes import Scope

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["fleet"]

LEVELS = (0.5, 0.9, 0.95)


def fleet(
    scenario: ScenarioAxis = None,
    *,
    classes: Mapping[str, QueryClass | Mapping[str, Any]] | None = None,
    queries_per_day: float | None = None,
    shares: SharesByClass | None = None,
    pools: Pools | None = None,
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
    load_profile: DailyProfile | None = None,
    occupancy: float | None = None,
    node_time_levers: Sequence[str] | None = None,
    carbon_intensity: float | None = None,
    water_intensity: float | None = None,
    level: float | Levels = LEVELS,
    scopes: Mapping[str, Scope] | None = None,
    throughput_fit: bool | float = True,
    structural: bool = True,
    by_hour: bool = False,
    method: FleetMethod = "exact",
    draws: int | None = None,
    shared_draws: int = 2**13,
    seed: int | None = 0,
    store: str | os.PathLike[str] | None = None,
    storage_options: Mapping[str, Any] | None = None,
    client: Client | None = None,
    threads: int | None = None,
    progress: AskedProgress = None,
    **unknown: Never,
) -> xr.Dataset:
    r"""Return the energy per day of a fleet that answers a mix of queries.

    .. math::

        G = N \prod_j O_j \sum_c s_c \sum_m w_{cm} E_{cm}

    with N queries per day, overheads O, shares s of classes c, weights w of the models that answer a class, and E the
    energy of one query. The expected total takes the mean of E over everything random. A billion queries average out
    what differs between queries, the lengths, and not what they share: PUE, power utilization, levers and throughput
    fits, each of which is one unknown number for the whole fleet.

    Parameters
    ----------
    scenario
        A shipped scenario by name (`wattquery.scenarios.names`), a TOML file, or a `wattquery.scenarios.Scenario`.
        Several in a list, or a dict that names them, become the dimension ``scenario``.
    classes
        In the place of a scenario: classes by name, as `wattquery.scenarios.QueryClass` or a dict of its arguments.
    queries_per_day
        Queries of all classes [1/day].
    shares
        Share by class in the place of the scenario's [1]; a list becomes the dimension ``CLASS_share``. What is left
        goes to the class with the share ``"rest"``, or to all others in their proportions.
    pools
        Nodes that the classes are served by, by name, as `wattquery.scenarios.Pool` or a dict of its arguments. Beside
        a scenario with pools: keys that are others in the pool of that name, a new pool, or None for one to leave out.
    overhead
        Factors on the energy by name: a number, or ``{"factor": 1.1, "source": "..."}`` [1].
    preset
        Where all that is left out comes from; a list becomes the dimension ``preset``.
    catalog
        Where throughputs come from.
    throughput_model
        Their form, as in `wattquery.sweep`, in the place of what the scenario says.
    boundary, levers, pue, power_utilization, node_power, input_tokens
        As in `wattquery.sweep`, for all classes in the place of what the scenario says; lists and dicts become
        dimensions. The overhead is counted beyond the boundary.
    hardware, accelerators, load, concurrency, cached_tokens
        The same of instances under a load. Classes that run on the same instances fill their batches together, by
        their shares of the queries, unless a class states its ``batch_workload``.
    batch_workload, kv_precision, max_sequences, speculation, measured
        As in `wattquery.sweep`, for all classes in the place of what they say.
    load_profile
        Demand by hour of the day, relative: 24 numbers, or a dict of spans such as ``{"00-08": 0.5, "08-24": 1.2}``.
    occupancy
        Share of the time in which a node serves at its benchmark throughput [1]; none under a load, which says it.
    node_time_levers
        Levers that shorten the time for which a query holds a node; by default model, serving and routing.
    carbon_intensity, water_intensity
        For ``carbon`` and ``water``, which are not computed without: per kWh at the boundary [gCO2e/kWh, L/kWh].
    level
        Probability of a central interval over the shared factors, or of several in a list: ``energy_credible`` has the
        ends of all of them and the median. ``energy_interval`` is stated for the largest.
    scopes
        ``"query"`` for factors that are drawn anew for each query and so average out, such as ``{"pue": "query"}``.
    throughput_fit
        Whether throughput fits are drawn in the interval ``epistemic``; as in `wattquery.sensitivity.nested`.
    structural
        Whether the structural choices are computed; there are none of a fleet with pools.
    by_hour
        Whether pools are told of hour by hour.
    method, draws
        ``"exact"``: means are sums, and ``draws`` per model is what the sampling interval is stated for, by default
        the paper's 10,000. ``"monte_carlo"``: means are sampled with so many draws per model.
    shared_draws
        Draws of the shared factors, a power of two from 256; none are made where there is a closed form.
    seed
        Random seed; ``None`` takes a fresh one, which the attributes tell.
    store
        A folder that ends with ``.zarr``, or an address of an object store: the fleet is computed box by box, each of
        which is written there as soon as it is finished, so that memory is that of the boxes in work. The same call
        continues it. The result is read from the store when its values are asked for, and has the variable ``done``.
    storage_options, client
        As in `wattquery.sweep`; workers solve boxes of a ``store`` alone.
    threads, progress
        As in `wattquery.sweep`; threads change no digit.

    Returns
    -------
    xarray.Dataset
        Dims: ``scenario``, ``preset``, ``CLASS_share`` and axes as given. ``energy_per_day`` [GWh/day] and its sampling
        error ``energy_per_day_stderr``; ``energy_per_day_by_class`` (..., query_class, component), which sums to it;
        ``energy_per_query`` (..., query_class) [Wh], overhead included. ``energy_interval`` (..., interval, bound)
        [GWh/day]: ``sampling`` of the estimate, ``shared_factors`` with throughput fits as known, ``epistemic`` with
        these drawn as well, ``structural``: the range of ``energy_by_choice`` (..., choice). ``energy_credible`` (...,
        credible) [GWh/day]. How well these are known: ``energy_interval_stderr`` and ``energy_credible_stderr``
        [GWh/day], 0 in closed form, infinite where too few draws lie beyond. ``variance_query``, ``variance_shared``
        and ``variance_total`` [Wh2] of one query, fits as known. ``power_mean``, ``power_peak`` [MW], ``node_hours``
        [h/day], ``nodes``; under a load in their place ``instance_hours`` [h/day], ``instances``,
        ``accelerators_per_instance`` and ``accelerator_hours`` [h/day]. Where a scenario
        names a published figure: ``published``, ``allowed`` [GWh/day] and ``reproduced``. ``attrs["notes"]`` says what
        to know.

    Raises
    ------
    InputError
        If shares do not sum to one, a class has no data, a lever comes twice, the store is of something else, or
        anything else is not allowed.

    Notes
    -----
    Given the throughput fits the expected total is exact; under a t-distributed fit the mean over fits does not exist,
    so fits enter the interval and not the total. A factor of one name has one quantile level in all classes.

    References
    ----------
    Oviedo et al., Energy Use of AI Inference, Efficiency Pathways, and Test-Time Scaling, Joule 2026,
    https://arxiv.org/abs/2509.20241

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.fleet(["traditional", "mixed", "mixed-improved"])
    >>> ds["energy_per_day"].round(2).to_series().to_dict()
    {'traditional': 0.73, 'mixed': 1.71, 'mixed-improved': 0.8}
    >>> ds["energy_interval"].sel(scenario="traditional", interval="sampling").round(3).values
    array([0.721, 0.741])
    """
    return computed(FleetAnalysis(), "fleet", locals())
