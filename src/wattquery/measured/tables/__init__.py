"""Tables of measurements that users bring: from files and DataFrames to operating points, and what cannot be used.

``columns``  what fields are called, in which units, within which ranges
``cells``    a file or a DataFrame to cells of text
``row``      one row: its words and numbers, and what is wrong with them
``names``    models, accelerators, stacks and precisions to labels of the catalog
``own``      models and accelerators of a user's own, by the names that rows call them
``sentences``  several sentences of a message as one
``sources``  which source of the catalog a row is from
``scopes``   what a power was measured of
``setting``  what was measured: instance, load and lengths
``values``   what was found there: rates, times, power and energy
``table``    all rows together
"""

from wattquery.measured.tables.table import MeasuredTable, measured_table

__all__ = ["MeasuredTable", "measured_table"]
