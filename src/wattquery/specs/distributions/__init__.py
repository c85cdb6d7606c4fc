"""Distributions of one uncertain number, one per file, all with the same verbs (see ``base``)."""

from wattquery.specs.distributions.base import Distribution
from wattquery.specs.distributions.convert import as_distribution, unchecked
from wattquery.specs.distributions.empirical import Empirical
from wattquery.specs.distributions.exponential import Exponential
from wattquery.specs.distributions.fixed import Fixed
from wattquery.specs.distributions.lognormal import LogNormal
from wattquery.specs.distributions.normal import Normal
from wattquery.specs.distributions.triangular import Triangular
from wattquery.specs.distributions.truncated import Truncated
from wattquery.specs.distributions.uniform import Uniform

__all__ = [
    "Distribution",
    "Empirical",
    "Exponential",
    "Fixed",
    "LogNormal",
    "Normal",
    "Triangular",
    "Truncated",
    "Uniform",
    "as_distribution",
    "unchecked",
]
