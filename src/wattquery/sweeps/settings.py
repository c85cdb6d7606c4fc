"""How to compute, checked: method, draws or the error to reach, random numbers, threads."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from wattquery.engine.display import watched
from wattquery.engine.executor import AskedProgress
from wattquery.engine.threads import Progress, available_threads
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.methods.quasi_monte_carlo import REPLICATES, nearest_draws
from wattquery.methods.to_precision import MOST_PLAIN_DRAWS
from wattquery.quantities import METHODS
from wattquery.specs.arguments import Levels
from wattquery.specs.axis_sizes import label_count
from wattquery.specs.containers import numbers
from wattquery.specs.scalars import is_number, is_whole, shown

__all__ = [
    "ANALYSIS_METHODS",
    "QUANTILES",
    "AnalysisMethod",
    "Method",
    "Settings",
    "analysis_settings",
    "checked_draws",
    "checked_flag",
    "checked_progress",
    "checked_quantiles",
    "checked_seed",
    "refuse_too_many",
    "settings",
]

Method = Literal["monte_carlo", "quasi_monte_carlo", "exact"]
AnalysisMethod = Literal["auto", "exact", "monte_carlo"]
ANALYSIS_METHODS = ("auto", "exact", "monte_carlo")
"""Of analyses that run a grid several times: ``"auto"`` is the exact method where it can take the grid, and quickly."""

MOST_LEVELS = 10_000
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
RAREST_LEVEL = 1e-15
"""Nearer to 0 and 1, sums of probabilities and normals that are cut at 8.5 standard deviations have no digit left."""
DRAWS = {"monte_carlo": 1_000_000, "quasi_monte_carlo": REPLICATES * 2**9, "exact": 0}
"""How many draws each method makes of a cell where it is not told."""

MOST_DRAWS = MOST_PLAIN_DRAWS
"""Draws of a cell at most, 10**11: a quantile is then known to some 1e-6, where the lattice of ln E ends at 3e-4."""

DRAWS_PER_SECOND = 2e7
"""Draws of one cell per second and core, about what servers of the 2020s make; cells of a grid share some work."""

SEED_BITS = 1024
"""Of the largest seed: results state it, and nobody reads more digits."""


@dataclass(frozen=True)
class Settings:
    """How to compute.

    Attributes
    ----------
    method
        One of `wattquery.quantities.METHODS`; or ``"auto"``, which `wattquery.sweeps.run.Run` decides.
    levels
        Probability levels of the quantiles, increasing.
    draws
        Draws per cell, not used by ``"exact"``, nor where ``relative_stderr`` decides.
    relative_stderr
        The relative standard error to reach; ``None`` for a number of draws.
    seed
        Names the random numbers.
    common_random_numbers
        Whether cells share their base variates.
    keep_histogram
        Whether each cell's histogram is kept.
    threads
        Number of threads.
    progress
        Receives the share of the work done.
    """

    method: Method | Literal["auto"]
    levels: tuple[float, ...]
    draws: int
    relative_stderr: float | None
    seed: int
    common_random_numbers: bool
    keep_histogram: bool
    threads: int
    progress: Progress | None

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process is sent: progress is told here, and may hold a terminal that is only here."""
        return self.__dict__ | {"progress": None}


def settings(
    *,
    method: Method = "monte_carlo",
    quantiles: Levels = QUANTILES,
    draws: int | None = None,
    relative_stderr: object = None,
    seed: int | None = 0,
    common_random_numbers: bool = True,
    keep_histogram: bool = False,
    threads: int | None = None,
    progress: AskedProgress = None,
) -> Settings:
    """Return the arguments of `wattquery.sweep` that say how to compute, checked.

    Raises
    ------
    InputError
        If one is not allowed.
    """
    levels = checked_quantiles(quantiles)
    _check_method(method, METHODS)
    target = _checked_target(relative_stderr, draws, method)
    return Settings(
        method=method,
        levels=levels,
        draws=checked_draws(draws, method),
        relative_stderr=target,
        seed=checked_seed(seed),
        common_random_numbers=checked_flag("common_random_numbers", common_random_numbers),
        keep_histogram=checked_flag("keep_histogram", keep_histogram),
        threads=available_threads(threads),
        progress=checked_progress(progress),
    )


def analysis_settings(
    *,
    method: AnalysisMethod = "auto",
    quantiles: Levels = (0.5,),
    draws: int | None = None,
    seed: int | None = 0,
    threads: int | None = None,
    progress: AskedProgress = None,
) -> Settings:
    """Return the arguments of an analysis that say how to compute, checked; its runs share their random numbers.

    Raises
    ------
    InputError
        If one is not allowed.
    """
    _check_method(method, ANALYSIS_METHODS)
    return Settings(
        method=method,
        levels=checked_quantiles(quantiles),
        draws=checked_draws(draws),
        relative_stderr=None,
        seed=checked_seed(seed),
        common_random_numbers=True,
        keep_histogram=False,
        threads=available_threads(threads),
        progress=checked_progress(progress),
    )


