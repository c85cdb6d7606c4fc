"""Names that a scenario gives and that are refused: of levers that nothing uses, and of steps that would hide parts.

Levers that nothing uses are mostly misspelled ones, which would count for nothing.
"""

from __future__ import annotations

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.fleets.evaluation import WITHIN, Evaluation
from wattquery.scenarios.scenario import NODE_TIME_LEVERS

__all__ = ["check_names"]


def check_names(of: Evaluation) -> None:
    """Refuse factors of levers, and levers that shorten node time, of which no combination and no preset knows.

    Nor may a step be called like a part of the energy within it. Levers that are adopted over time are known.

    Raises
    ------
    InputError
        If there is one.
    """
    known = [*of.preset.levers, *of.scenario.trajectory.adopted()]
    for grid in of.grids:
        for step in (step for one in grid.asked.grid.boundary.values for step in one.steps):
            if step.name in WITHIN:
                raise InputError(
                    f"The overhead or boundary has a step {step.name!r}, which is what a part of the energy within it "
                    f"is called. Allowed is any name but {listed(WITHIN)}. Choose another one."
                )
        known += [lever.name for one in grid.asked.grid.levers.values for lever in one.levers]
    known = list(dict.fromkeys(known))
    for name, one in of.scenario.classes.items():
        own = [lever for lever in one.lever_factors if lever not in known]
        if own:
            raise InputError(
                f"class {name!r}: lever_factors names {own[0]!r}, which no combination of levers uses. Allowed are "
                f"{listed(known)}, or name it in levers.{did_you_mean(own[0], known)}"
            )
    for name in of.scenario.node_time_levers:
        if name not in (*known, *NODE_TIME_LEVERS):
            raise InputError(
                f"node_time_levers names {name!r}, which no combination of levers uses. Allowed are {listed(known)}."
                f"{did_you_mean(name, known)}"
            )
