"""Benchmark rows to the throughput of a deployment. No labels are looked up and nothing is drawn.

``log_linear``       the paper's model: throughput as a function of the lengths, and how far a fit may be off there
``fitting``          rows to models: one deployment, or all of a catalog at once
``least_squares``    many small regressions at once, as arrays
``identifiability``  whether the rows of a fit say anything at the lengths that are asked for
``remarks``          what a reader should know of the rows: scatter, and what they differ in that no model has
"""

from wattquery.throughput.fitting import fit_throughput, fit_throughputs
from wattquery.throughput.log_linear import POOLED_LOG_SIGMA, SMALLEST_LOG_SIGMA, ThroughputModel

__all__ = ["POOLED_LOG_SIGMA", "SMALLEST_LOG_SIGMA", "ThroughputModel", "fit_throughput", "fit_throughputs"]
