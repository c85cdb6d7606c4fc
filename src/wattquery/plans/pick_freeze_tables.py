"""Cells as arrays for pick-freeze sums, factor by factor, with axes that are themselves random."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError
from wattquery.kernels.random.points import GENERATOR
from wattquery.kernels.random.streams import stream
from wattquery.plans.cell import Cell
from wattquery.plans.columns import Column, ColumnTable
from wattquery.plans.plan import Plan
from wattquery.specs.common_draws import by_name, centred_lognormal, log_parts, normal_coefficients
from wattquery.specs.distributions import Distribution, LogNormal
from wattquery.specs.distributions.lognormal import Z95
from wattquery.specs.factors import LENGTH_FACTORS, LENGTHS, LOAD_MODEL, WORKLOAD, Factor

__all__ = ["SIDES", "Choice", "Design", "Members", "Tables", "members", "picked", "tables"]

Integers = NDArray[np.int64]
SIDES = ("A", "B")
SINGLE, EXACT = 2.0**-23, 2.0**-50
"""What rounding may move ln E by: draws have single precision, but a lognormal's logarithm has it of what varies."""


@dataclass(frozen=True)
class Choice:
    """An axis of the grid that is itself a random factor.

    Attributes
    ----------
    name
        What the factor is called.
    axis
        Place of the axis among all.
    labels
        Places on the axis of the labels that take part.
    weights
        Their probabilities.
    """

    name: str
    axis: int
    labels: tuple[int, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True)
class Design:
    """What is picked and what is frozen, the same in all cells.

    Attributes
    ----------
    factors
        Names of all random factors but choices.
    choices
        Axes that are random factors.
    groups
        Members of each group, by name: those of one factor or choice, or of several. What is in no group is random
        but gets no index.
    mirrored
        Whether each group is also picked from A into B.
    pairs
        Whether pairs of groups are wanted, which takes ``mirrored``.
    """

    factors: tuple[str, ...]
    choices: tuple[Choice, ...]
    groups: tuple[tuple[str, ...], ...]
    mirrored: bool
    pairs: bool

    @property
    def terms(self) -> tuple[str, ...]:
        """The names that columns of members stand for: lengths, or thrice what picks them all; then other factors.

        Cached tokens go with the input, and have its name. What the load model leaves open takes as many columns as a
        cell has members, of which some may be independent of each other, or correlated.
        """
        lengths = (WORKLOAD,) * len(LENGTHS) if WORKLOAD in self.factors else LENGTHS
        others = (name for name in self.factors if name not in LENGTH_FACTORS)
        members = math.prod(len(one.labels) for one in self.choices)
        many = ((name,) * (members if name.startswith(LOAD_MODEL) else 1) for name in others)
        return (*lengths, lengths[-1], *itertools.chain.from_iterable(many))

    def picked(self) -> NDArray[np.bool_]:
        """Return what each output takes from B, by term and choice."""
        return picked((*self.terms, *(choice.name for choice in self.choices)), self.groups, self.mirrored)


def picked(names: Sequence[str], groups: Sequence[Sequence[str]], mirrored: bool) -> NDArray[np.bool_]:
    """Return what each output takes from B, one row per output: A, B, A with each group from B, and the reverse."""
    swapped = np.array([[name in group for name in names] for group in groups], dtype=np.bool_)
    plain = np.array([[False], [True]]).repeat(len(names), axis=1)
    return np.concatenate([plain, swapped, ~swapped] if mirrored else [plain, swapped])


@dataclass(frozen=True, eq=False)
class Members:
    """Which cells of the plan make up each cell of the result.

    Attributes
    ----------
    shape
        Length of each axis, 1 for those that are random factors.
    numbers
        Cells of the plan, one row per cell of the result and one column per combination of random labels.
    """

    shape: tuple[int, ...]
    numbers: Integers


def members(shape: Sequence[int], choices: Sequence[Choice]) -> Members:
    """Return the members of each cell, with the given axes as random factors."""
    kept = tuple(1 if any(one.axis == i for one in choices) else size for i, size in enumerate(shape))
    places = list(np.unravel_index(np.arange(math.prod(kept)), kept))
    combinations = np.array(list(itertools.product(*(one.labels for one in choices))), dtype=np.int64)
    columns = [np.repeat(place[:, None], max(1, len(combinations)), axis=1) for place in places]
    for i, one in enumerate(choices):
        columns[one.axis] = np.broadcast_to(combinations[:, i], columns[one.axis].shape)
    return Members(kept, np.asarray(np.ravel_multi_index(columns, tuple(shape)), dtype=np.int64))


