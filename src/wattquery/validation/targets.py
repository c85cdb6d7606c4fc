"""What is wanted of the shipped load model: a limit on a score, for each kind of folds, quantity and group of rows."""

from __future__ import annotations

from dataclasses import dataclass

from wattquery.throughput.load import QUANTITIES
from wattquery.validation.folds import KINDS

__all__ = ["GROUPS_COVERED", "TARGETS", "Target"]

GROUPS_COVERED = ("hardware", "serving", "kind", "load", "support")
"""Columns in each of whose groups of `FEWEST_COVERED` rows intervals are to hold."""

FEWEST_COVERED = 100


@dataclass(frozen=True)
class Target:
    """A limit on a score.

    Attributes
    ----------
    by, points
        Kind of folds, and how many measured points calibrated.
    quantity
        One of `wattquery.throughput.load.QUANTITIES`.
    group, label
        Which rows; an empty label stands for each of the group.
    statistic
        One of `wattquery.validation.scores.STATISTICS`.
    lowest, highest
        Where the score is wanted.
    fewest
        Rows of groups to which it applies [1].
    """

    by: str
    points: int
    quantity: str
    group: str
    label: str
    statistic: str
    lowest: float
    highest: float
    fewest: int = 1


_ERRORS = (
    # kind of folds, measured points, quantity, group, label, highest median absolute log error
    ("architecture", 0, "joules_per_output_token", "overall", "all", 0.12),
    ("architecture", 0, "joules_per_output_token", "kind", "dense", 0.09),
    ("architecture", 0, "joules_per_output_token", "kind", "MoE", 0.15),
    ("hardware", 0, "joules_per_output_token", "sibling", "sibling known", 0.14),
    ("architecture", 0, "power_w_per_accelerator", "overall", "all", 0.08),
    ("hardware", 0, "power_w_per_accelerator", "sibling", "sibling known", 0.11),
    ("architecture", 0, "tpot_s", "regime", "serving point", 0.14),
    ("configuration", 0, "tpot_s", "regime", "serving point", 0.06),
    ("serving", 0, "tpot_s", "regime", "serving point", 0.13),
    ("architecture", 0, "output_tps_per_accelerator", "regime", "serving point", 0.14),
    ("configuration", 0, "output_tps_per_accelerator", "regime", "serving point", 0.06),
    ("serving", 0, "output_tps_per_accelerator", "regime", "serving point", 0.13),
    ("architecture", 0, "ttft_s", "regime", "serving point", 0.30),
    ("architecture", 1, "tpot_s", "overall", "all", 0.09),
    ("architecture", 1, "joules_per_output_token", "overall", "all", 0.08),
    ("architecture", 1, "power_w_per_accelerator", "overall", "all", 0.06),
)

_POINTS = (1, 2, 4)
"""Measured points of a configuration, with which the intervals of its others are wanted to hold."""

_COVERAGE = (
    # statistic, group, lowest, highest, fewest rows
    ("coverage_90", "overall", 0.85, 0.95, 1),
    ("coverage_50", "overall", 0.42, 0.60, 1),
    *(("coverage_90", group, 0.80, 1.0, FEWEST_COVERED) for group in GROUPS_COVERED),
)

TARGETS = (
    *(Target(*one[:5], "median_absolute_log_error", 0.0, one[5]) for one in _ERRORS),
    *(
        Target(by, 0, quantity, group, "all" if group == "overall" else "", statistic, lowest, highest, fewest)
        for by in KINDS
        for quantity in QUANTITIES
        for statistic, group, lowest, highest, fewest in _COVERAGE
    ),
    *(
        Target("architecture", points, quantity, "overall", "all", "coverage_90", 0.85, 0.95)
        for points in _POINTS
        for quantity in QUANTITIES
    ),
)
"""All that is wanted."""
