"""What levers that only part of the queries are served with do to the mean energy of a query of each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.errors import InputError, did_you_mean, listed
from wattquery.fleets.class_draws import FleetDraws
from wattquery.fleets.closed_forms import Adopted
from wattquery.fleets.evaluation import Evaluation
from wattquery.fleets.moments import moment
from wattquery.fleets.part import Part
from wattquery.specs import Lever
from wattquery.specs.converters import LeverSet
from wattquery.specs.factors import Factor, factors_of
from wattquery.sweeps.load_levers import check_no_speculation, overlap_notes
from wattquery.uncertainty.scopes import Scope

__all__ = ["AdoptedLevers", "adopted_levers"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AdoptedLevers:
    """Levers beside those that a scenario has on all dates.

    Attributes
    ----------
    names
        Of the levers.
    factors
        What divides the energy, a row per lever and a column per class.
    levers
        The same as levers, with what they change.
    """

    names: tuple[str, ...]
    factors: tuple[tuple[Factor, ...], ...]
    levers: tuple[tuple[Lever, ...], ...] = ()

    def overlap_notes(self) -> list[str]:
        """Return what to say of levers that overlap the load model, or may, where there is one."""
        every = [note for row in self.levers for note in overlap_notes(row, varies=False)]
        return list(dict.fromkeys(every))

    def expected(self, shares: Array) -> Array:
        r"""Return the factor on the mean energy of each class [1], a row per date and a column per class.

        .. math::

            \prod_k (1 - a_k + a_k \, E[1 / M_k])

        Adoption is independent between levers, and levers of what else the energy depends on.

        Parameters
        ----------
        shares
            Share of queries that are served with each lever [1], a row per date and a column per lever.
        """
        product = np.ones((len(shares), 1))
        for share, row in zip(shares.T, self.factors, strict=True):
            left = np.array([moment(factor.distribution, factor.sign) for factor in row])
            product = product * (1.0 - share[:, None] + share[:, None] * left)
        return product

    def drawn(
        self, draws: FleetDraws, scopes: Mapping[str, Scope], classes: Sequence[Sequence[Part]]
    ) -> list[list[Array | float]]:
        """Return 1 / M of each lever and class at a point [1]: a number per draw, or its mean if drawn per query."""
        return [
            [
                moment(factor.distribution, factor.sign)
                if scopes.get(factor.name, "shared") == "query"
                else draws.multiplier(factor, classes)
                for factor in row
            ]
            for row in self.factors
        ]

    def taken_up(self, shares: Sequence[float], number: int) -> list[Adopted]:
        """Return the levers of a class by its number, with the share of queries that is served with each of them."""
        return [Adopted(share, row[number]) for share, row in zip(shares, self.factors, strict=True)]


def adopted_levers(evaluation: Evaluation, names: Sequence[str]) -> AdoptedLevers:
    """Return levers by their names, with the factors that each class gives them.

    Raises
    ------
    InputError
        If a lever is unknown, a class has it already, or the load model of a class counts it.
    """
    for grid in evaluation.grids:
        own = {lever.name for levers in grid.run.grid.levers.values for lever in levers.levers}
        twice = [name for name in names if name in own]
        if twice:
            raise InputError(
                f"adoption names {listed(twice)}, but class {grid.name!r} is served with {listed(own)} on all dates; "
                f"each lever counts once. Leave {twice[0]!r} out of adoption, or out of the levers of the class."
            )
    levers = tuple(_by_class(evaluation, name) for name in names)
    for grid, *own_levers in zip(evaluation.grids, *levers, strict=True):
        asked = grid.run.study.load
        if asked is not None:
            check_no_speculation(own_levers, asked.speculation)
    varies = next((lever for row in levers for lever in row if lever.depends_on_load), None)
    if varies is not None:
        raise InputError(
            f"adoption must name no lever that depends on the load, got {varies.name!r}: give it one factor, such as "
            "lever.at(16), or put it in the levers of a class."
        )
    factors = tuple(tuple(factors_of("levers", LeverSet((lever,)))[0] for lever in row) for row in levers)
    return AdoptedLevers(tuple(names), factors, levers)


def _by_class(evaluation: Evaluation, name: str) -> tuple[Lever, ...]:
    """Return a lever with the factor that each class gives it."""
    levers: list[Lever] = []
    for label, query_class in evaluation.scenario.classes.items():
        known = query_class.with_lever_factors(evaluation.preset.levers)
        if name not in known:
            raise InputError(
                f"adoption names {name!r}, which is no lever of preset {evaluation.preset.name!r} or class {label!r}; "
                f"they have {listed(known)}.{did_you_mean(name, known)} Give a lever of your own a factor in "
                "lever_factors of every class."
            )
        kinds = {**evaluation.preset.lever_kinds, **query_class.lever_kinds}
        factor, kind = known[name], kinds.get(name)
        levers.append(factor if isinstance(factor, Lever) else Lever(name, factor, kind=kind))
    return tuple(levers)
