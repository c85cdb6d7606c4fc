"""Numbers in the sentences of findings."""

from __future__ import annotations

__all__ = ["near", "plain", "times", "tokens_rate", "watts"]


def plain(value: float, digits: int = 3) -> str:
    """Return a number in a few significant digits, without an exponent where people can read it so.

    Examples
    --------
    >>> plain(4400.0), plain(0.812), plain(0.000098, 2), plain(3e-9)
    ('4,400', '0.812', '0.000098', '3e-09')
    """
    if not 1e-6 <= value < 1e15:
        return f"{value:.{digits}g}"
    rounded = float(f"{value:.{digits}g}")
    if rounded >= 10.0 ** (digits - 1):
        return f"{rounded:,.0f}"
    text = f"{rounded:.12f}".rstrip("0")
    return text.rstrip(".")


def tokens_rate(rate: float) -> str:
    """Return tokens per second as people read them.

    Examples
    --------
    >>> tokens_rate(21_000.4), tokens_rate(3.21)
    ('21,000', '3.21')
    """
    return f"{rate:,.0f}" if rate >= 100.0 else plain(rate)


def times(ratio: float) -> str:
    """Return a ratio as a multiple.

    Examples
    --------
    >>> times(2.94), times(0.812), times(14.2)
    ('2.9 times', '0.81 times', '14 times')
    """
    return f"{ratio:,.0f} times" if 10.0 <= ratio < 1e15 else f"{plain(ratio, 2)} times"


def watts(power: float) -> str:
    """Return a power in W or kW.

    Examples
    --------
    >>> watts(700.0), watts(10_200.0), watts(0.7), watts(6.8e6)
    ('700 W', '10.2 kW', '0.7 W', '6,800 kW')
    """
    if power < 1000.0:
        return f"{power:.3g} W"
    if power < 2000.0:
        return f"{power:,.0f} W"
    return f"{power / 1000.0:.3g} kW" if power < 1e6 else f"{power / 1000.0:,.0f} kW"


def near(value: float, wanted: float, within: float) -> bool:
    """Return whether two positive numbers agree within a factor."""
    return value > 0.0 and wanted > 0.0 and 1.0 / within <= value / wanted <= within
