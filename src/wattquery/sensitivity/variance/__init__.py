"""Variance-based indices: of the energy within a cell, and of any function.

========================  ================================================================
``estimators``            indices and their intervals from pick-freeze sums, by the papers
``index_arrays``          indices of all cells, from the sums of some cells at a time
``analysis``              indices of a grid or of a box of it, once all that was asked for is settled
``indices``               ``sobol``: of the energy, in every cell of a grid
``indices_of_functions``  ``sobol_of``: of a user's own function
========================  ================================================================
"""
