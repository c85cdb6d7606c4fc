"""What a table of the load model assumes, in sentences for its users."""

from __future__ import annotations

from wattquery.throughput.load.deployments.beyond import exceeds_node, next_wider
from wattquery.throughput.load.deployments.builds import build_of
from wattquery.throughput.load.deployments.capacity import ENOUGH_SEQUENCES, MEMORY_SHARE
from wattquery.throughput.load.deployments.cases import LoadCases
from wattquery.throughput.load.deployments.idle_power import idle_share
from wattquery.throughput.load.deployments.nodes import node_notes
from wattquery.throughput.load.deployments.points import Points
from wattquery.throughput.load.deployments.sixteen_bits import SIXTEEN_BITS

__all__ = ["SMALL_BATCH", "notes_of"]

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
        *_of_small_batches(cases, points),
        *_of_precisions(cases, points),
        *_of_large_instances(cases, points),
        *node_notes(cases.hardware, settings.node_factor, settings.node_watts),
        *_of_idle(cases, points),
    ]
    if any(case.query.mean_cached or any(one.mean_cached for _, one in case.batch_of) for case in cases.lengths):
        made.append(
            f"A cached input token takes {settings.cached_weight:g} of the prefill of a new one: a judgement, of 0 to "
            "0.15; its keys and values are read in decoding like all others."
        )
    return tuple(made)


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
    unknown = [one.hardware for one in cases.hardware if one.idle_w is None]
    if not unknown:
        return ["The power of idle accelerators was measured."]
    return [
        f"Idle accelerators draw {idle_share():.2f} of their thermal design power, the median of those measured, on "
        f"{', '.join(unknown)}: a judgement."
    ]
