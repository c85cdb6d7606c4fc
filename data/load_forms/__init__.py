"""Forms of the load model that were tried, for the comparison of `compare_load_models.py`.

``forms``       the one that ships with one thing changed at a time
``log_linear``  a regression of logarithms, which knows nothing of serving
``scoring``     how far off each is, and how sure that is
"""
