"""The table of quantities: one name, symbol, unit and physical range per thing, for code, attributes and documents.

===============  ==========================================================================
``quantity``     what a row says
``arguments``    rows of what may be passed: axes, factors, columns of tables
``data_sheets``  rows of what the data sheet of an accelerator says
``results``      rows of what a sweep returns, and which of them are statistics of a cell
``sensitivity``  rows of what analyses of sensitivity return beside that
``fleets``       rows of what fleets return beside that
``capacity``     rows of what plans of capacity return beside that
``conversions``  rows of what an energy is converted with
``amounts``      times, sizes and counts as people say them
``sizes``        energies and powers in the unit of their size, where people read them
===============  ==========================================================================

Nothing here may import anything of ours from elsewhere.
"""

from wattquery.quantities.arguments import ARGUMENTS, AXES, CATALOG_AXES, FACTOR_AXES, FLEET_AXES, LOAD_AXES
from wattquery.quantities.capacity import CAPACITIES
from wattquery.quantities.conversions import CONVERSIONS
from wattquery.quantities.data_sheets import DATA_SHEETS
from wattquery.quantities.fleets import FLEETS, OF_RESULT
from wattquery.quantities.quantity import LARGEST, SMALLEST, Quantity, Statistic, UncheckedNumber
from wattquery.quantities.results import RESULTS
from wattquery.quantities.sensitivity import SENSITIVITIES

__all__ = [
    "AXES",
    "CATALOG_AXES",
    "FACTOR_AXES",
    "FLEET_AXES",
    "GWH_PER_WH",
    "LARGEST",
    "LOAD_AXES",
    "METHODS",
    "MW_PER_GWH_A_DAY",
    "OF_RESULT",
    "QUANTITIES",
    "SMALLEST",
    "STATISTICS",
    "Quantity",
    "Statistic",
    "UncheckedNumber",
    "by_name",
]


def by_name(*rooms: tuple[Quantity, ...]) -> dict[str, Quantity]:
    """Return the rows of several rooms by name.

    Raises
    ------
    ValueError
        If a name stands twice: it would have two meanings.
    """
    table: dict[str, Quantity] = {}
    for quantity in (quantity for room in rooms for quantity in room):
        if quantity.name in table:
            raise ValueError(
                f"the quantity {quantity.name!r} stands twice in the table; give one of the two another name"
            )
        table[quantity.name] = quantity
    return table


QUANTITIES = by_name(ARGUMENTS, DATA_SHEETS, RESULTS, SENSITIVITIES, FLEETS, CONVERSIONS, CAPACITIES)
"""Every quantity by its name."""

STATISTICS = {row.name: row for row in RESULTS if isinstance(row, Statistic)}
"""What is computed of every cell, by name, in the order of a result."""

GWH_PER_WH = 1e-9
MW_PER_GWH_A_DAY = 1e3 / 24.0
"""Mean power of an energy per day."""

METHODS: tuple[str, ...] = ("monte_carlo", "quasi_monte_carlo", "exact")
"""How a distribution can be computed."""
