"""Whether times agree with the rate: requests in flight = request rate x time in the system (Little's law)."""

from __future__ import annotations

from collections.abc import Iterator

from wattquery.catalog.physics.constants import (
    EXPLAINED_WITHIN,
    FASTEST_TOKEN,
    LEAST_OF_LATENCY,
    LENGTH_WITHIN,
    LONGEST_FIRST,
    LONGEST_NOMINAL,
    MOST_OF_LATENCY,
    SHORTEST_FIRST,
    SLOWEST_TOKEN,
)
from wattquery.catalog.physics.point import IMPOSSIBLE, QUESTIONABLE, Finding, OperatingPoint
from wattquery.catalog.physics.words import near, plain, times, tokens_rate

__all__ = ["length_findings", "timing_findings"]

_THOUSAND = 1000.0
_MILLI = 1.0 / _THOUSAND
_UNITS = ((_MILLI, 1.0), (1.0, _MILLI), (_MILLI, _MILLI), (1.0, _THOUSAND), (_THOUSAND, _THOUSAND))
"""What the times to the first token and per token may have to be multiplied with: one of them first, then both."""

_SURELY_MILLISECONDS = (20.0, 1.0)
_SURELY_SECONDS = (0.02, 0.001)
"""Times to the first token and per token above and below which they may be of the other unit [s]."""


def timing_findings(point: OperatingPoint) -> Iterator[Finding]:
    """Yield what the times say against the rate, or the rate against them."""
    step = point.per_token
    if not step:
        yield from _alone(point)
        return
    if not (point.concurrency and point.output_rate):
        if step > SLOWEST_TOKEN:
            yield _other_unit(point, (1.0, _MILLI), "no measured row is slower than 1 s")
        elif step < FASTEST_TOKEN:
            yield _other_unit(point, (1.0, _THOUSAND), "no measured row is faster than 1.9 ms")
        else:
            yield from _alone(point)
        return
    expected, least = _expected(point, (1.0, 1.0)), LEAST_OF_LATENCY if _has_first(point) else 0.0
    ratio = point.output_rate / expected
    if least <= ratio <= MOST_OF_LATENCY and FASTEST_TOKEN <= step <= SLOWEST_TOKEN:
        return
    for scales in filter(lambda scales: _may_be(point, scales), _UNITS):
        if LEAST_OF_LATENCY <= point.output_rate / _expected(point, scales) <= MOST_OF_LATENCY:
            yield _other_unit(point, scales, _told(point))
            return
    if step < FASTEST_TOKEN:
        yield _other_unit(point, (1.0, _THOUSAND), "no measured row is faster than 1.9 ms")
    elif near(ratio, _THOUSAND, 1.0 / LEAST_OF_LATENCY):
        yield _other_unit(point, (1.0, _MILLI), _told(point))
    elif not least <= ratio <= MOST_OF_LATENCY:
        yield _disagreement(point, expected, ratio)


def _has_first(point: OperatingPoint) -> bool:
    return point.first_token is not None and (point.output_tokens or 0.0) > 1.0


def _expected(point: OperatingPoint, scales: tuple[float, float]) -> float:
    """Return the rate that concurrency and times tell, these multiplied with something [tokens/s]."""
    concurrency, step, length = (
        point.concurrency or 0.0,
        scales[1] * (point.per_token or 0.0),
        point.output_tokens or 0.0,
    )
    if not _has_first(point):
        return concurrency / step
    return concurrency * length / (scales[0] * (point.first_token or 0.0) + step * (length - 1.0))


def _may_be(point: OperatingPoint, scales: tuple[float, float]) -> bool:
    """Return whether times are of a size at which they may be of another unit."""
    for time, scale, most, least in zip(
        (point.first_token, point.per_token), scales, _SURELY_MILLISECONDS, _SURELY_SECONDS, strict=True
    ):
        if scale != 1.0 and (not time or (time < most if scale < 1.0 else time > least)):
            return False
    return True


def _told(point: OperatingPoint) -> str:
    return (
        f"{plain(point.concurrency or 0.0)} requests and {tokens_rate(point.output_rate or 0.0)} tokens/s tell another"
    )


def _alone(point: OperatingPoint) -> Iterator[Finding]:
    """Yield where a time to the first token that nothing else tells is hardly in seconds."""
    first = point.first_token
    if not first:
        return
    if first > LONGEST_FIRST:
        subject, unit, write = "one measured row in a hundred waits longer than 60 s", "milliseconds", first * _MILLI
    elif first < SHORTEST_FIRST:
        subject, unit, write = "the shortest measured is 25 ms", "seconds", first * _THOUSAND
    else:
        return
    yield Finding(
        "unit-of-first-token",
        QUESTIONABLE,
        f"a time to first token of {_time(first)} is questionable, for {subject}; probably it is in {unit}: write "
        f"{_in_seconds(write)}, or keep it where it is meant",
    )


def _other_unit(point: OperatingPoint, scales: tuple[float, float], why: str) -> Finding:
    """Return that one time, or both, are of another unit."""
    names = ("time to first token", "time per output token")
    times_of = (point.first_token or 0.0, point.per_token or 0.0)
    which = [one for one in zip(names, times_of, scales, strict=True) if one[2] != 1.0]
    unit = "milliseconds" if which[0][2] < 1.0 else "seconds"
    subject = " and a ".join(f"{name} of {_time(time)}" for name, time, _ in which)
    write = " and ".join(_in_seconds(time * scale) for _, time, scale in which)
    do, are = ("do", "they are") if len(which) > 1 else ("does", "it is")
    return Finding(
        "milliseconds" if which[-1][0] == names[1] else "unit-of-first-token",
        IMPOSSIBLE,
        f"a {subject} {do} not agree with the rest of the row: {why}; probably {are} in {unit}: write {write}",
    )


def _in_seconds(time: float) -> str:
    return f"{plain(time)} s ({plain(_THOUSAND * time)} ms)"


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
    return f"{plain(1000.0 * seconds)} ms" if seconds < 1.0 else f"{plain(seconds)} s"


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
