"""Predicted against measured.

``measured``    tables of measurements that users bring
``compare``     own measurements held against the load model
``side_by_side`` measured beside predicted: rows, reasons and scores
``comparison``  what that found, and as JSON
"""

from wattquery.validation.compare import compare
from wattquery.validation.comparison import Comparison

__all__ = ["Comparison", "compare"]
