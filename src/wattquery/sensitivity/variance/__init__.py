"""Variance-based indices: of the energy within a cell, and of any function.

========================  ================================================================
``estimators``            indices and their intervals from pick-freeze sums, by the papers
``indices``               ``sobol``: of the energy, in every cell of a grid
``indices_of_functions``  ``sobol_of``: of a user's own function
========================  ================================================================
"""
