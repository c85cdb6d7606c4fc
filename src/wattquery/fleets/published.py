"""The energy per day that a source published, beside what is computed, and how far the two may differ."""

from __future__ import annotations

import math

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.errors import InputError, did_you_mean, listed
from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.intervals import sampling_stderr
from wattquery.paper.claims import published
from wattquery.paper.reproduction import STANDARD_ERRORS
from wattquery.quantities import GWH_PER_WH
from wattquery.scenarios.scenario import Scenario

__all__ = ["compared"]

NOTHING: dict[str, float | str] = {"published": math.nan, "allowed": math.nan, "reproduced": ""}


def compared(scenario: Scenario, preset: Preset, mean: float, of: Evaluation) -> dict[str, float | str]:
    """Return the published value, the allowed difference [GWh/day], and ``"yes"`` or ``"no"``; empty without one.

    Half a unit in the last published digit is allowed, and three standard errors of the paper's own estimate.

    Parameters
    ----------
    scenario, preset
        What is computed; the preset says which version of the paper it belongs to.
    mean
        Mean energy of a query [Wh].
    of
        The evaluation, for the sampling error of the paper.

    Raises
    ------
    InputError
        If the scenario names a figure that the paper has not.
    """
    if not scenario.published:
        return dict(NOTHING)
    table = published()
    figures = dict(table["code"].get(preset.published, {}).get("fleet", {}))
    figures |= table["headline"][preset.published]["fleet"]
    known = dict(table["code"]["v2"]["fleet"]) | table["headline"]["v2"]["fleet"]
    if scenario.published not in known:
        raise InputError(
            f"published = {scenario.published!r} names no figure of the paper. Allowed are {listed(known)}."
            f"{did_you_mean(scenario.published, known)}"
        )
    shipped = preset.name in catalogs.preset_names() and preset == catalogs.preset(preset.name)
    if not shipped or scenario.published not in figures or scenario.queries_per_day != table["queries_per_day"]:
        return dict(NOTHING)
    text = str(figures[scenario.published])
    half_unit = 0.5 * 10.0 ** -len(text.partition(".")[2])
    daily = scenario.queries_per_day * GWH_PER_WH
    allowed = half_unit + STANDARD_ERRORS * daily * float(sampling_stderr(of, float(table["draws"]))[0, 0])
    reproduced = "yes" if abs(daily * mean - float(text)) <= allowed else "no"
    return {"published": float(text), "allowed": allowed, "reproduced": reproduced}
