"""What a user says about a query: distributions, levers, power rules, boundaries and the axes of a grid.

Everything here is frozen and checked when it is made; all but axes can be written to and read from dicts.
Nothing here may import numba, xarray or scipy.stats: a command line pays for every import.

``distributions``  distributions of one uncertain number, a file for each
``load``           size and load of an instance, and cached input, as numbers
``lever``          efficiency levers, which divide the energy of a query
``by_concurrency`` factors that depend on how many sequences an instance runs
``lever_kinds``    what a lever changes, and names that tell it; ``idle_names``: those of steps that tell idle capacity
``power``          rules that give the power of a node
``boundary``       what is counted as the energy of a query
``workload``       joint tables of output, input and cached tokens; ``joint_lengths`` reads and compresses them
``steps``          further steps of a boundary
``boundary_names`` what a user writes for a boundary to the boundary itself
``axis``           lists, dicts and arrays to the axes of a grid; ``axis_sizes`` counts first
``grid``           all axes together; ``grid_box`` cuts a box of it
``digest``         one number for a value, by which two calls are compared
``factor``         one factor of a cell
``display_names``  names for people: what pictures, pages and tables write for an identifier
``factors``        the one table of random factors; ``converters`` make them of what a user writes
``common_draws``   whose draws a factor takes, and which cells share them
``arguments``      types of what each axis takes
``expressions``    specifications written as text
``containers``     lists, arrays and labelled containers, read by label; ``labelled`` knows what pandas and xarray have
``matrices``       square matrices, read by the labels of both sides
``ranges``         whether a value lies within the physical range of its quantity
``throughput_form`` names of the forms of throughput
``scalars``        numbers as users write them
``python_text``    what is described here as Python makes it again
``entries``        keys of the dicts that specifications are written to
``toml_files``     TOML files that users write
"""

from wattquery.specs import distributions
from wattquery.specs.axis import ALL, Axis, parse_axis
from wattquery.specs.boundary import Boundary, Step
from wattquery.specs.distributions import *  # noqa: F403 - the list of distributions stands there alone
from wattquery.specs.lever import Lever
from wattquery.specs.power import ThroughputProportional
from wattquery.specs.workload import Workload

__all__ = ["ALL", "Axis", "Boundary", "Lever", "Step", "ThroughputProportional", "Workload", "parse_axis"]
__all__ += distributions.__all__
