"""Which rows of a large table are worth a closer look: those that come near a limit, or say more than most rows do.

What passes here passes every check, so that a million rows take the time of a few multiplications each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from wattquery.catalog.physics.benchmark_rows import Setting, label_findings, setting_of
from wattquery.catalog.physics.constants import (
    FLOP_PER_PARAMETER,
    LEAST_OF_LATENCY,
    MOST_OF_BANDWIDTH,
    MOST_OF_LATENCY,
    MOST_OF_MEASURED,
    MOST_WITH_INPUT,
    SLOWEST_TOKEN,
    USED_MEMORY,
)
from wattquery.catalog.physics.own_cells import cell_number, own_column
from wattquery.catalog.physics.sizes import bits_of
from wattquery.catalog.row import BenchmarkRow

__all__ = ["worth_a_look"]

_key_of = attrgetter(
    "model",
    "hardware",
    "precision",
    "tensor_parallel",
    "active_parameters",
    "total_parameters",
    "architecture",
    "node_power",
)
_PLAIN = frozenset({"concurrency", "accelerators", "per_token", "first_token", "speculation", "pipeline_parallel"})
"""Columns of a user's own that a row is screened with; any other that is recognised takes a closer look."""

_NOTHING: Mapping[str, tuple[int, float]] = {}
_MOST_CACHE_BYTES = 2.0


@dataclass(frozen=True, slots=True)
class _Group:
    """What rows with the same labels have in common.

    Attributes
    ----------
    setting
        What the labels stand for.
    looked_at
        Whether each row takes a closer look: something is wrong with what they have in common.
    rate
        Input and output tokens per second that are not questioned [tokens/s]; infinite where not known.
    cache
        Bytes of cache of a token, at most.
    room
        Bytes of memory beside the weights; infinite where not known.
    weights, bandwidth
        Bytes of all weights, and bytes per second; no bandwidth where it is not known.
    accelerators
        Those of a node.
    """

    setting: Setting
    looked_at: bool
    rate: float
    cache: float
    room: float
    weights: float
    bandwidth: float
    accelerators: float

    def passes(self, row: BenchmarkRow, sequences: float | None) -> bool:
        """Return whether a row is within every limit."""
        rate, inputs, outputs = row.tokens_per_second, row.input_tokens, row.output_tokens
        context = 0.0
        if outputs is None or inputs is None:
            if rate > self.rate:
                return False
        elif rate * (outputs + inputs) > self.rate * outputs:
            return False
        else:
            context = inputs + outputs
        if sequences is None:
            return True
        cache = sequences * context * self.cache
        return cache <= self.room and rate * (self.weights + cache) <= self.bandwidth * sequences


def worth_a_look(rows: Iterable[BenchmarkRow]) -> Iterator[tuple[int, BenchmarkRow, Setting]]:
    """Yield place and row of those that come near a limit or say more than most do, with what their labels mean."""
    groups: dict[tuple[object, ...], _Group] = {}
    for place, row in enumerate(rows):
        key = _key_of(row)
        if key not in groups:
            groups[key] = _group(row)
        group, own = groups[key], row.others
        fields = _recognised(tuple([header for header, _ in own])) if own else _NOTHING
        if not fields and not group.setting.is_known:
            continue
        more = group.looked_at or not _PLAIN.issuperset(fields)
        if more or not _passes(row, fields, group):
            yield place, row, group.setting


def _passes(row: BenchmarkRow, fields: Mapping[str, tuple[int, float]], group: _Group) -> bool:
    """Return whether a row is within every limit, its columns of a user's own among them."""
    sequences = _own(row, "concurrency", fields) if "concurrency" in fields else _number(row.batch_size)
    if sequences is not None and "accelerators" in fields:
        of = _own(row, "accelerators", fields)
        if of and of < group.accelerators:
            sequences *= group.accelerators / of  # of a whole node, as the rate
    if not group.passes(row, sequences):
        return False
    step = _own(row, "per_token", fields)
    if step is None:
        return True
    length, first = row.output_tokens, _own(row, "first_token", fields)
    if sequences is None or step > SLOWEST_TOKEN:
        return step <= SLOWEST_TOKEN
    if first is None or length is None or length <= 1.0:
        return row.tokens_per_second * step <= MOST_OF_LATENCY * sequences
    ratio = row.tokens_per_second * (first + step * (length - 1.0)) / (sequences * length)
    return LEAST_OF_LATENCY <= ratio <= MOST_OF_LATENCY


def _own(row: BenchmarkRow, field: str, fields: Mapping[str, tuple[int, float]]) -> float | None:
    """Return the number in a column of a user's own; None where there is none."""
    if field not in fields:
        return None
    place, scale = fields[field]
    number = _number(row.others[place][1])
    return None if number is None else number * scale


_number = lru_cache(maxsize=65536)(cell_number)


@lru_cache(maxsize=1024)
def _recognised(headers: tuple[str, ...]) -> Mapping[str, tuple[int, float]]:
    """Return where the columns of a user's own that are recognised stand, by field, and what scales them."""
    found: dict[str, tuple[int, float]] = {}
    for i, header in enumerate(headers):
        column = own_column(header)
        if column is not None:
            found.setdefault(column.field, (i, column.scale))
    return found


def _group(row: BenchmarkRow) -> _Group:
    """Return what rows with the labels of this one have in common."""
    setting = setting_of(row.model, row.hardware, row.active_parameters, row.total_parameters)
    model, device, bits = setting.architecture, setting.accelerator, bits_of(row.precision)
    rate = room = bandwidth = float("inf")
    cache = weights = 0.0
    count = max((device.per_node if device else None) or 1.0, float(setting.counted or 0))
    if model and device:
        peak = device.peak(bits)
        if peak and model.multiplied:
            rate = MOST_WITH_INPUT * count * peak / (FLOP_PER_PARAMETER * model.multiplied)
        if measured := setting.measured(row.precision):
            rate = min(rate, MOST_OF_MEASURED * count * measured)
        if bits:
            weights, cache = model.total * bits / 8.0, model.cache * _MOST_CACHE_BYTES
            if device.memory and cache:
                room = USED_MEMORY * count * device.memory - weights
            if device.bandwidth:
                bandwidth = MOST_OF_BANDWIDTH * count * device.bandwidth
    return _Group(setting, bool(label_findings(row, setting)), rate, cache, room, weights, bandwidth, count)
