"""All that a page holds, as JSON: axes, variables, what it computes with, claims and sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import xarray as xr

from wattquery.errors import InputError
from wattquery.explorer.calls import settings_of
from wattquery.explorer.engine import engine_of
from wattquery.explorer.grid import STORED_LEVELS, axes_of, notes_of, sampling_of, variables_of
from wattquery.explorer.presets import START
from wattquery.explorer.references import citations_of, claims_of, equation_of, made_of
from wattquery.inputs.ladder import FACILITY
from wattquery.sweeps.run import Run

__all__ = ["FORMAT", "payload_of"]

FORMAT = "wattquery-explorer-1"
"""What a page holds, and how; it changes when that does."""


def payload_of(ds: xr.Dataset, run: Run | None, why_no_run: str, *, title: str) -> dict[str, Any]:
    """Return what the page of a Dataset holds.

    Parameters
    ----------
    ds
        The result of a sweep or blend.
    run
        What computes its cells again, None where that is not known.
    why_no_run
        Why not.
    title
        Of the page.
    """
    engine, why = None, why_no_run
    axes = axes_of(ds, run)
    if run is not None:
        try:
            engine = engine_of(run)
        except InputError as error:
            why = str(error)
    return {
        "format": FORMAT,
        "title": title,
        "made": made_of(ds),
        "notes": notes_of(ds),
        "sampling": sampling_of(ds),
        "axes": axes,
        "start": _start(axes, engine),
        "levels": [float(level) for level in ds["quantile"].values],
        "stored_levels": list(STORED_LEVELS),
        "variables": variables_of(ds, with_curves=engine is None),
        "settings": {} if run is None else {name: list(one) for name, one in settings_of(run.study).items()},
        "engine": engine,
        "why_no_engine": why,
        "claims": claims_of(),
        "citations": citations_of(ds, run),
        "equation": equation_of(ds),
    }


def _start(axes: Sequence[dict[str, Any]], engine: dict[str, Any] | None) -> dict[str, Any]:
    """Return where the page begins: with the frontier where there is one, at the facility, else at first labels."""
    wanted = START | {"boundary": FACILITY.name}
    places = {
        axis["name"]: axis["labels"].index(wanted[axis["name"]]) if wanted.get(axis["name"]) in axis["labels"] else 0
        for axis in axes
    }
    return places | ({"model": "blend:0"} if engine is not None and engine["blends"] else {})
