"""`estimate("frontier")`: one query to the models of the frontier, in equal parts and trimmed as the preset says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import xarray as xr

from wattquery import catalog as catalogs
from wattquery.errors import InputError, listed
from wattquery.inputs.arguments import refuse_unknown
from wattquery.quantities import AXES, STATISTICS
from wattquery.sweeps.arguments import SweepArguments
from wattquery.sweeps.blend import blend
from wattquery.sweeps.coordinates import in_words
from wattquery.sweeps.estimate_result import Estimate
from wattquery.sweeps.frontier import frontier_models
from wattquery.sweeps.sweep import sweep

__all__ = ["FRONTIER", "FrontierEstimate", "estimate_frontier", "is_frontier"]

FRONTIER = "frontier"

_WITHOUT_LOAD = (
    *("output_tokens", "input_tokens", "power_utilization", "pue", "node_power", "levers", "boundary"),
    *("preset", "precision", "prefill_weight", "round_tokens", "throughput_model"),
    *("method", "quantiles", "draws", "relative_stderr", "seed", "common_random_numbers", "threads", "progress"),
    "keep_histogram",
)
"""What the blend takes: its members and their deployments are the preset's, and stand under no load."""


@dataclass(frozen=True)
class FrontierEstimate(Estimate):
    """The energy of one query to a frontier model: a blend, which has no throughput of its own (NaN).

    Attributes
    ----------
    models
        The models, in equal parts.
    """

    models: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, with units in the keys; None for the throughput."""
        plain = {**super().to_dict(), "models": list(self.models)}
        return {**plain, "throughput_tokens_per_s": None, "throughput_ln_stderr": None}

    def _facts(self) -> dict[str, str]:
        return {**self.assumptions, "models": f"{', '.join(self.models)}, in equal parts"}


def is_frontier(model: object, arguments: SweepArguments) -> bool:
    """Return whether the frontier is meant, which no catalog of one's own stands for."""
    return isinstance(model, str) and model.strip().casefold() == FRONTIER and arguments.get("catalog") is None


def estimate_frontier(**arguments: Any) -> FrontierEstimate:
    """Return the energy of one query to the frontier, levers applied after the trim as the paper does.

    Parameters
    ----------
    **arguments
        As in `wattquery.estimate`, without a load, a deployment and a catalog.

    Raises
    ------
    InputError
        If there is another argument, one makes an axis, or the preset has no frontier.

    Examples
    --------
    >>> round(estimate_frontier(method="exact").quantiles[0.5], 2)
    0.31
    """
    unknown = {name: value for name, value in arguments.items() if name not in SweepArguments.__annotations__}
    refuse_unknown("estimate", unknown, ("model", *SweepArguments.__annotations__))
    given = {name: value for name, value in arguments.items() if value is not None and name not in _WITHOUT_LOAD}
    if given:
        raise InputError(
            f"'frontier' is the preset's own blend, and takes no {listed(given)}: leave it out, or name a model."
        )
    kept = {name: value for name, value in arguments.items() if name in _WITHOUT_LOAD and name != "keep_histogram"}
    preset = catalogs.preset(kept.get("preset", "v2-code"))
    models = frontier_models(preset)
    levers = kept.pop("levers", None)
    ds = sweep(list(models), keep_histogram=True, **kept)
    extra = [str(dim) for dim in ds["energy_mean"].dims if dim != "model"]
    if extra:
        raise InputError(
            f"estimate takes one value for each axis, got several for {listed(extra)}. Pass single values, or use "
            "sweep for a grid."
        )
    mixed = blend(ds, labels=list(models), trim=preset.blend_trim, levers=levers, preset=preset)
    return _estimated(mixed, models, preset.blend_trim)


def _estimated(ds: xr.Dataset, models: tuple[str, ...], trim: tuple[float, float] | None) -> FrontierEstimate:
    if ds["energy_mean"].dims:
        raise InputError("estimate takes one value for each axis, got several for 'levers'. Pass a single value.")
    levels = ds["quantile"].values.tolist()
    statistics = {
        name: dict(zip(levels, ds[name].values.tolist(), strict=True)) if one.by_quantile else ds[name].item()
        for name, one in STATISTICS.items()
        if name in ds
    }
    cut = "not trimmed" if trim is None else f"each cut to its P{100 * trim[0]:g} to P{100 * trim[1]:g} first"
    return FrontierEstimate(
        assumptions={"model": FRONTIER, **_assumed(ds)},
        statistics=statistics,
        throughput=math.nan,
        throughput_stderr=math.inf,
        notes=(f"a blend of {len(models)} models, {cut}",),
        boundary=str(ds["energy"].attrs["boundary"]),
        provenance=dict(ds.attrs),
        models=models,
    )


def _assumed(ds: xr.Dataset) -> dict[str, str]:
    """Return the scalar coordinates that a query is described by, in words."""
    return {
        str(name): in_words(one.values, one.attrs)
        for name, one in ds.coords.items()
        if name in AXES and name != "model" and not one.dims
    }
