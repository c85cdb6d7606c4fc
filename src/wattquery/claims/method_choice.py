"""The method of a comparison that nobody named one for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from wattquery.catalog import Preset
from wattquery.methods.exact.reach import obstacle
from wattquery.sweeps.run import prepare
from wattquery.sweeps.settings import Method, settings
from wattquery.sweeps.study import study

__all__ = ["method_for"]

_HOW = ("method", "draws", "relative_stderr", "seed", "common_random_numbers")


def method_for(models: tuple[str, ...], preset: Preset, arguments: Mapping[str, Any]) -> Method:
    """Return the exact method, or quasi-random draws where a factor has no closed form.

    Parameters
    ----------
    models
        Names of the catalog.
    preset
        Where factors come from that the arguments leave out.
    arguments
        Of `wattquery.sweep`.
    """
    factors = tuple((name, one) for name, one in sorted(arguments.items()) if name not in _HOW)
    try:
        return _for(models, preset, factors)  # lists of claims put the same question
    except TypeError:  # an argument that cannot be hashed
        return _for.__wrapped__(models, preset, factors)


@lru_cache(maxsize=64)
def _for(models: tuple[str, ...], preset: Preset, factors: tuple[tuple[str, Any], ...]) -> Method:
    asked = study(list(models), preset=preset, **dict(factors))
    plan = prepare(asked, settings(method="exact", quantiles=(0.5,), threads=1)).plan
    return "exact" if obstacle(plan) is None else "quasi_monte_carlo"
