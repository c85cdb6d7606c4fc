"""Quantiles over queries, with credible intervals for what all queries share.

=======================  ============================================================
``configurations``       ``ratio``: one label of an axis over another, with what both share cancelled
``inner_distributions``  distributions over queries conditional on the shared factors
``nested_quantiles``     quantiles of their quantiles, of a grid or of a box of it
``nested``               ``nested``: the same, as a user asks for it
=======================  ============================================================
"""
