"""`PreparedQuery`: one cell, fixed as numbers, and the energy of queries of any lengths in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wattquery.embedding.lengths import check_lengths, over_lengths
from wattquery.errors import InputError, InputTypeError
from wattquery.kernels import prepared as kernels
from wattquery.kernels.random.variates import standard_normal
from wattquery.pages.cards import Carded
from wattquery.specs.scalars import is_number, shown
from wattquery.sweeps.support_words import support_words
from wattquery.throughput.identifiability import check_identified_at
from wattquery.throughput.model import ThroughputModel

if TYPE_CHECKING:
    from wattquery.embedding.profile import PowerProfile

__all__ = ["PREPARED", "PreparedQuery", "interval_quantile"]

PREPARED = "prepared-1"
"""What the coefficients are, and in which order; it changes when they do."""

Array = NDArray[np.float64]
Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class PreparedQuery(Carded):
    """One cell, fixed: the energy of queries of any lengths in it, and what it stands on.

    Equal where the numbers and the boundary are; it can be pickled, and read from many threads.

    Attributes
    ----------
    coefficients
        What compiled code takes, in the order of `wattquery.kernels.PREPARED_NUMBERS`.
    boundary
        What is counted, such as ``"facility"``.
    equation
        Version of the meaning of the coefficients.
    assumptions
        Every axis of the cell as text, by name. Lengths in it are those of the queries that fill the batch.
    support, support_rows, support_basis
        How far measured rows stand behind the cell, how many, and which; see `wattquery.estimate`. In the paper's form
        the first is ``"measured"``.
    notes
        What a reader should know before using the numbers.
    provenance
        Catalog and versions.
    input_tokens_measured, output_tokens_measured
        Shortest and longest lengths of the rows, in the paper's form; None where there are none [tokens].
    far_tokens
        Input and output together from which on no query was measured, under a load; infinite elsewhere [tokens].
    throughput_tokens_per_s
        Median throughput of the instance under a load, or that of the node at the median lengths of the cell [output
        tokens/s].
    accelerators, running_sequences, power_w_per_accelerator
        Of the instance: its size [1], mean number of sequences that run at a time [1], and median power of one
        accelerator, idle time included [W]; None in the paper's form.
    """

    coefficients: tuple[float, ...] = field(repr=False)
    boundary: str
    equation: str = PREPARED
    assumptions: dict[str, str] = field(compare=False, repr=False)
    support: str = field(compare=False)
    support_rows: int = field(compare=False)
    support_basis: str = field(compare=False)
    notes: tuple[str, ...] = field(compare=False, repr=False)
    provenance: dict[str, Any] = field(compare=False, repr=False)
    input_tokens_measured: Range | None = field(compare=False)
    output_tokens_measured: Range | None = field(compare=False)
    far_tokens: float = field(compare=False)
    throughput_tokens_per_s: float = field(compare=False)
    accelerators: int | None = field(compare=False)
    running_sequences: float | None = field(compare=False)
    power_w_per_accelerator: float | None = field(compare=False)
    fit: ThroughputModel | None = field(compare=False, repr=False)
    asked: tuple[object, dict[str, Any]] = field(compare=False, repr=False)
    numbers: Array = field(init=False, compare=False, repr=False)
    determined: bool = field(init=False, compare=False, repr=False)

    def __str__(self) -> str:
        """Return the assumptions and notes, a line each."""
        title, (facts, notes) = self._card()
        width = max(map(len, self.assumptions))
        lines = [title, "", *(f"  {name:<{width}}  {text}" for name, text in facts.items())]
        return "\n".join([*lines, *(f"  note: {note}" for note in notes)])

    def _card(self) -> tuple[str, tuple[dict[str, str], tuple[str, ...]]]:
        support = support_words(self.support, self.support_rows, self.support_basis)
        title = f"Energy of a query of given lengths [Wh], {self.boundary} boundary"
        return title, ({**self.assumptions, "support": support}, self.notes)

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "numbers", np.array(self.coefficients, np.float64))
            object.__setattr__(self, "determined", self._is_determined())
        except (AttributeError, TypeError, ValueError):
            raise InputTypeError("PreparedQuery is what wq.prepare(...) returns, got other parts: call that.") from None

    @property
    def kernel(self) -> Callable[..., Any]:
        """The function for compiled code: ``kernel(coefficients, input_tokens, output_tokens, cached_tokens)`` [Wh].

        It is `wattquery.kernels.prepared_energy`, of every prepared query; give it the coefficients as an argument of
        your own function, since compiled code keeps what it finds outside.
        """
        return kernels.prepared_energy

    @property
    def is_under_load(self) -> bool:
        """Whether the load model says what a query takes."""
        return self.accelerators is not None

    def energy(
        self, input_tokens: Any, output_tokens: Any, cached_tokens: Any = 0, *, quantile: float | None = None
    ) -> Any:
        """Return the energy of queries of given lengths [Wh].

        Parameters
        ----------
        input_tokens, output_tokens, cached_tokens
            L_in with the cached ones, L_out, and L_cached [tokens]: numbers, arrays that broadcast, pandas Series of
            one index, or xarray objects.
        quantile
            Probability level of a quantile over what is not known; the expected value where it is left out, which is
            what sums over queries. Quantiles do not: what is not known is the same for all queries.

        Returns
        -------
        float, array, Series or DataArray
            E [Wh] in the form of the lengths, at `boundary`.

        Raises
        ------
        InputError, InputTypeError
            If a length is below a token, cached tokens are more than the input or not 0 in the paper's form,
            the throughput of the rows is not determined at these lengths, or the level is not between 0 and 1.

        Examples
        --------
        >>> import wattquery as wq
        >>> cell = wq.prepare("Llama 3.1 405B")
        >>> round(cell.energy(500, 300), 3), round(cell.energy(500, 300, quantile=0.5), 3)
        (0.413, 0.398)
        """
        if quantile is None:
            return self._over("energy", kernels.energies, input_tokens, output_tokens, cached_tokens)
        z = float(standard_normal(_level("quantile", quantile)))

        def at_level(numbers: Array, *arrays: Array) -> None:
            kernels.quantiles(numbers, z, *arrays)

        return self._over("energy", at_level, input_tokens, output_tokens, cached_tokens)

    def interval(
        self, input_tokens: Any, output_tokens: Any, cached_tokens: Any = 0, *, level: float = 0.9
    ) -> tuple[Any, Any]:
        """Return the ends of the central interval of the energy over all that is not known [Wh].

        Parameters
        ----------
        input_tokens, output_tokens, cached_tokens
            As of `energy`.
        level
            Its probability: 0.9 reaches from the quantile 0.05 to 0.95.
        """
        tail = 0.5 * (1.0 - _level("level", level))
        low, high = (
            self.energy(input_tokens, output_tokens, cached_tokens, quantile=one) for one in (tail, 1.0 - tail)
        )
        return low, high

    def sigma(self, input_tokens: Any, output_tokens: Any, cached_tokens: Any = 0) -> Any:
        """Return the standard deviation of ln E over all that is not known [1], for lengths as of `energy`."""
        return self._over("sigma", kernels.sigmas, input_tokens, output_tokens, cached_tokens)

    def extrapolated(self, input_tokens: Any, output_tokens: Any) -> Any:
        """Return whether what is said of queries lies beyond what was measured, for lengths as of `energy`.

        True where a length is outside those of the rows, in the paper's form; under a load where a query has more than
        `far_tokens`, or everywhere where `support` is ``"extrapolated"``.
        """

        def outside(inputs: Array, outputs: Array, _: Array) -> Any:
            return self.is_outside(inputs, outputs)

        return over_lengths(outside, (input_tokens, output_tokens, 0.0), {"name": "extrapolated"})

    def power_profile(self, loads: Sequence[float] | None = None, *, level: float = 0.9) -> PowerProfile:
        """Return the power of the instance over its load, with bands: see `wattquery.power_profile`.

        Parameters
        ----------
        loads
            Running sequences over the most that run at once, from 0 to 1 [1]; a usual set where it is left out.
        level
            Probability of the bands [1].

        Raises
        ------
        InputError
            If the cell is under no load, or has levers or steps of a boundary.
        """
        from wattquery.embedding.power_profile import LOADS, power_profile  # which takes what is prepared

        return power_profile(self, loads=LOADS if loads is None else loads, level=level)

    def check(self, inputs: Array, outputs: Array, cached: Array) -> None:
        """Refuse lengths that no query has, or that the rows say nothing of; see `energy`."""
        check_lengths(inputs, outputs, cached, has_cache=self.is_under_load)
        if self.fit is not None and not (self.determined and not np.any(self.is_outside(inputs, outputs))):
            check_identified_at(self.fit, repr(self.assumptions["model"]), np.log(inputs), np.log(outputs))

    def _over(self, name: str, fill: Callable[..., None], *lengths: Any) -> Any:
        """Return what a kernel fills in, in the form of the lengths."""

        def compute(inputs: Array, outputs: Array, cached: Array) -> Array:
            self.check(inputs, outputs, cached)
            found = np.empty(inputs.size)
            fill(self.numbers, inputs, outputs, cached, found)
            return found

        unit = {"energy": "Wh", "sigma": "1"}[name]
        return over_lengths(compute, lengths, {"name": name, "units": unit, "boundary": self.boundary})

    def is_outside(self, inputs: Any, outputs: Any) -> Any:
        """Return whether lengths lie beyond what was measured: numbers, or arrays."""
        beyond = inputs + outputs > self.far_tokens
        if self.is_under_load:
            return beyond | (self.support == "extrapolated")
        for values, ends in ((inputs, self.input_tokens_measured), (outputs, self.output_tokens_measured)):
            low, high = (math.inf, -math.inf) if ends is None else ends
            beyond = beyond | (values < low) | (values > high)
        return beyond

    def _is_determined(self) -> bool:
        """Return whether the rows determine the throughput everywhere between their lengths, as they do at corners."""
        if self.fit is None or self.input_tokens_measured is None or self.output_tokens_measured is None:
            return self.fit is None
        inputs, outputs = np.meshgrid(*(np.log(np.geomspace(*one, 5)) for one in self._measured()))
        try:
            check_identified_at(self.fit, "", inputs.ravel(), outputs.ravel())
        except InputError:
            return False
        return True

    def _measured(self) -> list[Range]:
        return [one for one in (self.input_tokens_measured, self.output_tokens_measured) if one is not None]


def interval_quantile(level: float) -> float:
    """Return where the central interval of a probability ends, in standard deviations of a normal [1]."""
    return _quantile_of(level if type(level) is float else _level("level", level))


@lru_cache(maxsize=256)
def _quantile_of(level: float) -> float:
    return float(standard_normal(0.5 + 0.5 * _level("level", level)))


def _level(name: str, value: Any) -> float:
    if not is_number(value) or not 0.0 < value < 1.0:
        raise InputError(f"{name} must be a probability between 0 and 1, got {shown(value)}: write 5 % as 0.05.")
    return float(value)
