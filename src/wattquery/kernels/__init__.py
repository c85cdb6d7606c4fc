"""Compiled numbers: random bits, variates, the energy equation, the histogram, the exact mixture.

Numba and NumPy only, arrays and scalars only. Nothing here knows labels, units of display, files or threads.

=====================  ==========================================================================
``compile``            the one home of the compiler flags
``cache``              compiled kernels on disk, with `cache_folder` and `fingerprint`: never stale
``philox``             Philox4x32-10, the counter-based generator behind every draw
``variates``           quantile functions of every distribution, in double precision
``single``             normals, exponentials and logarithms in single precision, which vectorise
``columns``            a block of draws of one random quantity
``equation``           the energy of a query, in log space: the one sentence that all methods use
``points``             random words of a set of points: independent draws, or a shifted lattice
``pick_freeze``        the block driver of variance-based indices: no outputs, only sums
``histogram``          the logarithmic lattice and the two passes that count draws on it
``monte_carlo``        the block driver: a range of draws for a tile of cells
``statistics``         quantiles, their errors, mean and deviation of one cell's counts
``mixture``            the exact method: sums of normals over given lengths
=====================  ==========================================================================
"""
