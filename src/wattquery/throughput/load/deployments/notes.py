"""What a table of the load model assumes, in sentences for its users."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from wattquery.throughput.load.deployments.beyond import exceeds_node, next_wider
from wattquery.throughput.load.deployments.beyond_lengths import length_notes
from wattquery.throughput.load.deployments.builds import build_of
from wattquery.throughput.load.deployments.capacity import ENOUGH_SEQUENCES, MEMORY_SHARE
from wattquery.throughput.load.deployments.cases import LoadCases
from wattquery.throughput.load.deployments.idle_power import IDLE_SD, idle_share
from wattquery.throughput.load.deployments.nodes import node_notes
from wattquery.throughput.load.deployments.points import Points
from wattquery.throughput.load.deployments.sixteen_bits import SIXTEEN_BITS
from wattquery.throughput.load.imputed import cache_sd

__all__ = ["SMALL_BATCH", "falling_notes", "notes_of"]

_LATENCIES = ("time_per_output_token", "time_to_first_token")
_FALLS = 0.99
"""Of what a latency was at a lower load, what it is where it is said to fall."""

SMALL_BATCH = 32.0
"""B_max below which weights, read once for all that run, still make most of a step of usual models [1]."""


def notes_of(cases: LoadCases, points: Points) -> tuple[str, ...]:
    """Return what was assumed for some cases, a sentence or two each."""
    settings = cases.settings
    made = [
        *(f"serving={label!r} stands for {build_of(label).words}." for label in cases.serving),
        f"At most {settings.max_sequences} sequences run at once on an instance, and as many as fit into "
        f"{100 * MEMORY_SHARE:g} % of the memory beside the weights at the mean context that they hold.",
        *_of_the_cache(settings.kv_precision),
        *_of_sizes(cases),
        *_of_speculation(settings.speculation),
        *_of_guesses(cases, points),
        *_of_small_batches(cases, points),
        *_of_precisions(cases, points),
        *_of_large_instances(cases, points),
        *length_notes(points.instances.model[points.instance], points.length, cases),
        *node_notes(cases.hardware, settings.node_factor, settings.node_watts),
        *_of_idle(cases, points),
    ]
    if any(case.query.mean_cached or any(one.mean_cached for _, one in case.batch_of) for case in cases.lengths):
        made.append(
            f"A cached input token takes {settings.cached_weight:g} of the prefill of a new one: a judgement, of 0 to "
            "0.15; its keys and values are read in decoding like all others."
        )
    return tuple(made)


def falling_notes(points: Points, rates: Mapping[str, NDArray[np.float64]]) -> list[str]:
    """Return that some latencies fall as the load rises, if the medians of any instance do.

    Parameters
    ----------
    points, rates
        The operating points, and the medians of their rates by name, (pairs, loads).
    """
    order = np.argsort(points.batch, axis=1, kind="stable")
    made = []
    for name in _LATENCIES:
        median = np.take_along_axis(rates[name], order, axis=1)
        if (median < _FALLS * np.maximum.accumulate(median, axis=1)).any():
            made.append(
                f"The median {name.replace('_', ' ')} of some instances falls as their load rises, because measured "
                "rows nearby bend it: the equations alone never fall, and more load makes no user faster."
            )
    return made


def _of_the_cache(kv_precision: str | None) -> list[str]:
    if kv_precision is not None:
        return [f"Keys and values are kept in {kv_precision}."]
    return [
        "Keys and values have the bytes that the fit finds for the serving system and the precision of the weights."
    ]


def _of_sizes(cases: LoadCases) -> list[str]:
    if None not in cases.accelerators:
        return []
    enough = min(ENOUGH_SEQUENCES, cases.settings.max_sequences)
    return [
        "Where accelerators are not given, an instance has the smallest power of two of them, to 64, on which "
        f"{enough:g} sequences run at once."
    ]


def _of_guesses(cases: LoadCases, points: Points) -> list[str]:
    """Return what is guessed where only the numbers of parameters of a model are known."""
    guessed = np.asarray(points.at.shape.imputed) > 0.0
    names = dict.fromkeys(cases.models[place].model for place in points.instances.model[guessed])
    if not names:
        return []
    larger = math.exp(cache_sd())
    sizes = (
        "; an instance whose size is not given has room for "
        f"{min(ENOUGH_SEQUENCES, cases.settings.max_sequences):g} sequences in 19 of 20 cases"
        if None in cases.accelerators
        else ""
    )
    batches = "" if cases.is_concurrency else ", and B_max with it: concurrency= compares batches that are no guess"
    return [
        f"The shape of {', '.join(names)} is guessed from the number of parameters: keys and values of a token may "
        f"well take {larger:.2g} times as many bytes, or as few{batches}. Intervals hold that{sizes}."
    ]


def _of_small_batches(cases: LoadCases, points: Points) -> list[str]:
    """Return that loads do not compare batches, where some are small and loads are shares of what fits."""
    if cases.is_concurrency or not len(points) or points.most_sequences.min() >= SMALL_BATCH:
        return []
    least, most = f"{points.most_sequences.min():.3g}", f"{points.most_sequences.max():.3g}"
    size = least if least == most else f"from {least} to {most}"
    return [
        f"Equal loads are not equal batches: B_max is {size}, and where fewer than {SMALL_BATCH:g} sequences run at "
        "once, few share the reading of weights. concurrency= compares equal batches, accelerators= makes room for "
        "more."
    ]


def _of_precisions(cases: LoadCases, points: Points) -> list[str]:
    """Return which precisions accelerators have no rate for, and whose rows count for those of 16 bits."""
    used = set(zip(points.instances.hardware.tolist(), points.instances.precision, strict=True))
    lacking: dict[tuple[str, str], list[str]] = {}
    for place, precision in sorted(used):
        bits = next_wider(cases.hardware[place], precision)
        if bits:
            lacking.setdefault((precision, bits), []).append(cases.hardware[place].hardware)
    made = [
        f"No rate of products in {precision} is known of {', '.join(names)}: weights are read as {precision}, and "
        f"products are taken to run at the rate of {bits} bits."
        for (precision, bits), names in lacking.items()
    ]
    if (points.instances.precision != points.rows.precision).any() or len(set(SIXTEEN_BITS) & {p for _, p in used}) > 1:
        made.append("BF16 and FP16 are one precision to the load model: rows of either count for both.")
    return made


def _of_large_instances(cases: LoadCases, points: Points) -> list[str]:
    """Return that traffic between nodes is not modelled, where an instance is larger than a node."""
    large = exceeds_node(points.instances, cases)
    names = dict.fromkeys(points.rows.hardware[large])
    if not names:
        return []
    return [
        f"Some instances have more accelerators than one node ({', '.join(names)}): traffic between nodes is not "
        "modelled, beyond what layers take longer on more than eight accelerators."
    ]


def _of_speculation(speculation: str) -> list[str]:
    words = {
        "off": "Speculative decoding is taken to be off: as rows of the same instance count those that say so, and not "
        "the many that do not tell, as with speculation='unknown'.",
        "on": "Speculative decoding is on: as rows of the same instance count those that say so.",
        "unknown": "Whether speculative decoding is on is not known: medians are without, intervals hold both, and as "
        "rows of the same instance count those that do not tell, so that a median need not lie between those of off "
        "and on.",
    }
    return [words[speculation]]


def _of_idle(cases: LoadCases, points: Points) -> list[str]:
    """Return where the power of idle accelerators is from, if there is idle time."""
    if not (points.batch < 1.0).any():
        return []
    own = cases.standing.idle_watts
    unknown = [one.hardware for one in cases.hardware if one.idle_w is None and one.hardware not in own]
    if not unknown:
        return ["The power of idle accelerators was measured, or is stated."]
    return [
        f"Idle accelerators draw {idle_share():.2f} of their thermal design power, the median of those measured, on "
        f"{', '.join(unknown)}: a judgement, give or take {100.0 * IDLE_SD:.0f} %; idle_w= of an accelerator "
        "of your own states it."
    ]