def checked_quantiles(quantiles: Levels, name: str = "quantiles") -> tuple[float, ...]:
    """Return probability levels, increasing and strictly between 0 and 1, or say what is wrong with them."""
    if isinstance(quantiles, (Sequence, np.ndarray)) and label_count(quantiles) > MOST_LEVELS:
        raise InputError(
            f"{name} has {label_count(quantiles):,} levels; at most {MOST_LEVELS:,} are allowed. For a whole "
            "distribution pass keep_histogram=True."
        )
    levels = np.array(numbers(quantiles, name))
    inside = levels.ndim == 1 and levels.size > 0 and bool(np.all((levels > 0.0) & (levels < 1.0)))
    if not inside or bool(np.any(np.diff(levels) <= 0.0)):
        raise InputError(
            f"{name} must be probability levels strictly between 0 and 1, increasing, at least one, got "
            f"{shown(quantiles)}. The median is {name}=[0.5]; write 95 % as 0.95."
        )
    if levels[0] < RAREST_LEVEL or levels[-1] > 1.0 - RAREST_LEVEL:
        raise InputError(
            f"{name} must be at least {RAREST_LEVEL:g} away from 0 and 1, got {shown(quantiles)}. No method tells "
            "rarer levels apart. Pass a level nearer to the middle."
        )
    return tuple(levels.tolist())


def checked_progress(progress: AskedProgress) -> Progress | None:
    """Return what is told of progress, or say what is wrong with it."""
    if isinstance(progress, bool):
        return watched() if progress else None
    if progress is not None and not callable(progress):
        raise InputTypeError(
            f"progress must be a function of the share that is done, True or None, got {shown(progress)}. Pass for "
            "example progress=True."
        )
    return progress


def checked_flag(name: str, value: object) -> bool:
    """Return a truth value, or say what is wrong with it: most values are true, "no" too."""
    if not isinstance(value, (bool, np.bool_)):
        raise InputTypeError(f"{name} must be True or False, got {shown(value)}. Pass one of the two.")
    return bool(value)


def _check_method(method: object, known: Sequence[str]) -> None:
    if not isinstance(method, str) or method not in known:
        raise InputError(f"method must be one of {listed(known)}, got {shown(method)}.{did_you_mean(method, known)}")


def checked_draws(draws: Any, method: str = "monte_carlo") -> int:
    """Return a number of draws that the method can make, or say what is wrong with it."""
    if draws is None:
        return DRAWS[method]
    if not is_whole(draws):
        raise InputTypeError(f"draws must be a whole number, got {shown(draws)}. Write draws=1_000_000, not 1e6.")
    if draws < 1:
        raise InputError(f"draws must be at least 1, got {shown(draws)}. 1_000_000 give a median to about 0.2 %.")
    if method == "exact":
        return 0  # it makes none
    if method == "monte_carlo":
        refuse_too_many("draws", int(draws))
    if method == "quasi_monte_carlo" and nearest_draws(int(draws)) != (draws,):
        nearest = " or ".join(f"draws={count:_}" for count in nearest_draws(int(draws)))
        raise InputError(
            f"draws must be {REPLICATES} times 1, 2, 4, ... 2**20 with method='quasi_monte_carlo', got {shown(draws)}: "
            f"each of {REPLICATES} randomizations takes a whole lattice, which is even only when it is complete. "
            f"Pass {nearest}."
        )
    return int(draws)


def refuse_too_many(name: str, count: int, fix: str = "use method='quasi_monte_carlo' or 'exact'") -> None:
    """Refuse more draws than anybody could wait for, and say how long they would take."""
    if count > MOST_DRAWS:
        raise InputError(
            f"{name} must be at most {MOST_DRAWS:_}, got {shown(count)}, which would take about "
            f"{duration(count)} per cell on one core, at {DRAWS_PER_SECOND:.0e} draws per second. "
            f"Pass fewer, or {fix}."
        )


def duration(draws: int) -> str:
    """Return how long so many draws of one cell take on one core, in words."""
    # Whole numbers: such a count may be larger than any float.
    seconds = draws // int(DRAWS_PER_SECOND)
    for unit, length in (("years", 31_557_600), ("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            count = seconds // length
            return f"{count:,} {unit}" if count < 10**6 else f"10^{len(shown(count, 10**4)) - 1} {unit}"
    return f"{seconds} seconds"


FINEST_TARGET = 1e-12
"""A relative standard error that no sample can have: double precision would hardly show it."""


def _checked_target(target: Any, draws: object, method: str) -> float | None:
    if target is None:
        return None
    if not is_number(target):
        raise InputTypeError(f"relative_stderr must be a number, got {shown(target)}. Write 0.001 for 0.1 %.")
    if not 0.0 < target < 1.0:
        raise InputError(
            f"relative_stderr must be a share of each quantile between 0 and 1, got {shown(target)}. Write 0.001 for "
            "0.1 %."
        )
    if target < FINEST_TARGET:
        raise InputError(
            f"relative_stderr must be at least {FINEST_TARGET:g}, got {target!r}: no number of draws reaches it. "
            "Pass a larger one, or use method='exact'."
        )
    if draws is not None:
        raise InputError(
            f"draws and relative_stderr must not both be given, got {shown(draws)} and {shown(target)}: the error "
            "decides on the draws. Leave one out."
        )
    if method == "exact":
        raise InputError(
            f"relative_stderr must be left out with method='exact', which has no sampling error, got {shown(target)}. "
            "Or use method='monte_carlo' or 'quasi_monte_carlo'."
        )
    return float(target)


def checked_seed(seed: Any) -> int:
    """Return a seed, a fresh one for ``None``, or say what is wrong with it."""
    if seed is None:
        return secrets.randbelow(2**31)
    if not is_whole(seed) or seed < 0 or int(seed).bit_length() > SEED_BITS:
        raise InputError(
            f"seed must be a whole number of 0 or more, below 2**{SEED_BITS}, got {shown(seed)}. Pass None for a fresh "
            "one."
        )
    return int(seed)
