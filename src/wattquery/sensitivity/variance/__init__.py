"""Variance-based indices: of the energy within a cell, and of any function."""
