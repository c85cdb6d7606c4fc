"""Quantiles over queries, with intervals for what all queries share."""
