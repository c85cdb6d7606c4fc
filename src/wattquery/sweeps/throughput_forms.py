"""Which form of throughput the deployments of a grid have, in words, and what to say of one beside other settings."""

from __future__ import annotations

from collections.abc import Iterator

from wattquery.plans.build import Lowered
from wattquery.specs.grid import Grid
from wattquery.throughput.reciprocal import ReciprocalModel

__all__ = ["forms_in_words", "twice_counted"]

MOST_LISTED = 50


def forms_in_words(lowered: Lowered, asked: str) -> str:
    """Return the form that all deployments have, or each form with those that have it.

    Parameters
    ----------
    lowered
        The plan, with what was found in the catalog.
    asked
        The form that was asked for, which is said where no deployment has data.
    """
    if lowered.under_load is not None:
        return "load"
    names: dict[str, dict[str, None]] = {}
    for deployment, deployed in zip(lowered.deployments, lowered.plan.deployments, strict=True):
        if deployment is not None and deployed is not None:
            place = ", ".join((deployment.hardware, deployment.serving, deployment.precision))
            names.setdefault(deployed.throughput.form, {})[f"{deployment.model} ({place})"] = None
    if len(names) < 2:
        return next(iter(names), asked)
    return "; ".join(f"{form}: {_first(list(of_form))}" for form, of_form in sorted(names.items()))


def twice_counted(grid: Grid, lowered: Lowered) -> Iterator[str]:
    """Yield what to say where the prompt costs energy by a prefill weight and by the throughput as well."""
    if grid.prefill_weight > 0.0 and any(
        isinstance(deployed.throughput, ReciprocalModel) and deployed.throughput.per_ratio > 0.0
        for deployed in lowered.plan.deployments
        if deployed is not None
    ):
        yield (
            f"prefill counted twice: a prefill weight of {grid.prefill_weight:.3g} adds to what the reciprocal "
            "throughput has of the time of the prompt already (its term in L_in/L_out): leave prefill_weight at 0"
        )


def _first(names: list[str]) -> str:
    more = len(names) - MOST_LISTED
    return ", ".join(names[:MOST_LISTED]) + (f" and {more:,} more" if more > 0 else "")
