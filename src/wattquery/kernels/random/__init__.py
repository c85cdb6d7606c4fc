"""Random numbers: they belong to what is simulated, and never to who computes them.

============  ======================================================================
``philox``    Philox4x32-10, the counter-based generator behind every draw
``streams``   names to the random streams that a sweep draws from
``points``    random words of a set of points: independent draws, or a shifted lattice
``variates``  quantile functions of every distribution, in double precision
``single``    normals, exponentials and logarithms in single precision, which vectorise
``columns``   a block of draws of one random quantity
============  ======================================================================
"""
