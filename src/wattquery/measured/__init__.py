"""Measurements of a user's own as operating points of serving instances, which the load model is calibrated by.

``points``   what was read: operating points, watts, and what cannot be used
``read``     whatever holds measurements to points
``tables``   tables of measurements: from files and DataFrames to operating points
"""

from wattquery.measured.points import MeasuredPoints
from wattquery.measured.read import read_measured

__all__ = ["MeasuredPoints", "read_measured"]
