"""Cells of a plan under load, solved together where lengths, attention and the octave of sigma are the same.

Each combination of deployment, load, lengths and what is counted has units of its own, so that hardly any two cells
differ by a constant alone. Those that do, by PUE or a lever that is a number, are solved once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wattquery.methods.exact.length_rules import NARROW_SIGMA
from wattquery.methods.exact.load_drivers import LoadDrivers, SharedDrivers, load_statistics
from wattquery.methods.exact.load_nodes import LoadLengths
from wattquery.plans.plan import DEPLOYMENT, LoadEnergies, Places, Plan
from wattquery.specs.factors import LENGTHS

__all__ = ["Solved", "solved_under_load"]

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

WINDOW, TOPK = 6, 7  # among the numbers of an attention


@dataclass(frozen=True, eq=False)
class Solved:
    """Statistics of ln E and E of some cells, without the constants of these.

    Attributes
    ----------
    known
        Which of the cells were solved.
    quantiles : array (known cells, levels)
        Of ln E.
    means, deviations : array (known cells,)
        Of E.
    units : array (known cells, 5)
        What one unit of each driver takes [kJ].
    drivers
        Of each known cell.
    """

    known: NDArray[np.bool_]
    quantiles: Array
    means: Array
    deviations: Array
    units: Array
    drivers: tuple[LoadDrivers, ...]

    def mixture(self, number: int, sigma: float) -> tuple[Array, Array]:
        """Return increasing centres in ln E and their weights, of one of the known cells."""
        return self.drivers[number].mixture(self.units[number], sigma)


def solved_under_load(plan: Plan, shared: SharedDrivers, cells: Integers, sigmas: Array, levels: Array) -> Solved:
    """Solve those cells of a plan under load whose lengths have few nodes.

    Not known are those of a narrow sigma, and of two random lengths with too many nodes.

    Parameters
    ----------
    plan
        The grid.
    shared
        Nodes and drivers of the plan that were made before.
    cells
        Their numbers.
    sigmas
        Standard deviation of ln E given the lengths, of each cell.
    levels
        Of the quantiles.
    """
    places = plan.places(cells)
    problem = places[DEPLOYMENT] * 2 + plan.kinds[places["boundary"]]
    _, first, which = np.unique(problem + 1j * sigmas, return_index=True, return_inverse=True)
    energies = plan.load_energies(cells[first])
    at: Places = {name: places[name][first] for name in LENGTHS}
    found: dict[int, LoadDrivers] = {}
    quantiles = np.empty((first.size, levels.size))
    means, deviations = np.empty(first.size), np.empty(first.size)
    for drivers, rows in _groups(plan, shared, energies, at, sigmas[first]):
        found |= dict.fromkeys(rows.tolist(), drivers)
        quantiles[rows], means[rows], deviations[rows] = load_statistics(
            drivers, energies.units[:, rows].T, sigmas[first[rows]], levels
        )
    known = np.isin(which, list(found))
    which = which[known]
    of_cells = tuple(found[number] for number in which.tolist())
    return Solved(known, quantiles[which], means[which], deviations[which], energies.units.T[which], of_cells)


def _groups(
    plan: Plan, shared: SharedDrivers, energies: LoadEnergies, places: Places, sigmas: Array
) -> Iterator[tuple[LoadDrivers, Integers]]:
    """Yield the drivers of cells, and which cells have them."""
    wide = np.flatnonzero(sigmas >= NARROW_SIGMA)
    # Lower ends of octaves: nodes that do for all of one.
    floors = np.ldexp(0.5, np.frexp(sigmas[wide])[1])
    lengths = [places[name][wide] for name in LENGTHS]
    cached = energies.cached_share[wide], energies.cached_number[wide]
    keys = np.column_stack([*lengths, *cached, floors, energies.reach[wide]])
    found: dict[bytes, list[int]] = {}
    for row, key in zip(wide.tolist(), keys, strict=True):
        found.setdefault(key.tobytes(), []).append(row)
    for key, rows in found.items():
        outputs, inputs, share, number, floor, *reach = np.frombuffer(key).tolist()
        columns = plan.output_tokens[int(outputs)], plan.input_tokens[int(inputs)]
        asked = LoadLengths(*columns, share, number, reach[WINDOW], reach[TOPK])
        drivers = shared.drivers(asked, tuple(reach), floor)
        if drivers is not None:
            yield drivers, np.array(rows)
