"""One independent factor of a cell."""

from __future__ import annotations

from dataclasses import dataclass

from wattquery.specs.distributions import Distribution

__all__ = ["Factor"]


@dataclass(frozen=True)
class Factor:
    """One independent factor of a cell.

    Attributes
    ----------
    name
        What it is called.
    distribution
        Its distribution, in the unit of its quantity.
    sign
        +1 where it multiplies the energy, -1 where it divides it, 0 for a length.
    key
        Whose it is, where cells have one each under the same name: those of one key share its draws.
    loadings
        Of what is a sum over common directions, the part of each, of unit length: cells share the draws of these.
    """

    name: str
    distribution: Distribution
    sign: float
    key: str = ""
    loadings: tuple[float, ...] = ()
