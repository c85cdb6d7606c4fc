"""What an energy is converted with: intensities that users pass, for nothing that would be out of date ships."""

from wattquery.quantities.quantity import Quantity

__all__ = ["CONVERSIONS"]

CONVERSIONS = (
    Quantity("region", "", "", "region whose electricity is used"),
    # Sites report 0 (dry coolers) to 2 and some more in hot summers; 1800 is in millilitres, or in m3/GWh.
    Quantity(
        "wue",
        "WUE",
        "L/kWh",
        "water that a site uses for a unit of energy of its nodes",
        "node",
        lowest=0.0,
        highest=20.0,
        suggestion="Give litres per kWh of IT energy: 1800 m3/GWh is 1.8",
    ),
    # Of a currency whose unit is worth about as much as a dollar or a euro. A price by the MWh is a thousand times as
    # large.
    Quantity(
        "electricity_price",
        "",
        "currency/kWh",
        "price of a unit of electricity, in the currency that was named",
        "facility",
        lowest=-5.0,
        highest=5.0,
        suggestion="Give it per kWh, in whole units of the currency: 120 per MWh is 0.12",
    ),
)
"""Rows of the table of quantities, beside ``carbon_intensity`` and ``water_intensity``."""
