"""Physics as a check on rows: what no machine can do, and what looks like another unit than the stated one.

Standard library alone. An operating point in, findings out: nothing here reads a user's table.

``constants``          every threshold, with its reason
``sizes``              what is known of a model and of an accelerator
``point``              an operating point, and a finding
``check``              all checks on an operating point
``compute``            rooflines of arithmetic: output alone, and with the input
``memory``             bandwidth at a stated concurrency; weights and cache that do not fit
``timing``             times against rates, lengths against both
``power``              power against ratings, joules against power
``counts``             parameters, accelerators, phases
``shipped_rows``       rows of the shipped tables to operating points and flags
``known``              what the names of models and hardware stand for
``own_cells``          columns of a user's own that say what an operating point was
``benchmark_rows``     rows of benchmark tables to operating points and findings
``unread``             recognised columns that hold no number, or two that differ
``screen``             which rows of a large table are worth a closer look
``tables``             impossible rows for an error, questionable ones for notes
``words``              numbers in sentences
"""

from wattquery.catalog.physics.check import findings
from wattquery.catalog.physics.point import IMPOSSIBLE, QUESTIONABLE, Finding, OperatingPoint
from wattquery.catalog.physics.shipped_rows import flags_of, point_of
from wattquery.catalog.physics.sizes import Accelerator, Architecture

__all__ = [
    "IMPOSSIBLE",
    "QUESTIONABLE",
    "Accelerator",
    "Architecture",
    "Finding",
    "OperatingPoint",
    "findings",
    "flags_of",
    "point_of",
]
