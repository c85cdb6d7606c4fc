"""Levers combined: the distribution of their product, and what each contributes."""
