"""Energies as people write them, "3 Wh" or "10 kJ", in Wh. Nothing is looked up or compared here."""

from __future__ import annotations

import re

from wattquery.errors import InputError, listed, quoted

__all__ = ["UNITS", "in_digits", "read_energy"]

UNITS = {
    "Wh": 1.0,
    "mWh": 1e-3,
    "kWh": 1e3,
    "MWh": 1e6,
    "J": 1.0 / 3600.0,
    "kJ": 1.0 / 3.6,
    "MJ": 1e3 / 3.6,
}
"""What one of each unit is [Wh]."""

POWERS = ("w", "kw", "mw", "gw")

_WRITTEN = re.compile(r"[+-]?[\d.,][\d.,_]*(?:[eE][+-]?\d+)?(?![\d.])")


def read_energy(written: str) -> float | None:
    """Return an energy [Wh] from a number with its unit, or None for a text that starts with no number.

    A number without a unit is in Wh. Case tells milli from mega, and nothing else.

    Parameters
    ----------
    written
        For example ``"3 Wh"``, ``"0.34Wh"`` or ``"10 kJ"``.

    Raises
    ------
    InputError
        If the number cannot be read, or the unit is none of an energy.

    Examples
    --------
    >>> from wattquery.claims.energies import read_energy
    >>> read_energy("0.34Wh"), read_energy("10 kJ"), read_energy("3"), read_energy("altman_2025")
    (0.34, 2.7777777777777777, 3.0, None)
    """
    text = written.strip()
    found = _WRITTEN.match(text)
    if found is None:
        return None
    return _number(found.group(), written) * _factor(text[found.end() :].strip(), written)


def _number(digits: str, written: str) -> float:
    try:
        return float(digits)
    except ValueError:
        raise InputError(
            f"An energy must have one number with a decimal point, such as 0.34 Wh, got {quoted(written)}: write it so."
        ) from None


def _factor(unit: str, written: str) -> float:
    """Return what one of a unit is [Wh]."""
    if not unit:
        return 1.0
    if unit in UNITS:
        return UNITS[unit]
    alike = [name for name in UNITS if name.casefold() == unit.casefold()]
    found = [name for name in alike if name[0] == unit[0] or unit[0] not in "mM"]  # 3 mJ must not be read as 3 MJ
    if len(found) == 1:
        return UNITS[found[0]]
    why = ""
    if unit.casefold() in POWERS:
        why = f", and {unit} is a power, which is an energy only over a time"
    raise InputError(
        f"An energy must be in one of {listed(UNITS)}, got {quoted(written)}{why}: write for example 3 Wh."
    )


def in_digits(value: float, digits: int = 2) -> str:
    """Return a number to so many significant digits, as a newspaper prints it: no exponent, no trailing zeros.

    Examples
    --------
    >>> from wattquery.claims.energies import in_digits
    >>> in_digits(13.24), in_digits(0.3051), in_digits(1273.0), in_digits(0.000043)
    ('13', '0.31', '1,300', '0.000043')
    """
    rounded = float(f"{value:.{digits}g}")
    whole = f"{rounded:,.12f}" if abs(rounded) < 1e15 else f"{rounded:g}"
    return whole.rstrip("0").rstrip(".") if "." in whole else whole
