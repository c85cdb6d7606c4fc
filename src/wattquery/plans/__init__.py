"""The one door from what a user says to what kernels take: labels above, flat arrays below.

================  ===============================================================================
``columns``       distributions to the rows of numbers that kernels draw from
``terms``         factors of the equation to their share of ln E
``factors``       the random factors of a cell, each by its name
``changes``       plans in which one factor is another one
``pick_freeze``   cells as arrays for variance-based indices
``plan``          a whole grid as tables by axis, and any one cell of it
``lower``         builds the plan of a grid over a catalog
``tiles``         cells as arrays for sampling
``panels``        distributions of lengths cut into panels, for the exact method
``length_rules``  distributions of lengths to nodes, segments and weights
``families``      cells that the exact method solves together
``length_pairs``  the two lengths of a family: which one is inside, how finely, where the cap bends them
``components``    a pair of lengths to the components of ln E
``mixtures``      families as exact mixtures, made once for each range of sigma
================  ===============================================================================
"""
