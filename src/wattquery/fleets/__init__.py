"""Fleets: energy per day, power, nodes and intervals of a mix of queries; and their course over time."""