@dataclass(frozen=True, eq=False)
class Tables:
    """Some cells as the arguments of `wattquery.kernels.drivers.pick_freeze.pick_freeze`, with two things more.

    Attributes
    ----------
    centres
        ln E [ln Wh] from which each cell's ln E is counted.
    random
        Whether a cell has a random factor at all.
    resolution
        What rounding may move ln E by.
    """

    cells: Integers
    cell_choices: Integers
    present: NDArray[np.bool_]
    member_numbers: NDArray[np.float64]
    member_columns: Integers
    member_signs: NDArray[np.float64]
    member_lengths: Integers
    picked: NDArray[np.bool_]
    column_codes: Integers
    column_numbers: NDArray[np.float64]
    column_dimensions: Integers
    column_streams: NDArray[np.uint32]
    table_levels: NDArray[np.float64]
    table_values: NDArray[np.float64]
    centres: NDArray[np.float64]
    random: NDArray[np.bool_]
    resolution: NDArray[np.float64]


def tables(plan: Plan, design: Design, cells: Iterable[Integers], *, seed: int, lattice: bool) -> Tables:
    """Return the tables of some cells, each given by its members' numbers in the plan.

    Parameters
    ----------
    plan
        The grid.
    design
        What is picked and frozen.
    cells
        The members of each cell.
    seed
        Names the random streams.
    lattice
        Whether points are those of a randomly shifted lattice, else independent draws.

    Raises
    ------
    InputError
        If a cell has more random factors than the lattice has dimensions for.
    """
    builder = _Builder(design, ColumnTable(), seed, lattice)
    for numbers in cells:
        builder.add([plan.cell(int(number)) for number in numbers])
    return builder.tables()


def _centred(factor: Factor) -> Distribution:
    """Return the distribution of a factor, a lognormal divided by its median."""
    if not isinstance(factor.distribution, LogNormal):
        return factor.distribution
    edge = math.exp(Z95 * factor.distribution.sigma)
    return LogNormal(1.0 / edge, edge)


