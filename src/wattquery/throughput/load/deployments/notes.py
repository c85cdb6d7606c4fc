"""What a table of the load model assumes, in sentences for its users."""

from __future__ import annotations

from wattquery.throughput.load.deployments.builds import build_of
from wattquery.throughput.load.deployments.capacity import ENOUGH_SEQUENCES, MEMORY_SHARE
from wattquery.throughput.load.deployments.cases import LoadCases
from wattquery.throughput.load.deployments.idle_power import idle_share
from wattquery.throughput.load.deployments.points import Points

__all__ = ["notes_of"]


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
        f"At the node, each accelerator's power counts {settings.node_factor:g} times, and "
        f"{settings.node_watts:g} W are added for it at any time: a judgement, give or take 60 W.",
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
