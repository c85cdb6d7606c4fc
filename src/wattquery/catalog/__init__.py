"""Shipped and user tables, with a source per row, their reader and their checks; public claims; and the presets.

This room knows the standard library, and neither numba nor xarray: reading a table costs no compilation.

``row``, ``benchmark_columns``     one benchmark row, and what its columns hold
``table``                          a catalog, and the deployments that labels pick out of it
``pooling``, ``content_hash``      axes that are taken together; the hash of a catalog's facts
``reader``                         a file of benchmark rows to a catalog
``csv_table``, ``csv_header``      a CSV file to the values of its rows, or to all that is wrong with it
``csv_records``, ``csv_cells``     its records, a portion at a time, and its cells, each different one read once
``csv_writing``                    rows to a CSV file
``own_columns``, ``alike``         columns that are not known; labels that look the same
``claims``, ``claim_columns``      public claims, and what their columns hold
``ranges``                         whether a number lies within the physical range of its quantity
``presets``, ``boundaries``        versioned assumptions; factors between one boundary and another
``shipped``                        the tables that ship
``naming``                         what users write for labels: in any case, or by an alias
``stack_versions``                 versions of serving stacks without the names of container images
``records``, ``tables``            the tables of the catalog ``default``, as text and as DataFrames
``row_selection``, ``measured``    rows by their labels; what is measured where
``measured_levers``                levers that were measured
``sources``, ``facts``             where a row is from; one architecture or accelerator
``hardware_families``              generations of accelerators
``own``                            models and accelerators of the user's own
``physics``                        what no machine can do: a check on rows
"""

from wattquery.catalog.boundaries import BoundaryFactor, boundary_factors
from wattquery.catalog.claims import PublicClaim, public_claims, read_claims
from wattquery.catalog.facts import Accelerator, Architecture, accelerator, architecture
from wattquery.catalog.measured import support
from wattquery.catalog.measured_levers import levers
from wattquery.catalog.presets import Preset, preset, preset_names
from wattquery.catalog.reader import read_csv
from wattquery.catalog.row import BenchmarkRow
from wattquery.catalog.row_selection import rows
from wattquery.catalog.shipped import load, names
from wattquery.catalog.sources import RowSource, source
from wattquery.catalog.table import Catalog, Deployment
from wattquery.catalog.tables import accelerators, architectures, stacks

__all__ = [
    "Accelerator",
    "Architecture",
    "BenchmarkRow",
    "BoundaryFactor",
    "Catalog",
    "Deployment",
    "Preset",
    "PublicClaim",
    "RowSource",
    "accelerator",
    "accelerators",
    "architecture",
    "architectures",
    "boundary_factors",
    "levers",
    "load",
    "names",
    "preset",
    "preset_names",
    "public_claims",
    "read_claims",
    "read_csv",
    "rows",
    "source",
    "stacks",
    "support",
]
