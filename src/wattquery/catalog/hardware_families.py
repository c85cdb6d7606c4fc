"""Generations of accelerators, which have much of their behaviour in common."""

from __future__ import annotations

__all__ = ["FAMILIES", "family_of"]

FAMILIES = {
    "Hopper": ("H100", "H200", "H800", "GH200"),
    "Blackwell": ("B200", "B300", "GB200", "GB300"),
    "Ampere": ("A100", "A800", "A30"),
    "CDNA 3": ("MI300", "MI325"),
    "CDNA 4": ("MI350", "MI355"),
    "Ada": ("L40S", "L4"),
    "Blackwell workstation": ("RTX",),
}
"""Generations of accelerators, by how their names begin."""


def family_of(name: str) -> str:
    """Return the family of an accelerator of the tables, empty where it has none.

    Examples
    --------
    >>> family_of("GB200 NVL72"), family_of("abacus")
    ('Blackwell', '')
    """
    return next((family for family, begin in FAMILIES.items() if name.startswith(begin)), "")
