"""Who runs which block: threads that hand out serial kernels. Nothing here knows labels or xarray.

=====================  =====================================================================
``threads``            runs tasks on a fixed number of threads and reports progress
``answers``            one row of statistics per cell, filled as cells finish
``monte_carlo``        samples every cell of a plan
``quasi_monte_carlo``  samples every cell of a plan at evenly spread points
``precision``          repeats either until every quantile is known well enough
``exact``              solves every cell of a plan
``pick_freeze``        adds up what variance-based indices are made of
=====================  =====================================================================
"""
