"""`request_energy`: the energy of one request with its interval, fast enough for every request of a gateway."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wattquery.embedding.lengths import LONGEST, SHORTEST, plain_number
from wattquery.embedding.prepared_query import PreparedQuery, interval_quantile
from wattquery.errors import InputTypeError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.kernels import prepared as kernels
from wattquery.specs.scalars import shown

__all__ = ["RequestEnergy", "request_energy"]


class RequestEnergy(NamedTuple):
    """The energy of one request of known lengths.

    Attributes
    ----------
    energy_wh
        Expected energy over what is not known [Wh]: what sums over requests.
    low_wh, high_wh
        Ends of the central interval over all that is not known [Wh]; they do not sum, as what is not known is the same
        for all requests.
    level
        Probability of the interval [1].
    boundary
        What is counted, such as ``"facility"``.
    extrapolated
        Whether it lies beyond what was measured, see `PreparedQuery.extrapolated`.
    """

    energy_wh: float
    low_wh: float
    high_wh: float
    level: float
    boundary: str
    extrapolated: bool


@refuses_unknown
def request_energy(
    prepared: PreparedQuery,
    input_tokens: float,
    output_tokens: float,
    cached_tokens: float = 0,
    level: float = 0.9,
) -> RequestEnergy:
    """Return the energy of one request of given lengths, with its interval.

    Safe in any number of threads.

    Parameters
    ----------
    prepared
        What `wattquery.prepare` returned.
    input_tokens, output_tokens, cached_tokens
        L_in with the cached ones, L_out, and L_cached [tokens].
    level
        Probability of the interval [1].

    Raises
    ------
    InputError, InputTypeError
        If a length is no number or below a token, cached tokens are more than the input, or the level is not
        between 0 and 1; see `PreparedQuery.energy`.

    Examples
    --------
    >>> import wattquery as wq
    >>> cell = wq.prepare("Llama 3.1 405B")
    >>> found = wq.request_energy(cell, input_tokens=500, output_tokens=300)
    >>> round(found.low_wh, 3), round(found.energy_wh, 3), round(found.high_wh, 3)
    (0.252, 0.413, 0.628)
    """
    if not isinstance(prepared, PreparedQuery):
        raise InputTypeError(f"prepared must be what wq.prepare(...) returns, got {shown(prepared)}: prepare it once.")
    inputs, outputs, cached = (
        one if type(one) is float else plain_number(name, one)
        for name, one in (
            ("input_tokens", input_tokens),
            ("output_tokens", output_tokens),
            ("cached_tokens", cached_tokens),
        )
    )
    z = interval_quantile(level)
    middle, low, high = kernels.request(prepared.numbers, z, inputs, outputs, cached)
    outside = bool(prepared.is_outside(inputs, outputs))
    known = prepared.fit is None or (prepared.determined and not outside)
    if not (known and low == low and SHORTEST <= inputs <= LONGEST and SHORTEST <= outputs <= LONGEST):
        prepared.check(np.array([inputs]), np.array([outputs]), np.array([cached]))
    return RequestEnergy(middle, low, high, level, prepared.boundary, outside)
