"""Which rows of a large table are worth a closer look: those that come near a limit, or say more than most rows do.

What passes here passes every check, so that a million rows take the time of a few multiplications each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from wattquery.catalog.physics.benchmark_rows import Setting, clean_counts, setting_of
from wattquery.catalog.physics.constants import (
    FASTEST_TOKEN,
    FLOP_PER_PARAMETER,
    LEAST_OF_LATENCY,
    LONGEST_FIRST,
    MOST_OF_BANDWIDTH,
    MOST_OF_LATENCY,
    MOST_OF_MEASURED,
    MOST_WITH_INPUT,
    SHORTEST_FIRST,
    SLOWEST_TOKEN,
    USED_MEMORY,
)
from wattquery.catalog.physics.own_cells import cell_number, is_unread, own_column
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
    setting, is_known
        What the labels stand for, and whether anything is known of it.
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
    is_known: bool
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
        group = groups.get(key)
        if group is None:
            group = groups[key] = _group(row)
        own = row.others
        if not own and not row.batch_size:  # most rows take this way
            if group.is_known and (group.looked_at or not group.passes(row, None)):
                yield place, row, group.setting
            continue
        fields = _recognised(tuple([header for header, _ in own])) if own else _NOTHING
        if not fields and not group.is_known:
            continue
        more = group.looked_at or not _PLAIN.issuperset(fields)
        if more or not _passes(row, fields, group):
            yield place, row, group.setting


def _passes(row: BenchmarkRow, fields: Mapping[str, tuple[int, float]], group: _Group) -> bool:
    """Return whether a row is within every limit, its columns of a user's own among them."""
    for field, (place, _) in fields.items():
        if field != "speculation" and _is_unread(row.others[place][1]):
            return False
    sequences = _own(row, "concurrency", fields) if "concurrency" in fields else _number(row.batch_size)
    if sequences is not None and "accelerators" in fields:
        of = _own(row, "accelerators", fields)
        if of and of < group.accelerators:
            sequences *= group.accelerators / of  # of a whole node, as the rate
    if not group.passes(row, sequences):
        return False
    step, first = _own(row, "per_token", fields), _own(row, "first_token", fields)
    if step is None or sequences is None:
        is_usual = first is None or SHORTEST_FIRST <= first <= LONGEST_FIRST
        return is_usual and (step is None or FASTEST_TOKEN <= step <= SLOWEST_TOKEN)
    if not FASTEST_TOKEN <= step <= SLOWEST_TOKEN:
        return False
    length = row.output_tokens
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
_is_unread = lru_cache(maxsize=65536)(is_unread)


@lru_cache(maxsize=1024)
def _recognised(headers: tuple[str, ...]) -> Mapping[str, tuple[int, float]]:
    """Return where the columns of a user's own that are recognised stand, by field, and what scales them."""
    found: dict[str, tuple[int, float]] = {}
    for i, header in enumerate(headers):
        column = own_column(header)
        if column is not None:
            # Of two columns of one field a closer look tells whether they differ.
            found[f"{column.field}, again" if column.field in found else column.field] = (i, column.scale)
    return found


def _group(row: BenchmarkRow) -> _Group:
    """Return what rows with the labels of this one have in common."""
    setting = setting_of(row.model, row.hardware, row.active_parameters, row.total_parameters)
    model, device, bits = setting.architecture, setting.accelerator, bits_of(row.precision)
    rate = room = bandwidth = float("inf")
    cache = weights = 0.0
    counts = clean_counts(row, setting)
    # The reading that allows most: a row that is right in it is right.
    count = max(counts, default=max((device.per_node if device else None) or 1.0, float(setting.counted or 0)))
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
    return _Group(setting, setting.is_known, not counts, rate, cache, room, weights, bandwidth, count)
