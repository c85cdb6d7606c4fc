"""The energy per day that a source published, beside what is computed, and how far the two may differ."""

from __future__ import annotations

import math

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.errors import InputError, did_you_mean, listed
from wattquery.fleets.evaluation import Evaluation
from wattquery.paper.claims import Claim, claims, published
from wattquery.paper.reproduction import STANDARD_ERRORS
from wattquery.quantities import GWH_PER_WH
from wattquery.scenarios.scenario import Scenario

__all__ = ["compared"]

NOTHING: dict[str, float | str] = {"published": math.nan, "allowed": math.nan, "reproduced": ""}


def compared(scenario: Scenario, preset: Preset, mean: float, evaluation: Evaluation) -> dict[str, float | str]:
    """Return the published value, the allowed difference [GWh/day], and ``"yes"`` or ``"no"``; empty without one.

    Half a unit in the last published digit is allowed, and three standard errors of the paper's own estimate.

    Parameters
    ----------
    scenario, preset
        What is computed; the preset says which version of the paper it belongs to.
    mean
        Mean energy of a query [Wh].
    evaluation
        The scenario, for the sampling error of the paper.

    Raises
    ------
    InputError
        If the scenario names a figure that the paper has not.
    """
    if not scenario.published:
        return dict(NOTHING)
    if scenario.published not in (known := _figures("v2")):
        raise InputError(
            f"published must name a figure of the paper, one of {listed(known)}, got {scenario.published!r}. Correct "
            f"it, or leave it out.{did_you_mean(scenario.published, known)}"
        )
    claim = _figures(preset.published).get(scenario.published) if preset.published else None
    shipped = preset.name in catalogs.preset_names() and preset == catalogs.preset(preset.name)
    if claim is None or not shipped or scenario.queries_per_day != published()["queries_per_day"]:
        return dict(NOTHING)
    daily = scenario.queries_per_day * GWH_PER_WH
    theirs = daily * float(evaluation.sampling_stderr(float(published()["draws"]))[0, 0])
    allowed = claim.half_unit + STANDARD_ERRORS * theirs
    reproduced = "yes" if abs(daily * mean - claim.value) <= allowed else "no"
    return {"published": claim.value, "allowed": allowed, "reproduced": reproduced}


def _figures(version: str) -> dict[str, Claim]:
    """Return the fleets that a version of the paper published, as the article prints them where it does."""
    figures: dict[str, Claim] = {}
    for claim in claims(version):
        if claim.quantity and claim.quantity[0] == "fleet":
            figures.setdefault(claim.quantity[1], claim)  # headlines come first
    return figures
