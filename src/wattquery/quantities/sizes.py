"""Energies and powers in the unit of their size, where people read them: results keep one unit for each quantity."""

from __future__ import annotations

__all__ = ["by_size"]

LADDERS = (
    (("kWh/day", 1e6), ("MWh/day", 1e3), ("GWh/day", 1.0)),
    (("kW", 1e3), ("MW", 1.0), ("GW", 1e-3)),
)
"""Units from small to large, and how many of each are one of the unit that results have."""

SMALL = 0.1
"""From which on a number is read in the unit that results have: 0.73 GWh need not be 730 MWh."""


def by_size(unit: str, largest: float) -> tuple[str, float]:
    """Return the unit in which the largest of some values is at least 1, and what they are to be multiplied by.

    Parameters
    ----------
    unit
        That of the values.
    largest
        Of their sizes; what is no number or 0 keeps the unit.

    Examples
    --------
    >>> by_size("GWh/day", 0.73), by_size("GWh/day", 0.0067), by_size("MW", 0.28), by_size("MW", 0.028)
    (('GWh/day', 1.0), ('MWh/day', 1000.0), ('MW', 1.0), ('kW', 1000.0))
    >>> by_size("MW", 2400.0), by_size("t/day", 0.001)
    (('GW', 0.001), ('t/day', 1.0))
    """
    ladder = next((one for one in LADDERS if unit in dict(one)), ())
    if not ladder or not 0.0 < largest < float("inf") or SMALL <= largest < 1e3:
        return unit, 1.0
    fitting = [(name, factor) for name, factor in ladder if largest * factor >= 1.0]
    return fitting[-1] if fitting else ladder[0]
