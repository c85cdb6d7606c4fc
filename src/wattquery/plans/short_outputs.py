"""Outputs of less than a token, where a prompt that is charged per output token weighs without end."""

from __future__ import annotations

import math

from wattquery.errors import InputError
from wattquery.kernels.equation import is_reciprocal
from wattquery.plans.columns import Column
from wattquery.plans.plan import Plan

__all__ = ["check_short_outputs"]

FAR, FARTHER = 1e-200, 1e-300  # probabilities
STEEPEST = 0.49  # of ln L in ln p: from 1/2 on, 1/L has no variance, from 1 on no mean


def check_short_outputs(plan: Plan) -> None:
    """Refuse a grid in which the energy of a query has no finite variance.

    In the reciprocal form, E ~ (L_out + w L_in) (a + ... + c L_in / L_out). With a prefill weight w and c above 0, it
    goes as 1/L_out where outputs go to 0, as unrounded ones of an exponential distribution do.

    Raises
    ------
    InputError
        If a deployment and an output length of the grid have no finite variance.
    """
    deployed = [one for one in plan.deployments if one is not None]
    rates = [one.throughput.kernel_numbers for one in deployed]
    if plan.prefill_weight == 0.0 or not any(is_reciprocal(numbers) and numbers[6] > 0.0 for numbers in rates):
        return
    for column in plan.output_tokens:
        if _goes_to_zero(column):
            raise InputError(
                f"with prefill_weight = {plan.prefill_weight:g}, a reciprocal throughput and output_tokens = "
                f"{column.distribution} that are not rounded, the energy of a query has no finite variance: the "
                "shorter the output, the more its prompt weighs, without end. Pass round_tokens=True, an output length "
                "that stays above 0, or prefill_weight=0: a reciprocal throughput has the time of the prompt already."
            )


def _goes_to_zero(column: Column) -> bool:
    length = column.distribution
    if length is None or column.whole or length.atoms() is not None or length.support()[0] > 0.0:
        return False
    far, farther = float(length.ppf(FAR)), float(length.ppf(FARTHER))
    return farther <= 0.0 or math.log(far / farther) / math.log(FAR / FARTHER) > STEEPEST
