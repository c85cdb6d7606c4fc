"""Deployments under load: from the labels of a grid to arrays of what queries take, with their uncertainty.

A form is a combination of model, hardware, serving, precision, accelerators, load and lengths. Labels end in ``cases``
and ``instances``; from there on it is instances, pairs of an instance and lengths, and loads.

``own_watts``         watts that a user metered of accelerators
``own_rows``          a user's measured points as rows of the instances that a grid asks for
``replicas``          rows of several copies of a model as rows of one
``standing``          what a table stands on: the load model that ships, or calibrated by a user's points
``cases``             what is asked: facts, labels, loads, settings
``lengths``           the lengths of the query that is attributed, and of those that fill the batch
``builds``            which build a label of a serving system stands for
``instances``         instances as rows, with the numbers of their cells
``idle_power``        power while nothing runs
``nodes``             what nodes draw beside their accelerators
``capacity``          how many sequences run at once, and how large an instance is needed
``means``             means over queries for every attention that occurs
``points``            operating points, at any parameters
``evidence``          numbers of measured rows by what they are of
``sixteen_bits``      whose rows count for BF16 and FP16
``beyond``            what no measured row is like, though its parts were measured
``beyond_lengths``    lengths beyond those of all measured rows, and beyond the context of a model
``measured``          how far measured rows stand behind an instance
``reasons``           why nothing can be computed
``forms``             all combinations, each with its operating point or its reason
``residual_surface``  residuals of many points from those of a few
``parameter_spread``  what is not known of the fitted parameters
``answers``           how points answer to the numbers of their cells
``saturated``         watts of accelerators under their heaviest load, as an observation of power
``knowledge``         what is known of points, calibrated
``fold``              a sum of two energies that err together as one lognormal
``level_keys``        whose the residuals of each level are
``effects``           the named effects at one point
``uncertainty``       what is not known at all points
``notes``             what was assumed
``contradictions``    which of a user's measured points contradict the model, or each other
``calibration_notes`` what is said of a user's measured points
``table``             all that as arrays
``query_errors``      what is not known of queries of any lengths at one point
"""

from wattquery.throughput.load.deployments.cases import LoadCases, LoadSettings, native_precision
from wattquery.throughput.load.deployments.effects import Effect
from wattquery.throughput.load.deployments.evidence import evidence
from wattquery.throughput.load.deployments.lengths import LengthCase, Lengths
from wattquery.throughput.load.deployments.query_errors import QueryErrors, query_errors
from wattquery.throughput.load.deployments.reasons import remedy
from wattquery.throughput.load.deployments.table import LoadTable, load_table

__all__ = [
    "Effect",
    "LengthCase",
    "Lengths",
    "LoadCases",
    "LoadSettings",
    "LoadTable",
    "QueryErrors",
    "evidence",
    "load_table",
    "native_precision",
    "query_errors",
    "remedy",
]
