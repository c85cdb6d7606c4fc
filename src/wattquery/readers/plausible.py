"""Whether the numbers of a run agree with each other: a time in another unit, or a rate of something else, shows here.

Little's law ties them: requests in flight = requests per second x time of a request.
"""

from __future__ import annotations

from wattquery.errors import InputError
from wattquery.readers.run import Run

__all__ = ["check", "kept_up", "same_rate"]

_MOST_ABOVE, _LEAST = 3.0, 1.0 / 30.0
"""Requests in flight by their times, as a share of the stated concurrency: ramps, queues before the server and means of
products move it by some tens of percent, a unit by a factor of 1000."""

_RATES_DIFFER = 0.05
_KEPT_UP = 0.8
"""Share of a limit of concurrency that was reached on average, from which on it is taken for what was in flight."""


def check(run: Run) -> None:
    """Refuse a run whose times and rates, or accelerators, cannot belong together.

    Raises
    ------
    InputError
        In one sentence, with the reading that would fit.
    """
    split = (run.tensor_parallel or 1) * (run.pipeline_parallel or 1)
    if run.accelerators and split > run.accelerators:
        raise InputError(
            f"{run.place} ({run.tool}): its layers are split over {split} accelerators, and the run is said to have "
            f"{run.accelerators}: check how many it had, all instances together."
        )
    first, each = run.first_token or run.median_first_token, run.per_token or run.median_per_token
    if not (run.concurrency and run.output_tokens and (each or first)):
        return
    rate = run.output_rate * (run.accelerators or 1) if run.is_per_accelerator else run.output_rate
    time = (first or 0.0) + (each or 0.0) * max(run.output_tokens - 1.0, 0.0)
    share = rate / run.output_tokens * time / run.concurrency
    is_whole = bool(each and first)
    if share > _MOST_ABOVE or (is_whole and share < _LEAST):
        raise InputError(
            f"{run.place} ({run.tool}): {rate:,.6g} output tokens/s and {time:,.4g} s per request would mean "
            f"{share * run.concurrency:,.4g} requests in flight, and the concurrency is {run.concurrency:,.6g}: check "
            "the units, times in ms or s, and whether the rate is of all accelerators."
        )


def same_rate(stated: float | None, tokens: float, duration: float) -> float | None:
    """Return a stated rate if it agrees with the tokens over the time, or that where none is stated; None if not."""
    rate = tokens / duration
    if stated is None:
        return rate
    return stated if abs(stated - rate) <= _RATES_DIFFER * rate else None


def kept_up(limit: float | None, measured: float | None, requests: float) -> tuple[float | None, str]:
    """Return the concurrency of a run, and what to say of it.

    Parameters
    ----------
    limit
        The most requests that were sent at a time; None where there was no limit.
    measured
        Mean number of requests in flight, by Little's law; None where it is not known.
    requests
        How many there were in all: no more were in flight.

    Examples
    --------
    >>> kept_up(64.0, 60.0, 1000), kept_up(64.0, 20.0, 1000)[0], kept_up(None, 20.0, 1000)[0]
    ((64.0, ''), 20.0, 20.0)
    """
    if measured is None:
        return (None if limit is None else min(limit, requests)), ""
    if limit is None:
        return measured, "concurrency is the mean number of requests in flight, as no limit was set"
    if measured >= _KEPT_UP * limit:
        return limit, ""
    return measured, f"concurrency is the mean number of requests in flight, as the limit of {limit:g} was not reached"
