"""Benchmark rows to the throughput of a deployment. No labels are looked up and nothing is drawn.

``model``            what every model can say: rates and their errors at given lengths, and its support
``log_linear``       the paper's form: linear in the logarithms of the lengths, with a cap
``reciprocal``       seconds per output token, linear in context and prefill with coefficients that are not negative
``fitting``          rows to models: one deployment, or all of a catalog at once
``forms``            which form rows get where none is asked for by name
``row_arrays``       rows of many deployments as flat arrays
``log_linear_fits``  rows to log-linear models; ``least_squares`` are many small regressions at once, as arrays
``reciprocal_fits``  rows to reciprocal models; ``non_negative`` are the same without negative coefficients
``left_out``         how well each form predicts lengths that are left out
``identifiability``  whether the rows of a fit say anything at the lengths that are asked for
``remarks``          what a reader should know of the rows: scatter, and what they differ in that no model has
``load_form``        a cell of the load model as the equation needs it, in the place of a model
``load``             the load model: time, power and energy of a serving instance under load
"""

from wattquery.throughput.fitting import fit_throughput, fit_throughputs
from wattquery.throughput.log_linear import LogLinearModel
from wattquery.throughput.model import POOLED_LOG_SIGMA, SMALLEST_LOG_SIGMA, ThroughputModel
from wattquery.throughput.reciprocal import ReciprocalModel

__all__ = [
    "POOLED_LOG_SIGMA",
    "SMALLEST_LOG_SIGMA",
    "LogLinearModel",
    "ReciprocalModel",
    "ThroughputModel",
    "fit_throughput",
    "fit_throughputs",
]
