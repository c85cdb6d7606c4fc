"""What the exact method solves: normals and their mixtures.

================  ==================================================================
``normal``        the standard normal, exactly and fast
``gauss``         many weighted points to the few of a Gauss rule
``mixture``       sums of normals over given lengths
``load_mixture``  those of many cells of the load model over the same lengths
``segments``      sums of short segments and points, for a narrow normal or none
================  ==================================================================
"""
