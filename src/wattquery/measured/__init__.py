"""Measurements of a user's own as operating points of serving instances, which the load model is calibrated by.

``points``          what was read: operating points, watts, and what cannot be used
``read``            whatever holds measurements to points
``files``           a file to points, by what stands in it
``catalogs``        rows of a catalog to points
``benchmark_rows``  a row of a catalog as one of a table of measurements
``one_instance``    a run of several instances to one of them
``instances``       rows of tables as rows of one instance each
``power``           idle and saturated watts that were metered
``reading``         one reading of sources, and what is told at its end
``beside``          what a user says beside a source
``usable``          which rows calibrate, and why others do not
``in_the_fit``      how many numbers the load model was fitted to already
``told``            points in words and as records
``tables``          tables of measurements: from files and DataFrames to operating points
"""

from wattquery.measured.points import MeasuredPoints
from wattquery.measured.power import MeasuredPower
from wattquery.measured.read import read_measured

__all__ = ["MeasuredPoints", "MeasuredPower", "read_measured"]
