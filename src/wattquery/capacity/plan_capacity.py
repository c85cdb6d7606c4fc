"""`plan_capacity`: what it would take to serve a rate of requests at a target of latency."""

from __future__ import annotations

from typing import Any, Unpack

import xarray as xr

from wattquery.capacity.asked import Asked, checked_chance, checked_minimize, checked_reserve
from wattquery.capacity.candidates import OWN_ARGUMENTS, compared, loads_for, run_at
from wattquery.capacity.capacity_dataset import capacity_dataset
from wattquery.capacity.curves import curves_of
from wattquery.capacity.demand import demand_of
from wattquery.inputs.arguments import refuse_unknown
from wattquery.sweeps.arguments import StudyArguments
from wattquery.sweeps.load_points import check_free
from wattquery.sweeps.targets import checked_targets
from wattquery.uncertainty.levels import checked_level

__all__ = ["plan_capacity"]


def plan_capacity(
    model: str,
    *,
    queries_per_day: float | None = None,
    requests_per_hour: object = None,
    load_profile: object = None,
    interactivity: float | None = None,
    time_per_output_token: float | None = None,
    time_to_first_token: float | None = None,
    chance: float = 0.5,
    minimize: str = "energy",
    reserve: int = 0,
    level: float = 0.9,
    **arguments: Unpack[StudyArguments],
) -> xr.Dataset:
    """Return the least energy or nodes that serve a rate of requests at a target of latency, with all alternatives.

    Candidates are all combinations of the hardware, serving systems, precisions and sizes of instances that are passed.
    Each is taken at its best load that meets all targets, and gets whole nodes for the hour of highest demand. All of
    them are in the result: the best one first, those that nothing beats in energy and nodes marked, and those that
    cannot meet a target last, with the nearest that they reach.

    Parameters
    ----------
    model
        A model of the catalog, or a `wattquery.Model`.
    queries_per_day
        Requests in a day [1/day].
    requests_per_hour
        In its place: a number [1/h], or 24 of them, or a table of spans of hours such as
        ``{"00-08": 2e4, "08-24": 6e4}``.
    load_profile
        How the queries of a day are spread over its hours, as in `wattquery.fleet`; evenly where it is left out.
    interactivity
        Output tokens per second of one user at least [tokens/s], the inverse of ``time_per_output_token``.
    time_per_output_token, time_to_first_token
        At most [s].
    chance
        The probability with which each target has to be met, by what the load model does not know of latencies: 0.5 is
        that its median meets it. No share of requests [1].
    minimize
        ``"energy"`` of a query over the day, or ``"nodes"``.
    reserve
        Nodes beside those that are needed, N+k, which are on and idle [1].
    level
        Probability of the intervals [1].
    **arguments
        What to study, as in `wattquery.sweep` under a load, without ``load`` and ``concurrency``. Several of
        ``hardware``, ``serving``, ``precision`` and ``accelerators`` are compared; every other axis has one value.
        Where ``accelerators`` is left out, these are 1, 2, 4 and on to a node, or the larger ones if the model fits on
        none.

    Returns
    -------
    xarray.Dataset
        Dims: ``candidate``, with coordinates ``hardware``, ``serving``, ``precision`` and ``accelerators`` (of an
        instance); ``bound``; ``target``; ``point``. Variables by candidate: ``meets``, ``best``, ``on_frontier`` (of
        energy and nodes), ``on_interactivity_frontier`` (of energy and interactivity), ``energy_per_query`` [Wh] at
        the boundary, over the day, ``nodes``, ``power_mean`` and ``power_peak`` [MW], each also as ``..._interval``;
        ``energy_per_day`` [GWh/day], ``instances``, ``accelerators_in_all``; in the hour of highest demand ``load``,
        ``running_sequences``, ``interactivity``, ``time_per_output_token`` and ``time_to_first_token`` (medians), and
        ``chance_of_meeting`` each target; ``binds``, ``reason`` (why a candidate cannot; its latencies are then the
        nearest that it reaches) and ``support``. By point, over all candidates and loads that meet the other targets:
        ``frontier_interactivity``, ``frontier_energy`` [Wh] at that load, ``frontier_nodes``, ``frontier_load`` and
        ``frontier_candidate``, which nothing beats in interactivity and energy. Attribute ``notes`` says what is
        assumed.

    Raises
    ------
    InputError
        If there is no target or no rate of requests, or an argument is not allowed.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.plan_capacity(
    ...     "Llama 3.1 70B", hardware=["H100 SXM", "B200"], precision="FP8", queries_per_day=1e7, interactivity=40
    ... )
    >>> ds["meets"].values.sum() <= ds.sizes["candidate"]
    np.True_
    """
    given: dict[str, Any] = dict(arguments)
    known = ("model", *OWN_ARGUMENTS, *StudyArguments.__annotations__)
    refuse_unknown("plan_capacity", {name: given[name] for name in given if name not in known}, known)
    check_free("plan_capacity", given)
    asked = Asked(
        demand=demand_of(queries_per_day, requests_per_hour, load_profile),
        targets=checked_targets(
            "plan_capacity",
            "interactivity=1, which any instance that is of use meets, where users do not wait",
            interactivity=interactivity,
            time_per_output_token=time_per_output_token,
            time_to_first_token=time_to_first_token,
        ),
        chance=checked_chance(chance),
        minimize=checked_minimize(minimize),
        reserve=checked_reserve(reserve),
        level=checked_level(level),
    )
    kept, most = compared(model, given)
    loads = loads_for(kept.size, most)
    run = run_at(model, given, loads)
    curves, multiplier = curves_of(run, loads, asked, kept)
    return capacity_dataset(run, curves, multiplier, asked)
