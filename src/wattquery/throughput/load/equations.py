"""From numbers of cells and a load to rates, latencies, power and energy: logarithms of medians, one for each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wattquery.kernels.load.closed_loop import closed_loop
from wattquery.kernels.load.fixed_batch import at_batch, at_maximum_load
from wattquery.kernels.load.power import host_share, power, product_share
from wattquery.throughput.load.cells import CellNumbers, Cells
from wattquery.throughput.load.conditions import Conditions
from wattquery.throughput.load.parameters import Layout

__all__ = ["LoadEquations", "Rates"]

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rates:
    """What the equations give, one for each row; NaN where nothing can be predicted.

    Attributes
    ----------
    tpot_s, ttft_s
        ln of the mean time per output token and to first token [ln s]; the latter in closed loops alone.
    output_tps_per_accelerator
        ln of the throughput of an accelerator [ln(tokens/s)].
    power_w_per_accelerator, joules_per_output_token
        ln of the mean power [ln W] and of the energy of an output token [ln J], of the accelerators alone.
    batch
        Running sequences of one instance [1].
    decode_share
        Share of a request's time that it decodes; 1 where the batch is given [1].
    input_tokens
        Mean input length [tokens].
    """

    tpot_s: Numbers
    ttft_s: Numbers
    output_tps_per_accelerator: Numbers
    power_w_per_accelerator: Numbers
    joules_per_output_token: Numbers
    batch: Numbers
    decode_share: Numbers
    input_tokens: Numbers

    def of(self, quantity: str) -> Numbers:
        """Return the logarithms of a quantity, one of `wattquery.throughput.load.observations.QUANTITIES`."""
        numbers: Numbers = getattr(self, quantity)
        return numbers


class LoadEquations:
    """The equations for some rows, ready for any vector of parameters.

    Parameters
    ----------
    layout
        Which numbers the vectors hold.
    at
        The conditions of the rows.
    """

    def __init__(self, layout: Layout, at: Conditions) -> None:
        self.layout, self.at = layout, at
        self.cells = Cells(layout, at)
        able = at.reason == ""
        batch = able & ~np.isnan(at.batch)
        maximum = able & at.at_maximum_load & ~batch
        closed = able & ~batch & ~maximum
        self._loads = ((closed, _closed), (batch, _at_batch), (maximum, _at_maximum))

    def rates(self, vector: Numbers) -> Rates:
        """Return what a vector of parameters predicts."""
        return self.rates_of(self.cells.numbers(vector))

    def rates_of(self, cells: CellNumbers, wanted: NDArray[np.bool_] | None = None) -> Rates:
        """Return what the numbers of cells predict, for some rows: NaN for the others.

        Parameters
        ----------
        cells
            From a vector of parameters, by `cells.numbers`.
        wanted
            Which rows; all where it is not given.
        """
        made = {name: np.full(len(self.at), np.nan) for name in _RATES}
        for able, load in self._loads:
            rows = np.flatnonzero(able if wanted is None else able & wanted)
            if not len(rows):
                continue
            found = load(cells.of(rows), self.at, rows, cells.input_tokens[rows], cells.context_tokens[rows])
            for name, column in found.items():
                made[name][rows] = column
        # Of all accelerators, those of prefill included.
        made["output_tps_per_accelerator"] *= self.at.instance.of_all
        return _in_logarithms(made, cells.input_tokens)


_OF_A_ROUND = 0.86
"""Published mean time per token over that of a round at a given batch, as B/throughput has it: the median of the 265
rows that have both (vLLM 0.5; middle half 0.71 to 0.94). Throughput, power and energy go by the round."""

_RATES = ("tpot_s", "ttft_s", "output_tps_per_accelerator", "power_w_per_accelerator", "batch", "decode_share")


def _closed(numbers: Numbers, at: Conditions, rows: Any, inputs: Numbers, context: Numbers) -> dict[str, Any]:
    """Return the rates of rows with a fixed number of clients."""
    outputs, concurrency = at.output_tokens[rows], at.concurrency[rows]
    tpot, ttft, throughput, batch, share = closed_loop(numbers, inputs, outputs, context, concurrency)
    _, _, step = at_batch(numbers, inputs, outputs, context, batch)
    shares = _shares(numbers, inputs, outputs, context, batch, step)
    round_s = batch / (throughput * at.instance.accelerators[rows])
    watts = power(numbers, inputs / outputs, context, batch, round_s, *shares)
    return dict(zip(_RATES, (tpot, ttft, throughput, watts, batch, share), strict=True))


def _at_batch(numbers: Numbers, at: Conditions, rows: Any, inputs: Numbers, context: Numbers) -> dict[str, Any]:
    """Return the rates of rows whose mean batch is known."""
    outputs, batch = at.output_tokens[rows], at.batch[rows]
    tpot, throughput, round_s = at_batch(numbers, inputs, outputs, context, batch)
    return _with_power(numbers, inputs, outputs, context, _OF_A_ROUND * tpot, throughput, round_s, batch)


def _at_maximum(numbers: Numbers, at: Conditions, rows: Any, inputs: Numbers, context: Numbers) -> dict[str, Any]:
    """Return the rates of rows where all requests are queued at once."""
    outputs = at.output_tokens[rows]
    found = at_maximum_load(numbers, inputs, outputs, context)
    return _with_power(numbers, inputs, outputs, context, *found)


def _with_power(
    numbers: Numbers, inputs: Any, outputs: Any, context: Any, tpot: Any, throughput: Any, round_s: Any, batch: Any
) -> dict[str, Any]:
    shares = _shares(numbers, inputs, outputs, context, batch, round_s)
    watts = power(numbers, inputs / outputs, context, batch, round_s, *shares)
    return dict(zip(_RATES, (tpot, np.nan, throughput, watts, batch, 1.0), strict=True))


def _shares(numbers: Numbers, inputs: Any, outputs: Any, context: Any, batch: Any, round_s: Any) -> tuple[Any, Any]:
    """Return the shares of a round in which the host is waited for, and in which products are computed."""
    host = host_share(numbers, context, batch, round_s)
    return host, product_share(numbers, inputs, outputs, context, batch, round_s)


def _in_logarithms(made: dict[str, Numbers], inputs: Numbers) -> Rates:
    logarithms = {name: np.log(made[name]) for name in _RATES[:4]}
    joules = logarithms["power_w_per_accelerator"] - logarithms["output_tps_per_accelerator"]
    return Rates(
        **logarithms,
        joules_per_output_token=joules,
        batch=made["batch"],
        decode_share=made["decode_share"],
        input_tokens=inputs,
    )
