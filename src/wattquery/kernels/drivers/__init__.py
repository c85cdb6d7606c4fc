"""Loops over draws and cells, one file per method that samples. Serial, without the interpreter's lock.

=====================  ==============================================================
``monte_carlo``        a range of draws for a tile of cells
``quasi_monte_carlo``  quasi-random points, and the distribution that they make
``quasi_errors``       its quantiles, and their errors from replicates
``pick_freeze``        variance-based indices: no outputs, only sums
=====================  ==============================================================
"""
