"""The paper's supplementary sensitivities: what is published of each, and the sweeps that compute it again."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from wattquery.catalog import Preset
from wattquery.paper.claims import Claim, published
from wattquery.paper.recomputed import Quantities
from wattquery.paper.reproduction import swept
from wattquery.specs import ThroughputProportional

__all__ = ["INPUT_LENGTHS", "VERSION", "input_claims", "input_length", "power_claims", "power_follows_throughput"]

VERSION = "v2"
"""The published version whose code has these sensitivities."""

INPUT_LENGTHS = (500, 1000, 5000)
"""Prompts that the paper's supplement compares [tokens]."""

FOLLOWING = ThroughputProportional(base=0.24, span=0.56)
"""Its power utilization where power follows throughput."""

_WEIGHT = "input_length_supplement"


@cache
def supplement() -> Mapping[str, Any]:
    """Return what the authors' scripts of the supplement print, as the file has it."""
    text = resources.files("wattquery.paper").joinpath("supplement.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def input_claims(workload: str, input_tokens: int) -> list[Claim]:
    """Return what is printed of the frontier blend at an input length."""
    return _claims(supplement()["input_length"][workload][str(input_tokens)], workload, f"{input_tokens} input tokens")


def power_claims(workload: str) -> list[Claim]:
    """Return what is printed of models and of the frontier blend where power follows throughput."""
    return _claims(supplement()["power_follows_throughput"][workload], workload, "power follows throughput")


def input_length(preset: Preset, **arguments: Any) -> dict[tuple[str, int], Quantities]:
    """Return the quantities of each workload and input length, where prompts cost a part of what answers do.

    Parameters
    ----------
    preset
        The assumptions. Its ``input_length_supplement`` weighs a token of the prompt.
    **arguments
        How to compute, as in `wattquery.sweep`.
    """
    ds = swept(
        preset, input_tokens=list(INPUT_LENGTHS), prefill_weight=preset.prefill_weights.get(_WEIGHT), **arguments
    )
    return {
        (workload, tokens): Quantities(ds.sel(input_tokens=tokens), preset, published(), ranked_by=workload)
        for workload in preset.output_tokens
        for tokens in INPUT_LENGTHS
    }


def power_follows_throughput(preset: Preset, **arguments: Any) -> dict[str, Quantities]:
    """Return the quantities of each workload where a node's power follows its throughput.

    Parameters
    ----------
    preset
        The assumptions, but for the power utilization.
    **arguments
        How to compute, as in `wattquery.sweep`.
    """
    ds = swept(preset, power_utilization=FOLLOWING, **arguments)
    return {name: Quantities(ds, preset, published(), ranked_by=name) for name in preset.output_tokens}


def _claims(printed: Mapping[str, Any], workload: str, setting: str) -> list[Claim]:
    found = []
    for lever, values in printed["frontier"].items():
        for statistic, text in values.items():
            name = f"supplement: {setting}, frontier, {workload}, lever {lever}, {statistic}"
            found.append(Claim(name, text, "Wh", ("frontier", workload, lever, statistic)))
    for model, values in printed.get("models", {}).items():
        for statistic, text in values.items():
            name = f"supplement: {setting}, {model}, {workload}, {statistic}"
            found.append(Claim(name, text, "Wh", ("model", workload, model, statistic)))
    return found
