"""Whether times agree with the rate: requests in flight = request rate x time in the system (Little's law)."""

from __future__ import annotations

from collections.abc import Iterator

from wattquery.catalog.physics.constants import (
    EXPLAINED_WITHIN,
    LEAST_OF_LATENCY,
    LENGTH_WITHIN,
    LONGEST_NOMINAL,
    MOST_OF_LATENCY,
    SLOWEST_TOKEN,
)
from wattquery.catalog.physics.point import IMPOSSIBLE, QUESTIONABLE, Finding, OperatingPoint
from wattquery.catalog.physics.words import near, times, tokens_rate

__all__ = ["length_findings", "timing_findings"]

_MILLISECONDS = 1000.0


def timing_findings(point: OperatingPoint) -> Iterator[Finding]:
    """Yield what the time per output token says against the rate, or the rate against it."""
    step = point.per_token
    if not step:
        return
    if not (point.concurrency and point.output_rate):
        if step > SLOWEST_TOKEN:
            yield _milliseconds(point, "no measured row is slower than 1 s")
        return
    length = point.output_tokens or 0.0
    if point.first_token is not None and length > 1.0:
        expected = point.concurrency * length / (point.first_token + step * (length - 1.0))
        least = LEAST_OF_LATENCY
    else:
        expected, least = point.concurrency / step, 0.0
    ratio = point.output_rate / expected
    if least <= ratio <= MOST_OF_LATENCY and step <= SLOWEST_TOKEN:
        return
    if near(ratio, _MILLISECONDS, 1.0 / LEAST_OF_LATENCY):
        yield _milliseconds(point, f"{tokens_rate(point.output_rate)} tokens/s tell {_time(step / ratio)}")
    elif not least <= ratio <= MOST_OF_LATENCY:
        yield _disagreement(point, expected, ratio)


def _milliseconds(point: OperatingPoint, why: str) -> Finding:
    step = point.per_token or 0.0
    return Finding(
        "milliseconds",
        IMPOSSIBLE,
        f"a time per output token of {step:g} s does not agree with the rest of the row: {why}; probably it is in "
        f"milliseconds: write {step / _MILLISECONDS:g}",
    )


def _disagreement(point: OperatingPoint, expected: float, ratio: float) -> Finding:
    count, rate = point.accelerators or 1.0, point.output_rate or 0.0
    subject = (
        f"{tokens_rate(rate)} output tokens/s are {times(ratio)} what {point.concurrency:,g} concurrent requests at "
        f"{_time(point.per_token or 0.0)} per output token yield, {tokens_rate(expected)}"
    )
    tokens = 1.0 + (point.input_tokens or 0.0) / (point.output_tokens or 1.0)
    if count > 1.0 and near(ratio, 1.0 / count, EXPLAINED_WITHIN):
        words = f"the factor is the number of accelerators: probably the rate is of one: multiply it by {count:g}"
        return Finding("per-accelerator", QUESTIONABLE, f"{subject}; {words}")
    if tokens > MOST_OF_LATENCY and near(ratio, tokens, EXPLAINED_WITHIN):
        words = f"probably it counts input + output tokens: write {tokens_rate(rate / tokens)}"
        return Finding("total-tokens", IMPOSSIBLE, f"{subject}; {words}")
    if ratio > 1.0:
        words = "probably the concurrency is of one instance, or the rate of several: correct one of the two"
        return Finding("rate-above-latency", IMPOSSIBLE, f"{subject}; {words}")
    words = "probably fewer requests were in flight, or the rate is of a part of them: correct one of the two"
    return Finding("rate-below-latency", QUESTIONABLE, f"{subject}; {words}")


def _time(seconds: float) -> str:
    return f"{1000.0 * seconds:.3g} ms" if seconds < 1.0 else f"{seconds:.3g} s"


def length_findings(point: OperatingPoint) -> Iterator[Finding]:
    """Yield where the output length is not that of the requests which the rest of the row is of."""
    if not point.output_tokens:
        return
    pairs = (
        (point.joules_per_request, point.joules_per_token, "joules per request / joules per output token"),
        (point.output_rate, point.request_rate, "output tokens/s / requests per second"),
    )
    for whole, part, words in pairs:
        if whole and part and not near(whole / part, point.output_tokens, LENGTH_WITHIN):
            length = whole / part
            nominal = 1.0 / LONGEST_NOMINAL <= length / point.output_tokens < 1.0
            probably = (
                "probably the stated length is nominal" if nominal else "probably one of them counts input tokens"
            )
            yield Finding(
                "nominal-length" if nominal else "length-disagrees",
                QUESTIONABLE,
                f"an output length of {point.output_tokens:,g} tokens does not agree with {words}, which is "
                f"{length:,.0f}; {probably}: write {length:,.0f}, or correct the others",
            )
            return
