"""Shipped and user tables, with a source per row, their reader and their checks; public claims; and the presets.

This room knows the standard library, and neither numba nor xarray: reading a table costs no compilation.
"""

from wattquery.catalog.boundaries import BoundaryFactor, boundary_factors
from wattquery.catalog.claims import PublicClaim, public_claims, read_claims
from wattquery.catalog.presets import Preset, preset, preset_names
from wattquery.catalog.reader import read_csv
from wattquery.catalog.row import BenchmarkRow
from wattquery.catalog.shipped import load, names
from wattquery.catalog.table import Catalog, Deployment

__all__ = [
    "BenchmarkRow",
    "BoundaryFactor",
    "Catalog",
    "Deployment",
    "Preset",
    "PublicClaim",
    "boundary_factors",
    "load",
    "names",
    "preset",
    "preset_names",
    "public_claims",
    "read_claims",
    "read_csv",
]
