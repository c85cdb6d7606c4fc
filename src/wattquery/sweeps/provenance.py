"""What made a result: versions, catalog, method and seed, as attributes that every file format can hold."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from wattquery.catalog import Catalog
from wattquery.specs.grid import Grid

__all__ = ["KERNEL_DEFINITION", "UNDER_LOAD", "package_version", "portable", "provenance"]

KERNEL_DEFINITION = (
    "log-energy-2: ln E = ln(P/3.6) + ln PUE + ln PU + ln(L_out + w L_in) "
    "- min(b0 + b1 ln L_in + b2 ln L_out, ln TPS_max) - sum ln M_k, "
    "or of a reciprocal throughput + ln(a + b (L_in + L_out/2) + c L_in/L_out) in the place of - min(...); "
    "Philox4x32-10, 32-bit uniforms with 64-bit tails, single precision; lattice of 1024 bins per unit of ln E"
)
"""What the numbers of this version are made by; it changes when they would."""

UNDER_LOAD = (
    "log-energy-load-1: ln E = ln((c_0 + c_out L_out + c_kv R + c_in (L_in - (1 - w) L_cached) + c_att A) / 3.6) "
    "+ ln PUE - sum ln M_k + sum e_j, of an instance at its load, with the effects e_j of the load model; "
    "Philox4x32-10, 32-bit uniforms with 64-bit tails, single precision; lattice of 1024 bins per unit of ln E"
)
"""The same under a load."""

LARGEST_PORTABLE_INTEGER = 2**31 - 1


def provenance(grid: Grid, catalog: Catalog, run: Mapping[str, object]) -> dict[str, object]:
    """Return the attributes of a result.

    Parameters
    ----------
    grid
        The grid of the study.
    catalog
        Where throughputs come from.
    run
        How it was computed; a ``title`` here takes the place of that of a sweep.
    """
    attributes = {
        "title": "Energy per LLM query",
        "Conventions": "CF-1.11",
        "wattquery_version": package_version(),
        "catalog": catalog.name,
        "catalog_hash": catalog.content_hash,
        "kernel_definition": UNDER_LOAD if grid.is_under_load else KERNEL_DEFINITION,
        "prefill_weight": grid.prefill_weight,
        "round_tokens": int(grid.round_tokens),
    }
    return attributes | {name: portable(value) for name, value in run.items()}


@cache
def package_version() -> str:
    """Return the version of this package as installed."""
    try:
        return version("wattquery")
    except PackageNotFoundError:
        return "unknown"


def portable(value: object) -> object:
    """Return an attribute in a form that every netCDF format can hold.

    Truth values become 0 and 1, and whole numbers beyond 32 bits become text: the older format has neither.
    """
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int) and abs(value) > LARGEST_PORTABLE_INTEGER:
        return str(value)
    return value
