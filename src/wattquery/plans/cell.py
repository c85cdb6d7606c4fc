"""One cell: its factors by name, and the same merged into what is sampled."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.equation import WATT_SECONDS, log_length_part_of
from wattquery.plans.columns import Column, cached_column
from wattquery.plans.terms import Term
from wattquery.specs.distributions import Distribution
from wattquery.specs.factors import LENGTHS, WORKLOAD, Factor
from wattquery.specs.joint_lengths.nodes import JointLengths
from wattquery.throughput.load_form import LoadForm, model_of
from wattquery.throughput.model import ThroughputModel

__all__ = ["Cell"]


@dataclass(frozen=True)
class Cell:
    """One cell of a grid. Cells are equal where what is sampled is: `terms` are the same by name.

    Attributes
    ----------
    log_factors, sigma
        Mean and standard deviation of the sum of all fixed and lognormal factors in ln E.
    extras
        Factors of other distributions: the column and +1 (multiplies) or -1 (divides).
    base, span
        Of a power that follows throughput; ``span`` is 0 for one that does not.
    throughput
        The throughput model, or what a query takes under load.
    output_tokens, input_tokens
        The lengths, random or not.
    terms
        What was merged, by axis in their order: all factors by name.
    prefill_weight
        Weight of one input token relative to one output token [1].
    """

    log_factors: float
    sigma: float
    extras: tuple[tuple[Column, float], ...]
    base: float
    span: float
    throughput: ThroughputModel | LoadForm
    output_tokens: Column
    input_tokens: Column
    terms: tuple[Term, ...] = field(default=(), compare=False)
    prefill_weight: float = field(default=0.0, compare=False)

    @property
    def model(self) -> ThroughputModel:
        """The throughput model, for what only fits have; under load there is none."""
        return model_of(self.throughput)

    @property
    def lengths(self) -> tuple[Column, Column]:
        """The lengths, in the order of `LENGTHS`."""
        return self.output_tokens, self.input_tokens

    @property
    def joint(self) -> JointLengths | None:
        """All lengths by node, where they are those of a workload."""
        return self.output_tokens.joint

    @property
    def cached_tokens(self) -> Column | None:
        """Cached tokens, where nodes of a workload have any; elsewhere they are as many as the load form says."""
        return None if self.joint is None else cached_column(self.joint)

    @property
    def length_columns(self) -> tuple[Column, ...]:
        """All columns that lengths are drawn from: `lengths`, and cached tokens where these have one."""
        return self.lengths if self.cached_tokens is None else (*self.lengths, self.cached_tokens)

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """The random factors, in the order of their names: lengths, and what multiplies or divides."""
        if self.joint is not None:
            lengths = [Factor(WORKLOAD, self.joint.node, 0.0)]
        else:
            lengths = [
                Factor(name, column.distribution, 0.0)
                for name, column in zip(LENGTHS, self.lengths, strict=True)
                if column.distribution is not None
            ]
        own = (factor for term in self.terms for factor in term.factors)
        return tuple(factor for factor in (*lengths, *own) if factor.distribution.is_random)

    @cached_property
    def constant(self) -> float:
        """What all fixed factors together add to ln E, the node power's unit included."""
        constant = 0.0
        for factor in (factor for term in self.terms for factor in term.factors):
            if not factor.distribution.is_random:
                constant += factor.sign * math.log(_median(factor.distribution))
        # A power rule without span is a number, but no factor that has a name.
        constant += sum(term.mean for term in self.terms if not term.factors)
        return constant - math.log(WATT_SECONDS)

    def length_centre(self) -> float:
        """Return the part of ln E that depends on the lengths, with these at their medians."""
        lengths = [_median(column.distribution, column.whole) for column in self.length_columns]
        part = log_length_part_of(
            self.throughput.kernel_numbers,
            lengths[0],
            math.log(lengths[0]),
            lengths[1],
            math.log(lengths[1]),
            self.prefill_weight,
            self.base,
            self.span,
            *lengths[2:],
        )
        return float(part)

    def log_length_part(
        self, outputs: NDArray[np.float64], inputs: NDArray[np.float64], cached: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Return the part of ln E that depends on the lengths, at many of them [tokens].

        Where ``cached`` tokens are left out, as many are as the load form says.
        """
        return np.asarray(
            log_length_part_of(
                self.throughput.kernel_numbers,
                outputs,
                np.log(outputs),
                inputs,
                np.log(inputs),
                self.prefill_weight,
                self.base,
                self.span,
                cached,
            )
        )

    def log_node_part(self) -> NDArray[np.float64]:
        """Return the part of ln E that depends on the lengths, for each node of a workload.

        Raises
        ------
        LookupError
            If the lengths are not those of a workload.
        """
        if self.joint is None:
            raise LookupError("lengths with axes of their own have no nodes")
        outputs, inputs, _ = self.joint.arrays
        return self.log_length_part(outputs, inputs, self.joint.cached_tokens if self.joint.cached else None)

    def centre(self) -> float:
        """Return ln E [ln Wh] with every factor at its median."""
        others = (one.sign * math.log(_median(one.distribution)) for one in self.factors if one.sign)
        return float(self.constant + self.length_centre() + sum(others))


def _median(distribution: Distribution | None, whole: bool = False) -> float:
    """Return a median, as a whole number of at least 1 where draws are rounded to such."""
    if distribution is None:
        raise LookupError("a merged normal has no median of its own")
    median = float(distribution.ppf(0.5))
    return max(1.0, float(round(median))) if whole else median
