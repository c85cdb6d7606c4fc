"""Predicted against measured: how well a load model says what it was not fitted to, and how honest its intervals are.

``load_model``        what is asked of a load model here
``folds``             which rows are left out together
``left_out``          a fit without one fold, and what it says of the fold
``cross_validation``  all folds, in several processes
``measured_points``   some measured points of each configuration that is left out calibrate the others
``long_table``        predictions as a table, a row for each measured number
``groups``            what rows are told apart by: hardware, stack, dense or mixture of experts, load, and others
``scores``            errors, bias, coverage and interval scores, with their errors
``bootstrap``         errors of medians and means by resampling of clusters
``targets``           what is wanted of the shipped load model
``verdicts``          whether it is met
``report``            scores and verdicts as tables of a page
``cells``             names and cells of these tables
``compare``           own measurements held against the load model
``side_by_side``      measured beside predicted: rows, reasons and scores
``comparison``        what that found, and as JSON
``shipped_summary``   the scores of the load model that ships
"""

from wattquery.validation.compare import compare
from wattquery.validation.comparison import Comparison
from wattquery.validation.cross_validation import cross_validate
from wattquery.validation.folds import KINDS, Fold, folds
from wattquery.validation.groups import grouped
from wattquery.validation.long_table import long_table
from wattquery.validation.scores import scores
from wattquery.validation.shipped_summary import shipped_summary
from wattquery.validation.verdicts import verdicts

__all__ = [
    "KINDS",
    "Comparison",
    "Fold",
    "compare",
    "cross_validate",
    "folds",
    "grouped",
    "long_table",
    "scores",
    "shipped_summary",
    "verdicts",
]
