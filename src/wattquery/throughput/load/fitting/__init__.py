"""Measured rows to parameters of the load model: the most likely ones under heavy-tailed errors and normal priors.

``selection``     which rows a fit uses, and why not the others
``evidence``      what is measured there, in logarithms, with its weight
``jacobian``      how predictions change with parameters, by finite differences of many parameters at once
``gauss_newton``  the search
``fit``           the three together
``output_errors``  what the uncertainty of parameters adds to that of predictions
"""
