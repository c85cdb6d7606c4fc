"""What is to be said of node powers that a catalog knows from something else than a rating."""

from __future__ import annotations

from wattquery.plans.build import Lowered
from wattquery.sweeps.study import Study

__all__ = ["POWER_NOTES", "power_notes"]

POWER_NOTES = "node_power_notes"
"""The attribute of a result that says it."""


def power_notes(study: Study, lowered: Lowered) -> list[str]:
    """Return a sentence for each kind of hardware whose node power is used and is no rating.

    Parameters
    ----------
    study
        What was asked for: where it says the node power itself, nothing is to be said.
    lowered
        Its deployments.
    """
    if study.node_powers is not None:
        return []
    found: dict[str, None] = {}
    for deployment, power in zip(lowered.deployments, lowered.node_powers, strict=True):
        if deployment is not None and power is not None:
            found |= {note: None for row in deployment.rows if (note := study.catalog.power_notes.get(row.hardware))}
    return list(found)
