"""One run of a benchmark, as its file says it: the common form between the readers and the rows of a catalog.

What a file does not say is None or empty here. Nothing is scaled and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from wattquery.errors import InputError

__all__ = ["Read", "Run", "each"]

T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """One run of a benchmark.

    Attributes
    ----------
    tool
        What wrote the file, such as ``"vllm bench serve"``.
    place
        Where it stands, for messages: file, and line or entry.
    line
        Its line or its number in the file, from 1.
    output_rate
        Generated tokens per second of all accelerators of the run [tokens/s]; of each where ``is_per_accelerator``.
    is_per_accelerator
        Whether the rate is that of one accelerator.
    model, hardware, serving, version, precision
        What was run; empty where the file does not say it.
    accelerators
        How many the run had [1].
    tensor_parallel, pipeline_parallel, expert_parallel
        Accelerators that layers, stages and experts are split over [1].
    data_parallel
        Copies of the model, or of its attention, within one instance [1].
    attention_data_parallel
        Whether each accelerator of an instance has the attention of requests of its own; None where it is not known.
    has_prefill_apart
        Whether prefill ran on accelerators of its own.
    input_tokens, output_tokens
        Mean lengths of the requests that completed [tokens].
    concurrency
        Mean number of requests in flight, or their limit where it was kept up [1].
    running
        Mean number of sequences that ran, without those that waited [1].
    first_token, per_token
        Mean time to the first token and mean time of each further one [s].
    median_first_token, median_per_token
        Medians of both, where the file has no mean [s].
    power
        Mean power of one accelerator [W].
    metered
        Of how many accelerators it is the mean; None where it is of those of the run.
    system_power
        Mean power of the whole system, at the wall [W].
    speculation
        ``"on"``, ``"off"`` or empty where it is not known.
    task
        What kind of load it was, in the file's words.
    notes
        What was done with what the file says, a sentence each.
    """

    tool: str
    place: str
    line: int
    output_rate: float
    is_per_accelerator: bool = False
    model: str = ""
    hardware: str = ""
    serving: str = ""
    version: str = ""
    precision: str = ""
    accelerators: int | None = None
    tensor_parallel: int | None = None
    pipeline_parallel: int | None = None
    expert_parallel: int | None = None
    data_parallel: int | None = None
    attention_data_parallel: bool | None = None
    has_prefill_apart: bool = False
    input_tokens: float | None = None
    output_tokens: float | None = None
    concurrency: float | None = None
    running: float | None = None
    first_token: float | None = None
    per_token: float | None = None
    median_first_token: float | None = None
    median_per_token: float | None = None
    power: float | None = None
    metered: int | None = None
    system_power: float | None = None
    speculation: str = ""
    task: str = ""
    notes: tuple[str, ...] = ()


Read = Run | InputError
"""What one run of a file is read as: it, or why it cannot be, while others of the file can."""


def each(ones: Iterable[T], make: Callable[[T], Run]) -> Iterator[Read]:
    """Yield the run of each of several, or the error where there is none."""
    for one in ones:
        try:
            yield make(one)
        except InputError as error:
            yield error
