"""What the page of a preset explores: its models, queries, levers and boundaries."""

from __future__ import annotations

from typing import Any

from wattquery import catalog as catalogs
from wattquery.catalog import Preset
from wattquery.specs import ALL
from wattquery.sweeps.frontier_estimate import FRONTIER
from wattquery.sweeps.study import preset_levers

__all__ = ["COMMON", "LOADS", "PAPER", "START", "model_study", "preset_named", "preset_study", "title_of"]

COMMON = ("A100 SXM 80GB", "H100 SXM", "H200", "B200", "MI300X", "MI355X")
"""Accelerators of the page of a catalog of measurements."""

LOADS = (0.1, 0.25, 0.5, 1.0)
"""Loads of that page, between which it interpolates."""

PAPER = "v2-code"
"""The preset whose frontier is the paper's headline."""

_BOUNDARIES = ("facility", "node", "accelerator")

START = {"model": "gpt-oss-120b", "hardware": "H100 SXM", "load": "0.5"}
"""Labels that a page begins with where it has them: a model that people know, in the middle of its loads."""


def preset_named(name: str) -> str:
    """Return the preset that a name stands for, ``frontier`` for that of the paper; nothing for other names."""
    if name.strip().casefold() == FRONTIER:
        return PAPER
    return name if name in catalogs.preset_names() else ""


def title_of(name: str) -> str:
    """Return what the page of a preset is called."""
    preset = catalogs.preset(name)
    if preset.blend_top:
        return f"Energy per query: the models of the paper, preset {preset.name}"
    return "Energy per query: language models on current hardware, under a load"


def preset_study(name: str) -> tuple[Any, dict[str, Any]]:
    """Return the model and the other arguments of `wattquery.explore` for a preset.

    One of the paper's has all its models with all its queries and levers at each boundary. That of the catalog of
    measurements has all models whose architecture is known, on common accelerators under a load.

    Parameters
    ----------
    name
        Of a shipped preset.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    preset = catalogs.preset(name)
    if preset.blend_top:
        return ALL, _of_paper(preset)
    return ALL, {
        "preset": preset.name,
        "hardware": list(COMMON),
        "load": list(LOADS),
        "workload": "azure_conversation",
        "levers": "none",
        "boundary": _BOUNDARIES[0],
    }


def _of_paper(preset: Preset) -> dict[str, Any]:
    levers = [*preset_levers(preset)]
    headline = [lever for lever in levers if lever in ("model", "serving", "hardware")]
    return {
        "preset": preset.name,
        "output_tokens": list(preset.output_tokens),
        "levers": ["none", *headline, "+".join(headline)],
        "boundary": list(_BOUNDARIES),
    }


def model_study(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return what the page of one model explores beside what was asked for: its queries and levers."""
    asked = {"levers": "none", **arguments}
    if not {"workload", "output_tokens"} & set(arguments):
        preset = catalogs.preset(arguments.get("preset", "v2-code"))
        asked["output_tokens"] = list(preset.output_tokens)
    return asked
