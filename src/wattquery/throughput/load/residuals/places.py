"""Where rows stand: their labels, load and decode share; and which of their measured quantities say something new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.observations import QUANTITIES

__all__ = ["OUTPUTS", "Measured", "Places", "quantity_weights", "telling"]

Array = NDArray[np.float64]
Words = NDArray[np.object_]
Integers = NDArray[np.int64]

OUTPUTS = ("tpot_s", "ttft_s", "power_w_per_accelerator")
"""The three logarithms that have residuals of their own; those of `QUANTITIES` are sums of them."""

_PRECEDENCE = tuple(QUANTITIES.index(name) for name in (*OUTPUTS, "output_tps_per_accelerator"))
_PRECEDENCE = (*_PRECEDENCE, QUANTITIES.index("joules_per_output_token"))
# A decode share of .97 makes throughput the time per token once more, with the rounding of both as its only news.
_SAYS_SOMETHING_NEW = 0.3


@dataclass(frozen=True, eq=False, kw_only=True)
class Places:
    """Rows as the process sees them, measured or not.

    Attributes
    ----------
    architecture, hardware, stack, precision, configuration, lengths
        Labels, compared and never looked up. The configuration holds architecture, accelerator, stack, precision,
        division of the instance and speculation; lengths the token lengths, or the task where it has none.
    log_load, log_accelerators, log_input
        Logarithms of the mean number of running sequences, of the accelerators of an instance and of the mean input
        length in tokens [1].
    date
        Of the measurement [decimal years].
    decode_share
        Share of the time from a request to its last token that decoding takes [1]; 1 where the batch is given.
    """

    architecture: Words
    hardware: Words
    stack: Words
    precision: Words
    configuration: Words
    lengths: Words
    log_load: Array
    log_accelerators: Array
    log_input: Array
    date: Array
    decode_share: Array

    def __len__(self) -> int:
        return len(self.architecture)

    def take(self, rows: NDArray[Any]) -> Self:
        """Return some rows, by their numbers or by a mask."""
        return replace(self, **{one.name: getattr(self, one.name)[rows] for one in fields(self)})

    @classmethod
    def joined(cls, parts: Iterable[Places]) -> Places:
        """Return the rows of all parts, in their order."""
        every = list(parts)
        return cls(**{one.name: np.concatenate([getattr(part, one.name) for part in every]) for one in fields(cls)})


@dataclass(frozen=True, eq=False)
class Measured:
    """Residuals that say something new, one after another: which row, which sum of `OUTPUTS`, and its value.

    Attributes
    ----------
    rows
        Number of the row of each.
    weights
        Of the three outputs, (residuals, 3).
    values
        Measured minus predicted, of the logarithm [1].
    """

    rows: Integers
    weights: Array
    values: Array

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, rows: NDArray[np.bool_]) -> Measured:
        """Return those of some rows, whose numbers are then counted among these rows."""
        mine = rows[self.rows]
        number = np.cumsum(rows) - 1
        return Measured(number[self.rows[mine]], self.weights[mine], self.values[mine])


def quantity_weights(decode_share: Array) -> Array:
    """Return how the logarithms of `QUANTITIES` are made of `OUTPUTS`: an array (rows, 5, 3).

    Throughput is -(s, 1 - s, 0) with the decode share s, and energy per token is power less throughput. That is exact
    for small residuals, and for large ones where s is 0 or 1.

    Examples
    --------
    >>> quantity_weights(np.array([0.75]))[0]
    array([[ 1.  ,  0.  ,  0.  ],
           [ 0.  ,  1.  ,  0.  ],
           [-0.75, -0.25,  0.  ],
           [ 0.  ,  0.  ,  1.  ],
           [ 0.75,  0.25,  1.  ]])
    """
    share = np.clip(np.where(np.isnan(decode_share), 1.0, decode_share), 0.0, 1.0)
    none, one = np.zeros_like(share), np.ones_like(share)
    rows = {
        "tpot_s": (one, none, none),
        "ttft_s": (none, one, none),
        "output_tps_per_accelerator": (-share, share - 1.0, none),
        "power_w_per_accelerator": (none, none, one),
        "joules_per_output_token": (share, 1.0 - share, one),
    }
    return np.stack([np.stack(rows[name], axis=-1) for name in QUANTITIES], axis=1)


def telling(places: Places, residuals: Array) -> Measured:
    """Return the residuals that say something new about their row.

    Of a row with time per token and throughput at a given batch, or with power, throughput and energy, one follows
    from the others: it is left out, since rounding alone would contradict them. The order is that of `OUTPUTS`, then
    throughput, then energy.

    Parameters
    ----------
    places
        The rows.
    residuals
        Measured minus predicted, of the logarithms of `QUANTITIES`: (rows, 5), NaN where nothing was measured.
    """
    weights = quantity_weights(places.decode_share)
    known = np.zeros((len(places), 3, 3))
    kept = np.zeros(residuals.shape, dtype=bool)
    for place, quantity in enumerate(_PRECEDENCE):
        direction = weights[:, quantity] / np.linalg.norm(weights[:, quantity], axis=1, keepdims=True)
        rest = direction - np.einsum("rij,rj->ri", known, direction)
        size = np.linalg.norm(rest, axis=1)
        new = np.isfinite(residuals[:, quantity]) & (size > (_SAYS_SOMETHING_NEW if place else 0.0))
        unit = rest[new] / size[new, None]
        known[new] += unit[:, :, None] * unit[:, None, :]
        kept[:, quantity] = new
    rows, quantities = np.nonzero(kept)
    return Measured(rows.astype(np.int64), weights[rows, quantities], residuals[rows, quantities])
