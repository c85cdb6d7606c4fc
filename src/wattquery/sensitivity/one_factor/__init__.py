"""One factor at a time: fixed, moved, or known to lie in a bin, all others random.

=======================  =====================================================================
``conditioning``         ``given``: the distribution conditional on a bin of a factor
``elasticities``         ``elasticity``: percent of the median by percent of a parameter
``moment_independence``  ``moment_independent``: how far the whole distribution moves
``one_at_a_time``        ``tornado`` and ``spider``: the median along quantiles of each factor
``quantile_bins``        distributions between two of their own levels
=======================  =====================================================================
"""
