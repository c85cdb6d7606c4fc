"""The conversions: which intensity, of which energy, in which unit.

A conversion joins here with a row, and as an argument of `convert`.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["KINDS", "Kind"]


@dataclass(frozen=True)
class Kind:
    """What an energy is converted to.

    Attributes
    ----------
    name
        How variables begin.
    argument
        What the intensity is called.
    quantity
        The row of the table of quantities that has its unit and range.
    of
        The energy that it multiplies: ``"facility"``, what a site takes from the grid, or ``"node"``, that of its IT.
    words
        What it is.
    per_query, per_day, per_hour
        Units of Wh, of GWh/day and of MW times the intensity, ``{}`` for a currency.
    per_query_factor, per_day_factor, per_hour_factor
        What Wh, GWh/day and MW times the intensity are multiplied by to get these units.
    """

    name: str
    argument: str
    quantity: str
    of: str
    words: str
    per_query: str
    per_day: str
    per_hour: str
    per_query_factor: float = 1.0
    per_day_factor: float = 1.0
    per_hour_factor: float = 1.0


# Wh * g/kWh = mg; GWh * g/kWh = t; MW * g/kWh = kg/h. Wh * L/kWh = mL; GWh * L/kWh = 1000 m3; MW * L/kWh = m3/h.
_CARBON = ("gCO2e", "tCO2e/day", "kgCO2e/h", 1e-3)
_WATER = ("mL", "m3/day", "m3/h", 1.0, 1e3)
_COST = ("{}", "{}/day", "{}/h", 1e-3, 1e6, 1e3)

KINDS = (
    Kind(
        "carbon_location",
        "carbon_intensity",
        "carbon_intensity",
        "facility",
        "carbon dioxide equivalent of the grid (location-based)",
        *_CARBON,
    ),
    Kind(
        "carbon_market",
        "market_carbon_intensity",
        "carbon_intensity",
        "facility",
        "carbon dioxide equivalent by contracts (market-based)",
        *_CARBON,
    ),
    Kind("water_site", "wue", "wue", "node", "water that the site uses", *_WATER),
    Kind(
        "water_source",
        "source_water_intensity",
        "water_intensity",
        "facility",
        "water that making the electricity uses",
        *_WATER,
    ),
    Kind("cost", "electricity_price", "electricity_price", "facility", "cost of electricity", *_COST),
)
"""All of them, in the order of results."""
