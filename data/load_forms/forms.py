"""The form of the load model that ships, and others in which one thing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

import numpy as np

from wattquery.kernels.load import power, step
from wattquery.kernels.load.numbers import AGE, STAGES
from wattquery.throughput.load import parameters
from wattquery.throughput.load.fitting import evidence
from wattquery.throughput.load.parameter_table import Parameter, parameter_table

__all__ = ["FORMS", "SHIPPED", "Form"]

SHIPPED = "shipped"
"""Name of the form that ships."""

_NOTHING = 1e-12


@dataclass(frozen=True)
class Form:
    """One form.

    Attributes
    ----------
    words
        What is changed.
    patches
        What replaces functions and constants, by module and name.
    table
        What replaces parameters, by name.
    """

    words: str
    patches: Mapping[tuple[Any, str], Any] = field(default_factory=dict)
    table: Mapping[str, Parameter] = field(default_factory=dict)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Change what the equations and the fit use, for as long as it lasts. Compiled kernels stay as they are."""
        table = {**parameter_table(), **self.table}
        changes = [patch.object(module, name, new) for (module, name), new in self.patches.items()]
        changes.append(patch.object(parameters, "parameter_table", lambda: table))
        for one in changes:
            one.start()
        try:
            yield
        finally:
            for one in changes:
                one.stop()


def _sum(one: Any, other: Any) -> Any:
    return one + other


def _product_seconds(exponent: float) -> Any:
    """Return `power.product_seconds` where device time is not a soft maximum of the fourth power."""

    def seconds(numbers: Any, inputs: Any, outputs: Any, context: Any, batch: Any) -> Any:
        _, weights, cache, compute = step.phase_seconds(numbers, context, batch)
        of_compute = 1.0 / (1.0 + ((weights + cache) / compute) ** exponent)
        prefill = batch / outputs * power.prefill_seconds(numbers, inputs) / numbers[STAGES]
        return of_compute * compute / numbers[AGE], prefill

    return seconds


_SHARP = 64.0
"""Exponent that is as good as infinite, of the share of arithmetic under a plain maximum."""


def _without_effects(*groupings: str) -> dict[str, Parameter]:
    return {
        name: replace(one, effects={by: sd for by, sd in one.effects.items() if by not in groupings})
        for name, one in parameter_table().items()
    }


def _one_prior_for_stacks() -> dict[str, Parameter]:
    return {name: replace(one, old_stack_sd=None) for name, one in parameter_table().items()}


def _no_overlap() -> dict[str, Parameter]:
    return {"overlap_odds": replace(parameter_table()["overlap_odds"], mean=_NOTHING, sd=0.0)}


FORMS = {
    SHIPPED: Form("the form that ships"),
    "sum": Form(
        "memory and arithmetic one after the other",
        {(step, "soft_maximum"): _sum, (power, "product_seconds"): _product_seconds(1.0)},
    ),
    "maximum": Form(
        "the longer of both alone",
        {(step, "soft_maximum"): np.maximum, (power, "product_seconds"): _product_seconds(_SHARP)},
    ),
    "no overlap": Form("nothing of host and device overlaps", table=_no_overlap()),
    "no hardware effects": Form(
        "no effects of accelerators and their families", table=_without_effects("hardware", "hardware_family")
    ),
    "one stack prior": Form("old and special stacks have the prior of the others", table=_one_prior_for_stacks()),
    "weight 0.5": Form("rows of one architecture weigh 0.5 instead of 0.1", {(evidence, "_COMMON_WEIGHT"): 0.5}),
    "weight 0.05": Form("they weigh 0.05", {(evidence, "_COMMON_WEIGHT"): 0.05}),
}
"""Every form by name."""
