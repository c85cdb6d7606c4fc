"""The analyses that `wattquery sensitivity` runs: where each takes its cells from, and what it prints.

A new one is an entry in `ANALYSES`; its options are the arguments of its function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["ANALYSES", "DEFAULT", "Analysis", "Table"]


@dataclass(frozen=True)
class Table:
    """A table that is printed.

    Attributes
    ----------
    variables
        One column each, with its interval where the dataset has one; those that it lacks are left out.
    across
        A dimension whose labels become columns; all others become rows.
    """

    variables: tuple[str, ...]
    across: str = ""


@dataclass(frozen=True)
class Analysis:
    """An analysis, under the name of its function in `wattquery.sensitivity`.

    Attributes
    ----------
    source
        ``"grid"``: it takes the arguments of a sweep; ``"sweep"``: the Dataset of one, which has to be run first;
        ``"levers"``: it takes levers and a preset, and needs no model.
    tables
        What is printed; nothing where the result prints itself.
    joined
        Its argument that names axes which the result has no dimensions of.
    """

    source: Literal["grid", "sweep", "levers"]
    tables: tuple[Table, ...] = ()
    joined: str = ""


DEFAULT = "sobol"

ANALYSES = {
    "sobol": Analysis("grid", (Table(("first_order", "total_order")), Table(("second_order",))), joined="over"),
    "tornado": Analysis("grid", (Table(("median", "swing", "baseline"), across="end"),)),
    "spider": Analysis("grid", (Table(("median", "baseline"), across="factor_level"),)),
    "elasticity": Analysis("grid", (Table(("elasticity",)),)),
    "given": Analysis("grid", (Table(("energy", "energy_mean"), across="quantile"),)),
    "moment_independent": Analysis(
        "grid",
        (
            Table(("delta", "delta_bin_error", "delta_noise", "pawn", "pawn_bin_error", "pawn_noise")),
            Table(("pawn_max", "pawn_max_bin_error", "pawn_max_noise")),
        ),
    ),
    "nested": Analysis(
        "grid",
        (
            Table(("energy", "energy_mean"), across="credible"),
            Table(("variance_query", "variance_shared", "variance_total")),
        ),
        joined="over",
    ),
    "ratio": Analysis("grid", (Table(("ratio", "ratio_mean"), across="credible"),)),
    "worth_measuring": Analysis(
        "grid",
        (
            Table(("interval_before",), across="bound"),
            Table(
                ("narrower", "width_reduction", "width_ratio", "expected_interval", "variance_share", "run_at"),
                across="bound",
            ),
        ),
    ),
    "anova": Analysis(
        "sweep",
        (
            Table(("share", "variance", "sampling_share")),
            Table(("total_share",)),
            Table(("total_variance", "within_share")),
        ),
    ),
    "convergence": Analysis("sweep"),
    "reduction": Analysis("levers", (Table(("reduction", "reduction_mean"), across="quantile"),)),
    "shapley": Analysis("levers", (Table(("share", "log_reduction_mean", "saved_mean")),)),
}
"""Every analysis by its name."""
