"""What a table of the load model is asked for: the labels of its axes, as facts, and what holds for all of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wattquery.catalog.facts import Accelerator, Architecture
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.specs.scalars import is_whole, shown
from wattquery.throughput.load.attention_reach import CACHED_WEIGHT
from wattquery.throughput.load.deployments.lengths import LengthCase
from wattquery.throughput.load.deployments.standing import Measured, Standing, standing_of
from wattquery.throughput.load.query_energy import NODE_FACTOR

__all__ = ["KEY_VALUE_BYTES", "LoadCases", "LoadSettings", "native_precision"]

KEY_VALUE_BYTES = {"BF16": 2.0, "FP8": 1.0}
"""Bytes of an element of the key-value cache, by its precision [bytes]."""

SPECULATIONS = ("off", "on", "unknown")

_NATIVE = (
    ("FP4", ("mxfp4", "nvfp4", "fp4 experts")),
    ("INT4", ("int4",)),
    ("FP8", ("fp8",)),
    ("INT8", ("int8",)),
    ("FP16", ("fp16",)),
)
"""Labels of precisions by the words in which the published one of an architecture is told."""


def native_precision(facts: Architecture) -> str:
    """Return the label of the precision in which the weights of an architecture were published.

    That of most of them: a mixture whose experts have 4 bits is in 4 bits. BF16 where nothing is known.

    Examples
    --------
    >>> import wattquery as wq
    >>> [native_precision(wq.catalog.architecture(name)) for name in ("gpt-oss-120b", "DeepSeek-V3", "Llama 3.1 8B")]
    ['FP4', 'FP8', 'BF16']
    """
    words = facts.native_precision.casefold()
    return next((label for label, parts in _NATIVE if any(part in words for part in parts)), "BF16")


@dataclass(frozen=True, kw_only=True)
class LoadSettings:
    """What holds for all forms of a table.

    Parameters
    ----------
    kv_precision
        Of the key-value cache, ``"BF16"`` or ``"FP8"``, for its size and its reads alike; None for what the fit says of
        the precision of the weights and the serving system.
    max_sequences
        Which a scheduler lets run at once, of one instance [1].
    speculation
        Whether multi-token prediction or speculative decoding is ``"on"`` or ``"off"``. ``"unknown"`` counts as off.
    cached_weight
        Prefill of a cached token relative to that of a new one [1].
    node_factor, node_watts
        What a node draws for each watt of its accelerators [1], and beside them for each accelerator [W]: None for what
        its type does, see `wattquery.throughput.load.deployments.nodes`.

    Raises
    ------
    InputError, InputTypeError
        If a setting is none of these.
    """

    kv_precision: str | None = None
    max_sequences: int = 256
    speculation: str = "off"
    cached_weight: float = CACHED_WEIGHT
    node_factor: float = NODE_FACTOR
    node_watts: float | None = None

    def __post_init__(self) -> None:
        if self.kv_precision is not None:
            _check_word(self.kv_precision, "kv_precision", tuple(KEY_VALUE_BYTES))
        _check_word(self.speculation, "speculation", SPECULATIONS)
        if not is_whole(self.max_sequences) or self.max_sequences < 1:
            kind = InputError if is_whole(self.max_sequences) else InputTypeError
            raise kind(
                f"max_sequences must be a whole number of 1 or more, got {shown(self.max_sequences)}. Give the most "
                "sequences that the scheduler lets run at once, such as 256."
            )


def _check_word(value: object, name: str, allowed: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in allowed:
        raise InputError(
            f"{name} must be one of {listed(allowed)}, got {shown(value)}. Name one of these, or leave it "
            f"out.{did_you_mean(value, allowed)}"
        )


@dataclass(frozen=True, kw_only=True)
class LoadCases:
    """The axes of a table: all combinations of their labels are its forms, in this order.

    Attributes
    ----------
    models, hardware
        Facts: of the catalog ``default``, or a user's own.
    serving
        Serving systems; see `wattquery.throughput.load.deployments.builds.build_of`.
    precision
        Of the weights; ``""`` for that in which they were published.
    accelerators
        Of one instance [1]; None for the smallest power of two on which 8 sequences run at once.
    loads
        Running sequences relative to those that fit [1], or their number.
    is_concurrency
        Whether ``loads`` are numbers of running sequences.
    lengths
        Of the query and of the batch.
    settings
        What holds for all.
    measured, measured_as
        What a user measured, by which the load model is calibrated, and what it is called; None for nothing.

    Raises
    ------
    InputError
        If a load is not above 0, or above 1 where it is a share, or an instance has no whole number of accelerators.
    """

    models: tuple[Architecture, ...]
    hardware: tuple[Accelerator, ...]
    serving: tuple[str, ...]
    precision: tuple[str, ...]
    accelerators: tuple[int | None, ...]
    loads: tuple[float, ...]
    lengths: tuple[LengthCase, ...]
    is_concurrency: bool = False
    settings: LoadSettings = field(default_factory=LoadSettings)
    measured: Measured | None = None
    measured_as: str = ""

    def __post_init__(self) -> None:
        for load in self.loads:
            most = np.inf if self.is_concurrency else 1.0
            if not 0.0 < load <= most or not np.isfinite(load):
                name, allowed = ("concurrency", "above 0") if self.is_concurrency else ("load", "above 0, to 1")
                raise InputError(
                    f"{name} must be {allowed}, got {shown(load)}. A load is B/B_max, the running sequences relative "
                    "to those that fit; give their number as concurrency."
                )
        for count in self.accelerators:
            if count is not None and (not is_whole(count) or count < 1):
                raise InputError(
                    f"accelerators must be a whole number of 1 or more, got {shown(count)}. Give how many hold the "
                    "weights once, or leave it out."
                )

    @property
    def standing(self) -> Standing:
        """What the table stands on: the load model and the measured rows, a user's among them."""
        return standing_of(self.measured, self.settings.speculation, self.measured_as)

    @property
    def shape(self) -> tuple[int, ...]:
        """Numbers of labels, in the order of the forms."""
        axes = (self.models, self.hardware, self.serving, self.precision, self.accelerators, self.loads, self.lengths)
        return tuple(len(axis) for axis in axes)
