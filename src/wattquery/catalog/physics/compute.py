"""Whether arithmetic allows an output rate: two FLOP for each parameter that a token is multiplied with.

``rate * 2 * N <= G * F`` for the output alone, and ``rate * 2 * N * (1 + L_in / L_out)`` with the input, of which a
part may have been cached.
"""

from __future__ import annotations

from collections.abc import Iterator

from wattquery.catalog.physics.constants import (
    FLOP_PER_PARAMETER,
    MOST_OF_MEASURED,
    MOST_OF_PEAK,
    MOST_WITH_INPUT,
)
from wattquery.catalog.physics.point import IMPOSSIBLE, QUESTIONABLE, Finding, OperatingPoint
from wattquery.catalog.physics.words import times, tokens_rate

__all__ = ["compute_findings", "peak_rate"]


def peak_rate(point: OperatingPoint, bits: int | None) -> float | None:
    """Return the output tokens per second at the dense peak, nothing else to do [tokens/s]; None where not known."""
    if point.architecture is None or point.accelerator is None or point.accelerators is None:
        return None
    peak = point.accelerator.peak(bits)
    if peak is None or not point.architecture.multiplied:
        return None
    return point.accelerators * peak / (FLOP_PER_PARAMETER * point.architecture.multiplied)


def compute_findings(point: OperatingPoint) -> Iterator[Finding]:
    """Yield what arithmetic says against a rate."""
    best, rate = peak_rate(point, point.bits), point.output_rate
    if best is None or rate is None or point.phase == "prefill only":
        return
    subject = f"{tokens_rate(rate)} output tokens/s of {_model(point)} on {point.hardware}"
    share = rate / best
    if share > MOST_OF_PEAK:
        yield Finding(
            "above-compute",
            IMPOSSIBLE,
            f"{subject} are {times(share)} what its dense peak computes, which is {tokens_rate(best)} for the output "
            f"alone; {_cause(point, rate)}",
        )
        return
    if point.input_tokens is None or not point.output_tokens or point.phase == "decode only":
        ratio, lengths = 1.0, "for the output alone"
    else:
        ratio = 1.0 + point.input_tokens / point.output_tokens
        lengths = f"at {point.input_tokens:,g} input and {point.output_tokens:,g} output tokens"
    if share * ratio <= MOST_WITH_INPUT:
        yield from _beside_measured(point, subject, ratio)
        return
    bound = f"need {times(share * ratio)} its dense peak {lengths}, and measured rows need at most {MOST_WITH_INPUT:g}"
    kind, output = "above-compute-with-input", f"then {tokens_rate(rate / ratio)} of it are output: write that"
    cause = f"this looks like input + output tokens ({output}), or like cached input"
    if ratio == 1.0 or _lower_precision(point, rate * ratio):
        cause = _cause(point, rate * ratio)
    elif share * ratio > MOST_OF_PEAK:
        kind = "total-tokens"
    yield Finding(kind, QUESTIONABLE, f"{subject} {bound}; {cause}")


def _beside_measured(point: OperatingPoint, subject: str, ratio: float) -> Iterator[Finding]:
    """Yield where a rate is far above all measured ones of the same model, hardware and width of weights."""
    rate, measured = point.output_rate or 0.0, (point.measured or 0.0) * (point.accelerators or 0.0)
    if not measured or ratio == 1.0 or rate * ratio <= MOST_OF_MEASURED * measured:
        return
    bound = (
        f"are {tokens_rate(rate * ratio)} tokens/s with the input, {times(rate * ratio / measured)} the most that was "
        f"measured of it at any lengths"
    )
    if rate <= MOST_OF_MEASURED * measured:
        cause = f"this looks like input + output tokens (then {tokens_rate(rate / ratio)} of it are output: write that)"
        yield Finding("total-tokens", QUESTIONABLE, f"{subject} {bound}; {cause}, or like cached input")
    else:
        cause = "probably it is of more accelerators than stated, or the input was cached: correct it"
        yield Finding("above-measured", QUESTIONABLE, f"{subject} {bound}; {cause}")


def _model(point: OperatingPoint) -> str:
    name = point.architecture.name if point.architecture else "the model"
    return f"{name} in {point.precision}" if point.precision else name


def _cause(point: OperatingPoint, rate: float) -> str:
    """Return what probably happened."""
    bits = _lower_precision(point, rate)
    if bits:
        return f"probably the weights have {bits} bits: correct the precision"
    per_node = point.accelerator.per_node if point.accelerator else None
    if per_node and point.accelerators and point.accelerators < per_node:
        return (
            f"probably the rate is of more accelerators, such as a node of {per_node:g}, or counts input tokens: "
            "correct one of the two"
        )
    return "probably it counts input tokens that were cached, or is of more accelerators than stated: correct it"


def _lower_precision(point: OperatingPoint, rate: float) -> int | None:
    """Return the bits of a lower precision at which the rate is plausible, where that of the row is 16 bits."""
    lower = peak_rate(point, 8)
    explains = point.bits == 16 and lower is not None and rate <= MOST_WITH_INPUT * lower
    return 8 if explains else None
