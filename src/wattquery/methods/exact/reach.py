"""Which plans the exact method can take, and which of them quickly."""

from __future__ import annotations

from wattquery.errors import InputError
from wattquery.plans.plan import Plan

__all__ = ["check_factors", "crosses_lengths", "exact_can", "obstacle"]


def obstacle(plan: Plan, *, quickly: bool = False) -> str | None:
    """Return what of a plan the exact method cannot take, and why; ``None`` where it can take all.

    Parameters
    ----------
    plan
        The grid.
    quickly
        Whether what takes long counts as an obstacle too. A sum over all pairs of two random lengths is exact, but
        takes longer than any number of draws.
    """
    if not plan.cells.size:
        return None
    for column in plan.extras:
        name = column.purpose.replace(":", " ")
        return f"{name} = {column.distribution}: besides the lengths, every factor must be a number or a LogNormal"
    if quickly and crosses_lengths(plan):
        return "two random lengths quickly: it sums over all pairs"
    return None


def crosses_lengths(plan: Plan) -> bool:
    """Return whether two random lengths are independent, so that all pairs of them are summed."""
    lengths = (plan.output_tokens, plan.input_tokens)
    both = all(any(one.distribution and one.distribution.is_random for one in length) for length in lengths)
    return both and not plan.is_joint


def exact_can(plan: Plan) -> bool:
    """Return whether the exact method can take a plan, and quickly."""
    return obstacle(plan, quickly=True) is None


def check_factors(plan: Plan) -> None:
    """Check that the exact method can take a plan.

    Raises
    ------
    InputError
        If a factor other than a length is neither fixed nor lognormal.
    """
    reason = obstacle(plan)
    if reason is not None:
        raise InputError(
            f"method='exact' cannot take {reason}. Use method='monte_carlo', or give this factor as a LogNormal."
        )
