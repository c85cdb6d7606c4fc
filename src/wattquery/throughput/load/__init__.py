"""The load model: time, power and energy of a serving instance from its architecture, accelerator, stack and load.

=====================  ============================================================================
``observations``       operating points as columns of arrays
``row_columns``        what is known of some rows to operating points
``dates``              dates of sources to decimal years
``shipped_rows``       the measured rows that ship
``known``              the architectures and accelerators that are known, those that a user described before the tables
``shapes``             architectures as the equations see them
``imputed``            the likely shape of one of which only the numbers of parameters are known
``hardware``           accelerators as the equations see them, and their families
``instance``           how an instance is divided among its accelerators
``kernel_classes``     precisions as kernels see them
``stack_classes``      serving stacks by what their speed has in common
``gathered``           records of numbers to one record of columns
``conditions``         all that for each row, with its load and lengths, or why nothing can be predicted
``parameter_table``    the parameters with their priors, from ``data``, and what effects they have
``parameters``         the vector that is fitted, and its values for each row
``coefficients``       from parameters and conditions to the numbers that the kernels take
``cells``              rows of one deployment share their numbers
``equations``          what is predicted: logarithms of rates, latencies, power and energy
``fitting``            measured rows to parameters
``residuals``          what the equations leave over, pooled among rows that have things in common
``residual_places``    where rows stand for that
``support``            how far measured rows stand behind a prediction
``predictions``        medians, quantiles, support and reasons
``model``              the fitted model: predictions, calibrated by measured points
``shipped_model``      the one that ships
``fitted_model``       measured rows to a model
``residuals``          what the equations leave over: partial pooling, intervals, and calibration by measured points
``attention_reach``    what an attention reads as the context grows
``length_nodes``       a length as nodes and weights
``query_means``        means over the queries that fill a batch
``query_energy``       the energy of one query on an instance at one load
``deployments``        labels of a grid to what queries take at each of its loads
=====================  ============================================================================
"""

from wattquery.throughput.load.fitted_model import fit
from wattquery.throughput.load.model import LoadModel
from wattquery.throughput.load.observations import QUANTITIES, Observations
from wattquery.throughput.load.predictions import Predictions
from wattquery.throughput.load.shipped_model import parameter_draws, shipped
from wattquery.throughput.load.shipped_rows import shipped_observations
from wattquery.throughput.load.support import SUPPORTS, configuration

__all__ = [
    "QUANTITIES",
    "SUPPORTS",
    "LoadModel",
    "Observations",
    "Predictions",
    "configuration",
    "fit",
    "parameter_draws",
    "shipped",
    "shipped_observations",
]
