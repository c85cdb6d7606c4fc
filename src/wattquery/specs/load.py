"""What a user writes for an instance under load, checked: its size, its load, and what of its input is cached."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from wattquery.errors import InputError
from wattquery.specs.digest import NOT_TOLD
from wattquery.specs.distributions import Distribution
from wattquery.specs.ranges import ranged_number
from wattquery.specs.scalars import is_number, shown
from wattquery.specs.workload import Workload

__all__ = ["KV_PRECISIONS", "LOAD_CONVERTERS", "MOST_SEQUENCES", "SPECULATION", "Batch", "QueryLengths", "UnderLoad"]

KV_PRECISIONS = ("BF16", "FP8")
"""In which keys and values may be stated to be kept."""

SPECULATION = ("off", "on", "unknown")
"""What may be stated of speculative decoding, multi-token prediction included."""

MOST_SEQUENCES = 256
"""Which an instance runs at once where nothing is said."""


@dataclass(frozen=True)
class QueryLengths:
    """The lengths of queries: those of a workload, or two that are independent of each other.

    Attributes
    ----------
    workload
        Joint lengths, in place of the two others.
    output_tokens, input_tokens
        Lengths [tokens].
    cached
        What of the input is cached: a number [tokens], or below 1 a share of it [1]; None for what the workload says.
    """

    workload: Workload | None
    output_tokens: Distribution | None
    input_tokens: Distribution | None
    cached: float | None = None

    @property
    def cached_share(self) -> float:
        """What is cached, where it is a share of the input [1]."""
        return self.cached if self.cached is not None and self.cached < 1.0 else 0.0

    @property
    def cached_number(self) -> float:
        """What is cached, where it is a number [tokens]."""
        return self.cached if self.cached is not None and self.cached >= 1.0 else 0.0


Batch: TypeAlias = tuple[tuple[float, QueryLengths], ...]
"""What fills a batch: shares of the queries, of sum 1, and their lengths."""


@dataclass(frozen=True)
class UnderLoad:
    """What is asked for under a load beside the axes.

    Attributes
    ----------
    batch_workload
        What fills the batch: shares and workloads, of sum 1; None for the queries of each cell.
    batches
        In its place what fills the batch at each combination of the lengths, in their order: that of a fleet, whose
        classes share instances.
    kv_precision
        In which keys and values are kept; None for what the serving system does.
    max_sequences
        Most sequences that an instance runs at once [1].
    speculation
        One of `SPECULATION`.
    measured, measured_as
        A user's points by which the load model is calibrated, `wattquery.measured.MeasuredPoints`, and what they are
        called in words; None and nothing where there are none.
    """

    batch_workload: tuple[tuple[float, Workload], ...] | None = None
    kv_precision: str | None = None
    max_sequences: int = MOST_SEQUENCES
    speculation: str = "off"
    batches: tuple[Batch, ...] | None = None
    measured: Any = field(default=None, metadata=NOT_TOLD)
    measured_as: str = field(default="", metadata=NOT_TOLD)


def accelerators(value: object) -> int:
    """Return the accelerators of an instance, a whole number of them."""
    number = ranged_number("accelerators", value)
    if number != int(number):
        raise InputError(
            f"accelerators must be a whole number of them in one instance, got {shown(value)}: write 8 for one usual "
            "node, whatever several copies of the model take."
        )
    return int(number)


def load(value: object) -> float:
    """Return running sequences as a share of the most that run at once [1]."""
    # Said before its range is, which somebody may vouch for: more sequences than fit there are none.
    share = value if is_number(value) and value > 1.0 else ranged_number("load", value)
    if share > 1.0:
        raise InputError(
            f"load must be at most 1, where the most sequences run that fit, got {shown(value)}: write 50 % as 0.5, or "
            "pass concurrency= for a number of running sequences."
        )
    return share


def concurrency(value: object) -> float:
    """Return the mean number of running sequences of one instance [1]."""
    return ranged_number("concurrency", value)


def cached_tokens(value: object) -> float:
    """Return input tokens that are in a cache: a number [tokens], or below 1 a share of the input [1]."""
    cached = ranged_number("cached_tokens", value)
    if 1.0 <= cached < 2.0:
        raise InputError(
            f"cached_tokens must be a share of the input below 1, or a number of 2 tokens or more, got {shown(value)}, "
            "which may be meant as either: write 0.99 for nearly all of the input, of which at least one token is new."
        )
    return cached


LOAD_CONVERTERS: Mapping[str, Callable[[object], float]] = {
    "accelerators": accelerators,
    "load": load,
    "concurrency": concurrency,
    "cached_tokens": cached_tokens,
}
"""By axis."""
