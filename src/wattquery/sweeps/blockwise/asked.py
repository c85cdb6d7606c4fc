"""What was asked for, in words and numbers that another call is compared with: two of one study agree in all of it."""

from __future__ import annotations

from typing import Any

from wattquery.specs.digest import digest
from wattquery.sweeps.provenance import KERNEL_DEFINITION, UNDER_LOAD
from wattquery.sweeps.settings import Settings
from wattquery.sweeps.study import Study
from wattquery.throughput.load.shipped_model import shipped_fingerprint

__all__ = ["asked"]


def asked(study: Study, settings: Settings, analysis: str = "sweep", **options: Any) -> dict[str, Any]:
    """Return what was asked for.

    Parameters
    ----------
    study, settings
        What to compute, and how.
    analysis
        The function that was called.
    **options
        Arguments that it has beside those of a sweep, as JSON can hold them.

    Returns
    -------
    dict
        ``axes``: by name whether each is a dimension, and its labels, each with what it stands for in words and as a
        `wattquery.specs.digest.digest`. ``fixed``: what must be the same in every call on one store. ``draws``: what
        may be more in a later one. All of it is JSON.
    """
    grid = study.grid
    axes = {
        axis.name: {
            "is_dimension": axis.is_dimension,
            "labels": list(axis.labels),
            "words": [str(value) for value in axis.values],
            "digests": [digest(value) for value in axis.values],
        }
        for axis in grid.axes
    }
    fixed = {
        "analysis": analysis,
        **options,
        "method": settings.method,
        "seed": settings.seed,
        "common_random_numbers": settings.common_random_numbers,
        "quantiles": list(settings.levels),
        "keep_histogram": settings.keep_histogram,
        "prefill_weight": grid.prefill_weight,
        "round_tokens": grid.round_tokens,
        "preset": study.preset.name,
        "catalog": study.catalog.name,
        "catalog_hash": study.catalog.content_hash,
        "node_power": digest(study.node_powers),
        "throughput_model": study.throughput_model,
        "measured": None if study.load is None or study.load.measured is None else study.load.measured.fingerprint,
        "load": "" if study.load is None else digest(study.load),
        "load_model": shipped_fingerprint() if grid.is_under_load else "",
        "method definition": UNDER_LOAD if grid.is_under_load else KERNEL_DEFINITION,
    }
    return {"axes": axes, "fixed": fixed, "draws": 0 if settings.method == "exact" else settings.draws}
