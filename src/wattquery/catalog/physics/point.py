"""An operating point as a row tells it, and what a check finds wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from wattquery.catalog.physics.sizes import Accelerator, Architecture, bits_of

__all__ = ["IMPOSSIBLE", "QUESTIONABLE", "Finding", "OperatingPoint"]

IMPOSSIBLE, QUESTIONABLE = "impossible", "questionable"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a row.

    Attributes
    ----------
    kind
        A short word for it, such as ``"above-compute"``.
    severity
        ``"impossible"``, which no machine can do, or ``"questionable"``, which another reading of the row explains.
    sentence
        What was given, what is possible, what it probably is and how to mend it.
    """

    kind: str
    severity: str
    sentence: str

    @property
    def is_impossible(self) -> bool:
        """Whether no machine can do it."""
        return self.severity == IMPOSSIBLE


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What is known of a measurement; None, or an empty text, for what is not.

    Attributes
    ----------
    architecture, accelerator
        Sizes of the model and ratings of the hardware.
    accelerators
        Those that the rate and the power are of.
    precision
        Of the weights, as the row names it.
    input_tokens, output_tokens
        Lengths of a request [tokens].
    concurrency
        Requests in flight.
    running
        Sequences that decode together on average; the concurrency is an upper bound of it.
    output_rate
        Output tokens per second of all accelerators together [tokens/s].
    request_rate
        Requests per second [1/s].
    first_token, per_token
        Time to the first token and time per output token after it [s].
    power
        Power of one accelerator [W].
    total_power
        Power of all of them, or of the node where the boundary says so [W].
    node_rating
        What the row states as the node's rated power [kW].
    boundary
        ``"accelerator"`` or ``"node"``: what the powers count.
    joules_per_token, joules_per_request
        Energy of an output token and of a request [J].
    total_parameters, active_parameters
        As the row states them [1e9].
    phase
        What the rate counts, where the row says that: ``"prefill only"``, ``"decode only"``, ``"both"``.
    speculation
        ``"on"``, ``"off"`` or ``"unknown"``.
    tensor_parallel, expert_parallel, pipeline_parallel, nodes
        How the model is divided, and over how many nodes.
    measured
        The most input and output tokens per second of one accelerator in measured rows of the same [tokens/s].
    """

    architecture: Architecture | None = None
    accelerator: Accelerator | None = None
    accelerators: float | None = None
    precision: str = ""
    input_tokens: float | None = None
    output_tokens: float | None = None
    concurrency: float | None = None
    running: float | None = None
    output_rate: float | None = None
    request_rate: float | None = None
    first_token: float | None = None
    per_token: float | None = None
    power: float | None = None
    total_power: float | None = None
    node_rating: float | None = None
    boundary: str = "accelerator"
    joules_per_token: float | None = None
    joules_per_request: float | None = None
    total_parameters: float | None = None
    active_parameters: float | None = None
    phase: str = ""
    speculation: str = "unknown"
    tensor_parallel: float | None = None
    expert_parallel: float | None = None
    pipeline_parallel: float | None = None
    nodes: float | None = None
    measured: float | None = None

    @property
    def bits(self) -> int | None:
        """Bits of a weight."""
        return bits_of(self.precision)

    @property
    def hardware(self) -> str:
        """The accelerators in words, such as ``8 H100 SXM``."""
        name = self.accelerator.name if self.accelerator else "accelerators"
        return name if self.accelerators is None else f"{self.accelerators:g} {name}"
