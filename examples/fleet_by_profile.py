"""A fleet simulated in steps of time from a power profile in JSON: plain Python, without wattquery.

The profile says what an instance draws, and how many tokens it makes, at each load. Demand in output tokens per second
goes up and down over the day. Instances share it evenly; as many are switched on as keep each at a target load, and no
fewer than a minimum. Each finds the load at which it makes its share of the tokens, and draws what the profile has
there.

The bands of a profile are of what is not known, the same at all times and for all instances: the ends of a day are
those of all steps at their ends. How fast instances are is taken at its median, which decides how many are on.

Make a profile:  wattquery power-profile "Llama 3.1 70B" --hardware "H100 SXM" -o profile.json
Run it:          python examples/fleet_by_profile.py profile.json --mean-tokens-per-s 20000
"""

from __future__ import annotations

import argparse
import json
import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

SCHEMA = "wattquery-power-profile-1"
SECONDS_A_DAY = 86_400
STEP = 300  # s
NAMES = ("low", "mean", "high")


def read(path: str) -> dict[str, Any]:
    """Return a profile, of the schema that this program knows."""
    profile: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    if profile.get("schema") != SCHEMA:
        raise SystemExit(f"{path} has the schema {profile.get('schema')!r}, and {SCHEMA!r} is what is read here.")
    return profile


def interpolated(x: float, xs: Sequence[float], ys: Sequence[float]) -> float:
    """Return y at x on straight lines between points, and at the ends beyond them."""
    if x <= xs[0] or x >= xs[-1]:
        return ys[0] if x <= xs[0] else ys[-1]
    right = bisect_left(xs, x)
    share = (x - xs[right - 1]) / (xs[right] - xs[right - 1])
    return ys[right - 1] + share * (ys[right] - ys[right - 1])


def rising(values: Sequence[float]) -> list[float]:
    """Return values of which none is below one before it, so that they can be read the other way round."""
    most, found = -math.inf, []
    for value in values:
        most = max(most, value)
        found.append(most)
    return found


def demand(mean: float, peak_to_mean: float, seconds: int) -> float:
    """Return the output tokens per second that are asked for at a time of the day: lowest at 4 in the morning."""
    return mean * (1.0 - (peak_to_mean - 1.0) * math.cos(2.0 * math.pi * (seconds / SECONDS_A_DAY - 4.0 / 24.0)))


def day(
    profile: dict[str, Any], mean: float, peak_to_mean: float, target: float, fewest: int
) -> Iterator[tuple[int, float]]:
    """Yield how many instances are on in each step, and the load of each."""
    loads, tokens = profile["load"], rising(profile["output_tokens_per_s_per_instance"]["median"])
    at_target = interpolated(target, loads, tokens)
    for start in range(0, SECONDS_A_DAY, STEP):
        asked = demand(mean, peak_to_mean, start)
        instances = max(fewest, math.ceil(asked / at_target))
        yield instances, interpolated(asked / instances, tokens, loads)


def kilowatt_hours(profile: dict[str, Any], steps: Sequence[tuple[int, float]], boundary: str) -> dict[str, float]:
    """Return the energy of a day: the expected one, and both ends of its interval."""
    loads, watts = profile["load"], profile["power_w_per_accelerator"][boundary]
    size = profile["accelerators_per_instance"]
    return {
        name: sum(size * count * interpolated(load, loads, watts[name]) for count, load in steps) * STEP / 3.6e6
        for name in NAMES
    }


def main(arguments: list[str] | None = None) -> None:
    """Simulate a day and print what it takes."""
    parser = argparse.ArgumentParser(description="kWh per day of a fleet, from a power profile.")
    parser.add_argument("profile", help="JSON that wattquery power-profile wrote")
    parser.add_argument("--mean-tokens-per-s", type=float, default=20_000.0, help="output tokens, of the whole fleet")
    parser.add_argument("--peak-to-mean", type=float, default=1.5, help="1 to 2")
    parser.add_argument("--target-load", type=float, default=0.5, help="of an instance, at most")
    parser.add_argument("--fewest", type=int, default=2, help="instances that are always on")
    options = parser.parse_args(arguments)
    profile = read(options.profile)
    if not (options.mean_tokens_per_s > 0.0 and 1.0 <= options.peak_to_mean <= 2.0):
        parser.error("--mean-tokens-per-s is above 0, and --peak-to-mean from 1 to 2.")
    if not (0.0 < options.target_load <= 1.0 and options.fewest > 0):
        parser.error("--target-load is above 0 and at most 1, and --fewest 1 or more.")
    fleet = (options.mean_tokens_per_s, options.peak_to_mean, options.target_load, options.fewest)
    steps = list(day(profile, *fleet))
    answers = options.mean_tokens_per_s * SECONDS_A_DAY / profile["mean_output_tokens"]
    counts = [count for count, _ in steps]
    mean_load = sum(load for _, load in steps) / len(steps)
    print(f"{profile['assumptions']['model'].split(':')[0]} on {profile['assumptions']['hardware'].split(':')[0]}")
    print(f"{answers:,.0f} answers a day, {min(counts)} to {max(counts)} instances at a mean load of {mean_load:.2f}")
    for boundary in profile["power_w_per_accelerator"]:
        low, mean, high = kilowatt_hours(profile, steps, boundary).values()
        share = f"{1e3 * mean / answers:.3f} Wh per answer"
        print(f"{boundary:<12}{mean:>8,.0f} kWh per day ({low:,.0f} to {high:,.0f}), {share}")


if __name__ == "__main__":
    main()
