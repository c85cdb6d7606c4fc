"""Distributions without sampling: each cell is a mixture, whose quantiles are solved for."""
