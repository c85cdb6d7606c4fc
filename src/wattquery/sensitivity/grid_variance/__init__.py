"""The variance over the cells of a grid: which axis explains how much of it.

=================  ===============================================================
``axes``           axes and weights of a decomposition, checked
``decomposition``  effects and their variances, in arrays
``effects``        ``anova``: the same of a labelled statistic
``missing_cells``  cells without data: refused, or labels dropped
``within_cells``   the variance of one query inside the cells, and sampling errors
=================  ===============================================================
"""
