"""Distributions to the rows of numbers that kernels draw from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wattquery.errors import InputError
from wattquery.kernels.random import variates
from wattquery.kernels.random.philox import SMALLEST_UNIFORM
from wattquery.kernels.random.streams import stream
from wattquery.specs.distributions import Distribution, Fixed, Truncated
from wattquery.specs.distributions.base import Variate
from wattquery.specs.factors import WORKLOAD
from wattquery.specs.joint_lengths.nodes import JointLengths, Margin

__all__ = ["Column", "ColumnTable", "cached_column", "joint_columns", "length_column"]

SMALLEST_TAIL = 2.0**-65  # of a normal or an exponential, whose tails have 64 bits
RARE = 1e-9  # beyond it a draw is counted in the outermost bin of its cell
TOO_RARE = 1e-6  # a truncation that keeps less would be drawn with few distinct uniforms


@dataclass(frozen=True)
class Column:
    """A random quantity: what it is drawn for, its distribution, and whether it is rounded to whole tokens.

    A ``distribution`` of ``None`` is the standard normal into which all lognormal factors of a cell are merged.
    """

    purpose: str
    distribution: Distribution | None
    whole: bool = False

    @property
    def joint(self) -> JointLengths | None:
        """Both lengths of the workload of which it is one; None for what is drawn by itself."""
        return self.distribution.joint if isinstance(self.distribution, Margin) else None

    @cached_property
    def log_range(self) -> tuple[float, float]:
        """The range of ln x outside which draws are rarer than 1e-9 (of the variate itself: if normal)."""
        if self.distribution is None:
            # As Python, so that this compiles nothing; with NUMBA_DISABLE_JIT it is Python already.
            edge = getattr(variates.standard_normal, "py_func", variates.standard_normal)(SMALLEST_TAIL)
            return float(edge), float(-edge)
        ends = self.distribution.ppf(np.array([SMALLEST_UNIFORM, RARE, 1.0 - RARE, 1.0 - SMALLEST_UNIFORM]))
        if self.whole:
            low, high = np.log(np.maximum(1.0, np.rint(ends[[0, 3]])))
            return float(low), float(high)
        # A density that runs down to zero has no lower end in ln x; elsewhere the true end is kept.
        low, rare_low, rare_high, high = np.log(ends)
        return float(max(low, rare_low - 3.0)), float(min(high, rare_high + 3.0))


def length_column(purpose: str, length: Distribution, *, round_tokens: bool) -> Column:
    """Return the column of a length, whose draws are rounded to whole tokens if ``round_tokens`` says so.

    A number is no draw: 120.4 tokens, as the mean of a log may be, stay 120.4 and do not become 120 behind the result.
    """
    if isinstance(length, Fixed):  # as most of a long axis are
        return Column(purpose, length, round_tokens and length.value.is_integer())
    atoms = length.atoms()
    is_fraction = atoms is not None and atoms[0].size == 1 and not float(atoms[0][0]).is_integer()
    return Column(purpose, length, round_tokens and not is_fraction)


def joint_columns(joint: JointLengths) -> tuple[Column, Column]:
    """Return the columns of both lengths of a workload: of one purpose, so that one uniform number picks both."""
    output, input_, *_ = joint.margins
    return Column(WORKLOAD, output), Column(WORKLOAD, input_)


def cached_column(joint: JointLengths) -> Column | None:
    """Return the column of the cached tokens of a workload, which goes with those of both lengths; None without any."""
    return Column(WORKLOAD, joint.margins[2]) if joint.cached else None


@dataclass
class ColumnTable:
    """The columns of one tile as the arrays that kernels take; the same column is entered once."""

    index: dict[Column, int] = field(default_factory=dict)
    codes: list[list[int]] = field(default_factory=list)
    numbers: list[list[float]] = field(default_factory=list)
    levels: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, column: Column) -> int:
        """Return the number of a column, entering it if it is new."""
        known = self.index.get(column)
        if known is not None:
            return known
        number = self.index[column] = len(self.codes)
        variate, (offset, factor) = _encoded(column.distribution)
        kind = getattr(variates, variate.kind)
        self.codes.append([kind, len(self.levels), len(variate.levels), int(column.whole)])
        self.numbers.append([*variate.parameters, *([0.0] * (3 - len(variate.parameters))), offset, factor])
        self.levels.extend(variate.levels)
        self.values.extend(variate.values)
        return number

    def streams(self, seed: int, cell: str = "") -> list[NDArray[np.uint32]]:
        """Return the stream of each column, for one cell by its name, or for all cells that share their streams."""
        by_purpose = {column.purpose: None for column in self.index}
        found = {purpose: stream(seed, purpose, cell) for purpose in by_purpose}
        return [found[column.purpose] for column in self.index]


_ALL = (0.0, 1.0)


@lru_cache(maxsize=1024)
def _encoded(distribution: Distribution | None) -> tuple[Variate, tuple[float, float]]:
    """Return the variate of a distribution, and offset and factor of the map of its uniform."""
    if distribution is None:
        return Variate("STANDARD_NORMAL"), _ALL
    atoms = distribution.atoms()
    if atoms is not None and atoms[0].size == 1:
        return Variate("FIXED", (float(atoms[0][0]),)), _ALL
    if isinstance(distribution, Margin):
        # By node and not by length: the levels are those of the other length too.
        return _atoms(distribution.by_node, distribution.joint.weights), _ALL
    if atoms is not None:
        return _atoms(atoms[0].tolist(), atoms[1]), _ALL
    if not distribution.is_random:  # a table of which one value is left
        return Variate("FIXED", (distribution.support()[0],)), _ALL
    if not isinstance(distribution, Truncated):
        return distribution.variate(), _ALL
    core, below, mass = distribution.untruncated()
    if below > 0.5 and mass < TOO_RARE:
        raise InputError(
            f"{distribution} keeps a probability of {mass:.2g} of {core}, too far in its tail to be drawn "
            "from. Move the bounds, or give another distribution for what lies between them."
        )
    # Adding a small mass to what lies below may round to 1, where an open-ended quantile is infinite.
    return _encoded(core)[0], (below, min(mass, 1.0 - SMALLEST_UNIFORM - below))


def _atoms(values: Sequence[float], weights: ArrayLike) -> Variate:
    """Return how values are drawn with their probabilities."""
    cumulative = np.cumsum(weights)
    cumulative[-1] = 1.0
    return Variate("ATOMS", levels=tuple(cumulative.tolist()), values=tuple(values))
