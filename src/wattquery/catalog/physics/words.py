"""Numbers in the sentences of findings."""

from __future__ import annotations

__all__ = ["near", "times", "tokens_rate", "watts"]


def tokens_rate(rate: float) -> str:
    """Return tokens per second as people read them.

    Examples
    --------
    >>> tokens_rate(21_000.4), tokens_rate(3.21)
    ('21,000', '3.21')
    """
    return f"{rate:,.0f}" if rate >= 100.0 else f"{rate:.3g}"


def times(ratio: float) -> str:
    """Return a ratio as a multiple.

    Examples
    --------
    >>> times(2.94), times(0.812), times(14.2)
    ('2.9 times', '0.81 times', '14 times')
    """
    return f"{ratio:,.0f} times" if ratio >= 10.0 else f"{ratio:.2g} times"


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
