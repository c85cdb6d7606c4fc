"""Quantiles over queries, with credible intervals for what all queries share.

=======================  ============================================================
``configurations``       ``ratio``: one label of an axis over another, with what both share cancelled
``inner_distributions``  distributions over queries conditional on the shared factors
``nested``               ``nested``: quantiles of their quantiles
=======================  ============================================================
"""
