"""The load form: what a query takes of a serving instance under load, as the equation needs it of one cell.

It stands where a throughput model stands in plans: it has numbers for kernels, but no rows and no fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from wattquery.kernels.equation import THROUGHPUT_NUMBERS
from wattquery.kernels.load.query import DRIVERS, REACH_NUMBERS
from wattquery.throughput.model import ThroughputModel

__all__ = ["LoadForm", "model_of"]


@dataclass(frozen=True)
class LoadForm:
    """The energy of a query under load, ``units . drivers(L_out, L_in, L_cached)`` [kJ]; equal by what it says.

    Attributes
    ----------
    units
        What one unit of each of `wattquery.kernels.load.query.DRIVERS` takes [kJ].
    reach
        The attention of the model; see `wattquery.kernels.load.query.REACH_NUMBERS`.
    cached_share, cached_number
        L_cached = min(cached_number + cached_share L_in, L_in), where lengths do not say how many tokens are cached.

    Examples
    --------
    >>> plain = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0, float("inf"), float("inf"), 0.05)
    >>> form = LoadForm((0.0, 1e-3, 1e-8, 1e-4, 1e-9), plain)
    >>> form.form, len(form.kernel_numbers)
    ('load', 23)
    """

    units: tuple[float, ...]
    reach: tuple[float, ...]
    cached_share: float = 0.0
    cached_number: float = 0.0

    def __post_init__(self) -> None:
        if len(self.units) != len(DRIVERS) or len(self.reach) != len(REACH_NUMBERS):
            raise ValueError(
                f"LoadForm takes {len(DRIVERS)} units and {len(REACH_NUMBERS)} numbers of the attention, got "
                f"{len(self.units)} and {len(self.reach)}. Pass one for each of DRIVERS and REACH_NUMBERS."
            )
        if not self.units[1] > 0.0:
            raise ValueError(
                f"LoadForm: an output token must take more than 0 kJ, got {self.units[1]}. A query under load takes "
                "something for each of them: check the units."
            )

    @property
    def form(self) -> Literal["load"]:
        """The form of its equation."""
        return "load"

    @cached_property
    def kernel_numbers(self) -> tuple[float, ...]:
        """The numbers that kernels take: zeros for a throughput model, then those of the load form."""
        none = (0.0,) * len(THROUGHPUT_NUMBERS)
        return (*none, *self.units, *self.reach, self.cached_share, self.cached_number)


def model_of(throughput: ThroughputModel | LoadForm) -> ThroughputModel:
    """Return a throughput model as such.

    Raises
    ------
    LookupError
        If it is the load form, which was fitted to no rows of its own.
    """
    if isinstance(throughput, LoadForm):
        raise LookupError("the load form has no throughput fit")
    return throughput
