"""Levers together: their combined factor, and what each of them adds.

==================  ====================================================
``arguments``       combinations of levers, checked
``combined``        ``reduction``: the combined factor as a distribution
``dependence``      correlations between levers
``product``         products of levers: exact, convolved, or sampled
``shapley_shares``  ``shapley``: the share of each lever
==================  ====================================================
"""
