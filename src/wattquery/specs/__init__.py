"""What a user says about a query: distributions, levers, power rules, boundaries and the axes of a grid.

Everything here is frozen and checked when it is made; all but axes can be written to and read from dicts.
Nothing here may import numba, xarray or scipy.stats: a command line pays for every import.
"""

from wattquery.specs.axis import ALL, Axis, parse_axis
from wattquery.specs.boundary import Boundary, Step
from wattquery.specs.distributions import (
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    LogNormal,
    Normal,
    Triangular,
    Truncated,
    Uniform,
    as_distribution,
    unchecked,
)
from wattquery.specs.lever import Lever
from wattquery.specs.power import ThroughputProportional

__all__ = [
    "ALL",
    "Axis",
    "Boundary",
    "Distribution",
    "Empirical",
    "Exponential",
    "Fixed",
    "Lever",
    "LogNormal",
    "Normal",
    "Step",
    "ThroughputProportional",
    "Triangular",
    "Truncated",
    "Uniform",
    "as_distribution",
    "parse_axis",
    "unchecked",
]
