"""Names that a scenario gives and that are refused: of levers that nothing uses, and of steps that would hide parts.

Levers that nothing uses are mostly misspelled ones, which would count for nothing.
"""

from __future__ import annotations

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.fleets.evaluation import WITHIN, Evaluation
from wattquery.scenarios.scenario import NODE_TIME_LEVERS

__all__ = ["check_names"]


def check_names(evaluation: Evaluation) -> None:
    """Refuse factors of levers, and levers that shorten node time, of which no combination and no preset knows.

    Nor may a step be called like a part of the energy within it. Levers that are adopted over time are known.

    Raises
    ------
    InputError
        If there is one.
    """
    scenario, grids = evaluation.scenario, [grid.run.grid for grid in evaluation.grids]
    for step in (step for grid in grids for boundary in grid.boundary.values for step in boundary.steps):
        if step.name in WITHIN:
            raise InputError(
                f"A step of the overhead or boundary must not be called {step.name!r}, which is what a part of the "
                f"energy within it is called, as are {listed(WITHIN)}. Choose another one."
            )
    combined = [lever.name for grid in grids for levers in grid.levers.values for lever in levers.levers]
    known = list(dict.fromkeys([*evaluation.preset.levers, *scenario.trajectory.adopted(), *combined]))
    for name, query_class in scenario.classes.items():
        unused = [lever for lever in query_class.lever_factors if lever not in known]
        if unused:
            raise InputError(
                f"class {name!r}: lever_factors names {unused[0]!r}, which no combination of levers uses; those in use "
                f"are {listed(known)}. Correct the name, or put it in levers.{did_you_mean(unused[0], known)}"
            )
    for name in scenario.node_time_levers:
        if name not in (*known, *NODE_TIME_LEVERS):
            raise InputError(
                f"node_time_levers names {name!r}, which no combination of levers uses; those in use are "
                f"{listed(known)}. Correct the name, or leave it out.{did_you_mean(name, known)}"
            )