@dataclass(frozen=True)
class _Labels:
    """The labels of a choice as a distribution: each one's part of a member's index, and its weight."""

    stride: int
    weights: tuple[float, ...]

    def atoms(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self.stride * np.arange(float(len(self.weights))), np.array(self.weights)


@dataclass
class _Builder:
    """Tables in the making: cells are added one by one, columns are shared."""

    design: Design
    known: ColumnTable
    seed: int
    lattice: bool
    cells: list[tuple[int, int]] = field(default_factory=list)
    choices: list[list[int]] = field(default_factory=list)
    present: list[list[bool]] = field(default_factory=list)
    numbers: list[list[float]] = field(default_factory=list)
    columns: list[list[int]] = field(default_factory=list)
    signs: list[list[float]] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    centres: list[float] = field(default_factory=list)
    random: list[bool] = field(default_factory=list)
    resolution: list[float] = field(default_factory=list)
    index: dict[tuple[Column, int], int] = field(default_factory=dict)
    length_index: dict[tuple[float, ...], int] = field(default_factory=dict)

    def add(self, parts: Sequence[Cell]) -> None:
        """Add a cell by its members."""
        design = self.design
        random = {one.name for part in parts for one in part.factors}
        names = [name for name in design.factors if name in random] + [one.name for one in design.choices]
        positions = {name: i for i, name in enumerate(names)}
        if self.lattice and 2 * len(names) > GENERATOR.size:
            raise InputError(
                f"A cell has {len(names)} random factors; method='quasi_monte_carlo' has points for "
                f"{GENERATOR.size // 2}. Use method='monte_carlo', or fix some of them."
            )
        self.random.append(bool(names))
        lognormal = all(one.sign and isinstance(one.distribution, LogNormal) for part in parts for one in part.factors)
        self.resolution.append(EXACT if lognormal else SINGLE)
        self.cells.append((len(self.numbers), len(parts)))
        self.present.append([not positions.keys().isdisjoint(group) for group in design.groups])
        stride = len(parts)
        row = []
        for one in design.choices:
            stride //= len(one.labels)
            labels = cast(Distribution, _Labels(stride, one.weights))
            row.append(self._column(Column(f"choice:{one.name}", labels), positions[one.name]))
        self.choices.append(row)
        centre = sum(part.centre() for part in parts) / len(parts)
        self.centres.append(centre)
        factors = [by_name(one for one in part.factors if one.sign) for part in parts]
        normals = self._normals(parts, positions)
        for part, own, of_model in zip(parts, factors, normals, strict=True):
            self._add_member(part, own, of_model, positions, centre)

    def _add_member(
        self,
        part: Cell,
        own: Mapping[str, Factor],
        of_model: Mapping[str, Sequence[tuple[int, float]]],
        positions: dict[str, int],
        centre: float,
    ) -> None:
        columns, signs = [], []
        lengths = (*part.lengths, part.cached_tokens)
        for name, length in zip(self.design.terms, lengths, strict=False):
            columns.append(-1 if length is None else self._column(length, positions.get(name, -1)))
            signs.append(0.0)
        for name, _ in itertools.groupby(self.design.terms[len(lengths) :]):
            if name in of_model:
                columns.extend(column for column, _ in of_model[name])
                signs.extend(coefficient for _, coefficient in of_model[name])
                continue
            factor = own.get(name)
            columns.append(-1 if factor is None else self._column(Column(name, _centred(factor)), positions[name]))
            signs.append(0.0 if factor is None else factor.sign)
        rate = part.throughput.kernel_numbers
        numbers = [*rate, part.prefill_weight, part.base, part.span, -part.length_centre()]
        # A lognormal is counted from its own median: single precision then has all digits of what varies.
        constant = part.constant + part.length_centre()
        key = (*numbers, *columns[: len(lengths)])
        self.lengths.append(self.length_index.setdefault(key, len(self.length_index)))
        for one in part.factors:
            if one.sign and isinstance(one.distribution, LogNormal):
                constant += one.sign * one.distribution.mu
        self.numbers.append([constant - centre, *numbers])
        self.columns.append(columns)
        self.signs.append(signs)

    def _normals(self, parts: Sequence[Cell], positions: dict[str, int]) -> list[dict[str, list[tuple[int, float]]]]:
        """Return columns and coefficients of what the load model leaves open in each of several members, by name.

        Members of one key have one normal, those of others have their own, and those of loadings correlated ones:
        each is a sum over as few independent normals as that takes. The first of a name is where its factor would be,
        and the others follow while the lattice has dimensions; beyond, they are drawn independently.
        """
        if len(parts) == 1:
            return [{}]
        found: list[dict[str, list[tuple[int, float]]]] = [{} for _ in parts]
        following = len(positions)
        for name in dict.fromkeys(one for one in self.design.factors if one.startswith(LOAD_MODEL)):
            sums = [log_parts(one for one in part.factors if one.name == name)[1] for part in parts]
            table = normal_coefficients(sums)
            places = [positions.get(name, -1)]
            for used in np.any(table[:, 1:] != 0.0, axis=0):
                has_room = used and 2 * (following + 1) <= GENERATOR.size
                places.append(following if has_room else -1)
                following += has_room
            for member, row in zip(found, table.tolist(), strict=True):
                member[name] = [
                    (-1, 0.0) if coefficient == 0.0 else (self._normal(name, i, place), coefficient)
                    for i, (coefficient, place) in enumerate(zip(row, places, strict=True))
                ]
        return found

    def _normal(self, name: str, number: int, position: int) -> int:
        """Return the number of the column of one of the standard normals of a factor, as a lognormal."""
        purpose = f"{name}:{number}" if number else name
        return self._column(Column(purpose, centred_lognormal(1.0)), position)

    def _column(self, column: Column, position: int) -> int:
        """Return the number of a column at a pair of dimensions of the lattice."""
        return self.index.setdefault((column, position if self.lattice else -1), len(self.index))

    def tables(self) -> Tables:
        """Return what was added."""
        known = [self.known.add(column) for column, _ in self.index]
        dimensions = [(2 * position, 2 * position + 1) if position >= 0 else (-1, -1) for _, position in self.index]
        streams = [[stream(self.seed, f"{one.purpose}:{side}") for side in SIDES] for one, _ in self.index]
        return Tables(
            cells=np.array(self.cells, dtype=np.int64),
            cell_choices=np.array(self.choices, dtype=np.int64).reshape(len(self.cells), len(self.design.choices)),
            present=np.array(self.present, dtype=np.bool_),
            member_numbers=np.array(self.numbers, dtype=np.float64),
            member_columns=np.array(self.columns, dtype=np.int64),
            member_signs=np.array(self.signs, dtype=np.float64),
            member_lengths=np.array(self.lengths, dtype=np.int64),
            picked=self.design.picked(),
            column_codes=np.array(self.known.codes, dtype=np.int64)[known],
            column_numbers=np.array(self.known.numbers, dtype=np.float64)[known],
            column_dimensions=np.array(dimensions, dtype=np.int64),
            column_streams=np.array(streams, dtype=np.uint32),
            table_levels=np.array(self.known.levels, dtype=np.float64),
            table_values=np.array(self.known.values, dtype=np.float64),
            centres=np.array(self.centres),
            random=np.array(self.random, dtype=np.bool_),
            resolution=np.array(self.resolution, dtype=np.float64),
        )
