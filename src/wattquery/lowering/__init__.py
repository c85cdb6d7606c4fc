"""The one door from what a user says to what kernels take: labels above, flat arrays below.

================  ===============================================================================
``columns``       distributions to the rows of numbers that kernels draw from, and their streams
``terms``         factors of the equation to their share of ln E
``factors``       the random factors of a cell, each by its name
``changes``       plans in which one factor is another one
``pick_freeze``   cells as arrays for variance-based indices
``plan``          a whole grid as tables by axis, and any one cell of it
``lower``         builds the plan of a grid over a catalog
``tiles``         cells as arrays for sampling
``length_rules``  distributions of lengths to nodes and weights
``mixtures``      cells as exact mixtures of normals
================  ===============================================================================
"""
