"""Quantiles over queries, with credible intervals for what all queries share.

=======================  ============================================================
``inner_distributions``  distributions over queries conditional on the shared factors
``nested``               ``nested``: quantiles of their quantiles
=======================  ============================================================
"""
