"""Compiled numbers: random bits, variates, the energy equation, the histogram, the exact mixture.

Numba and NumPy only, arrays and scalars only. Nothing here knows labels, units of display, files or threads.

=====================  ==========================================================================
``compile``            the one home of the compiler flags
``philox``             Philox4x32-10, the counter-based generator behind every draw
``variates``           uniform words to draws of each distribution
``equation``           the energy of a query, in log space: the one sentence that all methods use
``histogram``          the logarithmic lattice and the counting loop
``monte_carlo``        the block driver: a range of draws for a tile of cells
``mixture``            the exact method: sums of normals over given lengths
=====================  ==========================================================================
"""
