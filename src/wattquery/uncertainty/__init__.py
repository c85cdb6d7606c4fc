"""Scopes of factors, and draws of what all queries share: for nested quantiles, fleets and sensitivity alike."""
