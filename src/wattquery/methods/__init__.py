"""What a block of work is and how it becomes statistics. Arrays only: labels stop at `wattquery.plans`.

=====================  =====================================================================
``method``             what every method promises: tasks, a pure function, a merge
``statistics``         statistics of cells, by the names of their quantities
``monte_carlo``        samples every cell of a plan
``quasi_monte_carlo``  samples every cell of a plan at evenly spread points
``quasi_groups``       cells that share these points, and how they are made
``quasi_statistics``   what these points say of each cell
``replicates``         what random shifts of them disagree by, kept for mixtures
``to_precision``       repeats either until every quantile is known well enough
``continued``          what is kept from one repetition to the next
``refined``            adds draws to counts that are known from elsewhere
``exact``              solves every cell of a plan
``pick_freeze``        adds up what variance-based indices are made of
=====================  =====================================================================
"""
