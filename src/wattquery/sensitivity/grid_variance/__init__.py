"""How much of the variance over a grid each of its axes explains."""
