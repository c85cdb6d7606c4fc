"""`trajectory`: a fleet over time, as demand grows and levers are adopted: energy per day by date, with bands."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import xarray as xr

from wattquery.catalog import Catalog, Preset
from wattquery.errors import InputError
from wattquery.fleets.arguments import FleetSettings, chosen_presets, chosen_scenarios, fleet_settings
from wattquery.fleets.combine import gathered, joined, origins
from wattquery.fleets.trajectory_dataset import over_time
from wattquery.scenarios.course import Course
from wattquery.scenarios.query_class import QueryClass
from wattquery.scenarios.scenario import Scenario
from wattquery.uncertainty.scopes import Scope

__all__ = ["trajectory"]

LEVEL = 0.95
CREDIBLE = (0.05, 0.25, 0.5, 0.75, 0.95)


def trajectory(
    scenario: str | os.PathLike[str] | Scenario | Sequence[Any] | Mapping[str, Any] | None = None,
    *,
    dates: Sequence[Any] | None = None,
    start: object = None,
    stop: object = None,
    step: str | None = None,
    adoption: Mapping[str, Any] | None = None,
    growth: object = None,
    rebound: object = None,
    classes: Mapping[str, QueryClass | Mapping[str, Any]] | None = None,
    queries_per_day: float | None = None,
    shares: Mapping[str, Any] | None = None,
    overhead: object = None,
    preset: str | Preset | Sequence[str | Preset] | None = None,
    catalog: str | os.PathLike[str] | Catalog | None = None,
    boundary: object = None,
    levers: object = None,
    pue: object = None,
    power_utilization: object = None,
    node_power: object = None,
    input_tokens: object = None,
    credible: Sequence[float] = CREDIBLE,
    scopes: Mapping[str, Scope] | None = None,
    throughput_fit: bool | float = True,
    outer: int = 2**13,
    seed: int | None = 0,
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
    classes, queries_per_day, shares, overhead, preset, catalog, boundary
        As in `wattquery.fleet`; ``queries_per_day`` is demand on the first date.
    levers, pue, power_utilization, node_power, input_tokens
        As in `wattquery.fleet`.
    credible
        Probability levels of ``energy_credible``.
    scopes
        ``"query"`` for factors that are drawn anew for each query and so average out: ``{"lever:serving": "query"}``.
    throughput_fit
        Whether throughput fits are drawn for the bands; as in `wattquery.sensitivity.nested`.
    outer
        Draws of the shared factors, a power of two from 256.
    seed
        Names the random numbers; ``None`` takes a fresh one, which the attributes tell.

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
    how = fleet_settings(
        level=LEVEL,
        credible=credible,
        scopes=scopes,
        throughput_fit=throughput_fit,
        outer=outer,
        method="exact",
        draws=None,
        seed=seed,
        threads=None,
        structural=False,
        carbon_intensity=None,
        water_intensity=None,
    )
    changes = {
        "queries_per_day": queries_per_day,
        "overhead": overhead,
        "preset": preset,
        "catalog": catalog,
        "boundary": boundary,
        "levers": levers,
        "pue": pue,
        "power_utilization": power_utilization,
        "node_power": node_power,
        "input_tokens": input_tokens,
    }
    timing = {
        "dates": dates,
        "start": start,
        "stop": stop,
        "step": step,
        "adoption": adoption,
        "growth": growth,
        "rebound": rebound,
    }
    found, several = chosen_scenarios(scenario, classes, changes, shares)
    found = [replace(one, trajectory=one.trajectory.changed(timing)) for one in found]
    _check_courses({one.name: one.trajectory for one in found})
    parts = [_named(one, how, several=len(found) > 1) for one in found]
    ds = joined(parts, "scenario", [one.name for one in found], is_axis=several)
    notes = {one.name: part.attrs["notes"] for one, part in zip(found, parts, strict=True)}
    if not ds.sizes["lever"]:
        ds = ds.drop_dims("lever")
    return ds.assign_attrs(origins("Energy of a fleet per day over time", found, notes, how))


def _named(scenario: Scenario, how: FleetSettings, *, several: bool) -> xr.Dataset:
    """Return one scenario, and say which where one of several cannot be computed."""
    try:
        return _one_scenario(scenario, how)
    except InputError as error:
        if not several:
            raise
        raise type(error)(f"scenario {scenario.name!r}: {error}") from error


def _one_scenario(scenario: Scenario, how: FleetSettings) -> xr.Dataset:
    presets, several = chosen_presets(scenario)
    parts = [over_time(scenario, preset, scenario.trajectory, how) for preset in presets]
    ds = joined(parts, "preset", [preset.name for preset in presets], is_axis=several)
    notes = {preset.name: part.attrs["notes"] for preset, part in zip(presets, parts, strict=True)}
    return ds.assign_attrs(notes=" | ".join(gathered(notes)))


def _check_courses(courses: Mapping[str, Course]) -> None:
    """Refuse scenarios that have no dates, or others than the first."""
    first, *rest = courses.items()
    for name, course in rest:
        if course.when() != first[1].when():
            raise InputError(
                f"The scenarios {first[0]!r} and {name!r} have different dates. Allowed are scenarios with the same "
                "ones. Pass start= and stop=, or dates=, for all of them."
            )
        for axis, other in (
            (first[1].growth_axis, course.growth_axis),
            (first[1].rebound_axis, course.rebound_axis),
        ):
            if (axis.is_dimension, axis.labels if axis.is_dimension else ()) != (
                other.is_dimension,
                other.labels if other.is_dimension else (),
            ):
                raise InputError(
                    f"The scenarios {first[0]!r} and {name!r} have different axes of {axis.name}. Allowed are "
                    f"scenarios with the same ones. Pass {axis.name}= for all of them."
                )
    first[1].when()
