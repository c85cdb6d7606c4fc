"""What the columns of a table are called: the quantity, what of it, and its unit, in one word that code can use."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

__all__ = ["column", "label_word", "with_unit"]


def column(name: str, labels: Sequence[object], unit: str) -> str:
    """Return the name of a column.

    Parameters
    ----------
    name
        Of the variable.
    labels
        Those of the dimensions that run across, such as a probability level.
    unit
        Of the variable; empty or ``"1"`` without one.

    Examples
    --------
    >>> column("energy", [0.05], "Wh"), column("energy_interval", ["epistemic", "lower"], "GWh/day")
    ('energy_p5_wh', 'energy_interval_epistemic_lower_gwh_per_day')
    """
    return with_unit("_".join([name, *map(label_word, labels)]), unit)


def with_unit(name: str, unit: str) -> str:
    """Return a name with its unit behind it, as far as the name does not say it.

    Examples
    --------
    >>> with_unit("energy_per_day", "GWh/day"), with_unit("pue", "1"), with_unit("input_tokens", "tokens")
    ('energy_per_day_gwh', 'pue', 'input_tokens')
    """
    if unit in ("", "1"):
        return name
    over, _, per = unit.partition("/")
    said = f"_per_{per.lower()}"
    parts = [] if over == "1" else [over.lower()]
    if per and said not in name:
        parts.append(said[1:])
    word = "_".join(parts)
    return name if not word or name.endswith(f"_{word}") else f"{name}_{word}"


def label_word(label: object) -> str:
    """Return a label that runs across as a part of a name: a probability level as its percentile.

    Examples
    --------
    >>> label_word(0.5), label_word(0.975), label_word("upper")
    ('p50', 'p97.5', 'upper')
    """
    if isinstance(label, float):
        percent = (100 * Decimal(repr(label))).normalize()
        return f"p{percent:f}"
    return str(label)
