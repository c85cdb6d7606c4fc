"""How a fleet is computed, checked: intervals, shared factors, how means are found, random numbers, threads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from wattquery.engine.executor import Progress
from wattquery.engine.threads import available_threads
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.specs.arguments import Levels
from wattquery.specs.factors import LENGTH_FACTORS
from wattquery.specs.ranges import ranged_number
from wattquery.specs.scalars import shown
from wattquery.sweeps.settings import Settings, checked_draws, checked_flag, checked_progress, checked_seed, settings
from wattquery.uncertainty.levels import Intervals, checked_intervals
from wattquery.uncertainty.scopes import ALL_OF_A_KIND, SCOPES, Scope
from wattquery.uncertainty.shared_draws import checked_shared_draws
from wattquery.uncertainty.throughput_draws import checked_sigma

__all__ = ["FleetMethod", "FleetSettings", "fleet_scopes", "fleet_settings"]

FleetMethod = Literal["exact", "monte_carlo"]
METHODS = ("exact", "monte_carlo")
PAPERS_DRAWS = 10_000
"""Draws per model of the estimate in Oviedo et al., Joule 2026."""


@dataclass(frozen=True)
class FleetSettings:
    """How to compute.

    Attributes
    ----------
    intervals
        Central intervals over the shared factors: their probabilities, and the quantile levels of their ends.
    scopes
        As the user wrote them.
    sigma
        Of ln TPS where a throughput fit has no degrees of freedom; 0 to take all fits as known.
    shared_draws, seed
        Number of draws of the shared factors, and the random seed.
    sampled
        How means are sampled, ``None`` where they are exact.
    draws
        Per model, of the estimate whose sampling error is stated.
    structural
        Whether the structural choices are computed.
    carbon_intensity, water_intensity
        As passed [gCO2e/kWh, L/kWh].
    threads, progress
        Number of threads, and what receives the share of the work that is done.
    choices
        Of a part of a larger fleet: labels of the structural choices that can be made in all of it, by scenario. What
        the whole was checked for is not asked of a part, where it may look wrong. None where this is the whole.
    by_hour
        Whether pools are told of hour by hour.
    """

    intervals: Intervals
    scopes: Mapping[str, Scope]
    sigma: float
    shared_draws: int
    seed: int
    sampled: Settings | None
    draws: int
    structural: bool
    carbon_intensity: float | None
    water_intensity: float | None
    threads: int
    progress: Progress | None
    choices: Mapping[str, Collection[str]] | None = None
    by_hour: bool = False


def fleet_settings(
    *,
    level: float | Levels,
    scopes: object,
    throughput_fit: object,
    shared_draws: object,
    seed: object,
    threads: int | None,
    progress: Progress | None,
    method: object = "exact",
    draws: object = None,
    structural: object = False,
    carbon_intensity: object = None,
    water_intensity: object = None,
    by_hour: object = False,
) -> FleetSettings:
    """Return the settings, checked.

    Raises
    ------
    InputError, InputTypeError
        If one is not allowed.
    """
    if not isinstance(method, str) or method not in METHODS:
        raise InputError(
            f"method must be one of {listed(METHODS)}, got {shown(method)}. Pass one.{did_you_mean(method, METHODS)}"
        )
    if scopes is not None and not isinstance(scopes, Mapping):
        raise InputTypeError(
            f"scopes must be a dict of scopes by factor, got {shown(scopes)}. Write for example "
            "scopes={'pue': 'query'}."
        )
    count = checked_draws(PAPERS_DRAWS if draws is None else draws)
    number, random_seed = available_threads(threads), checked_seed(seed)
    sampled = None
    if method == "monte_carlo":
        # Sampled apart from each other, so that errors of classes and models do not go together.
        sampled = settings(
            method="monte_carlo", draws=count, seed=random_seed, threads=number, common_random_numbers=False
        )
    return FleetSettings(
        intervals=checked_intervals(level),
        scopes=scopes or {},
        sigma=checked_sigma(throughput_fit) or 0.0,
        shared_draws=checked_shared_draws(shared_draws),
        seed=random_seed,
        sampled=sampled,
        draws=count,
        structural=checked_flag("structural", structural),
        carbon_intensity=_intensity("carbon_intensity", carbon_intensity),
        water_intensity=_intensity("water_intensity", water_intensity),
        threads=number,
        progress=checked_progress(progress),
        by_hour=checked_flag("by_hour", by_hour),
    )


def fleet_scopes(scopes: Mapping[str, Scope], random: Sequence[str], *, is_part: bool = False) -> dict[str, Scope]:
    """Return the scopes of the factors of a fleet that a user gave: all others are shared.

    Parameters
    ----------
    scopes
        As the user wrote them.
    random
        Names of the random factors of the fleet.
    is_part
        Whether others may be random elsewhere in the fleet.

    Raises
    ------
    InputError
        If a name is none of a random factor, or a scope is none.
    """
    scope_of: dict[str, Scope] = {}
    of_a_kind = {every: [name for name in random if name.startswith(prefix)] for every, prefix in ALL_OF_A_KIND.items()}
    together: dict[str, Scope] = {}
    for name, scope in scopes.items():
        if not isinstance(scope, str) or scope not in SCOPES:
            raise InputError(
                f"scopes[{name!r}] must be one of {listed(SCOPES)}, got {shown(scope)}. Write 'query' for a factor "
                f"that is drawn anew for each query.{did_you_mean(scope, SCOPES)}"
            )
        if name in LENGTH_FACTORS:
            raise InputError(
                f"scopes gives {name!r} a scope, but lengths always differ between queries; only factors that "
                "multiply or divide have one here. For a length that all queries share see "
                "wattquery.sensitivity.nested."
            )
        if name not in random and not of_a_kind.get(name):
            if is_part:
                continue
            raise InputError(
                f"scopes names {name!r}, which is no random factor of this fleet; those are {listed(random)}. "
                f"Correct the name, or leave it out.{did_you_mean(name, random)}"
            )
        if name in random:
            scope_of[name] = scope
        else:
            together |= dict.fromkeys(of_a_kind[name], scope)
    return together | scope_of


def _intensity(name: str, value: object) -> float | None:
    return None if value is None else ranged_number(name, value)
