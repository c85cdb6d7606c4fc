"""Why a candidate cannot meet a target, what keeps its load from being higher, and what to know of the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wattquery.capacity.asked import Asked
from wattquery.scenarios.load_profile import HOURS
from wattquery.specs import Lever
from wattquery.sweeps.targets import TARGETS, asked_as, in_words, reached

__all__ = ["binds_in_words", "label", "miss", "notes", "wanted"]


def wanted(asked: Asked) -> str:
    """Return what is asked for, such as ``interactivity of 50 tokens/s per user or more, in the median``."""
    return " and ".join(in_words(name, value) for name, value in asked.targets.items()) + f", {_how_surely(asked)}"


def _how_surely(asked: Asked) -> str:
    return "in the median" if asked.chance == 0.5 else f"each with a chance of {100.0 * asked.chance:g} %"


def miss(latencies: Mapping[str, float], asked: Asked) -> str:
    """Return why no load meets the targets, with the nearest that there is: that of one running sequence.

    Parameters
    ----------
    latencies
        The least of each, as the targets take them [s].
    asked
        What is asked for.
    """
    nearest = []
    for name in [one for one, most in asked.limits.items() if latencies[one] > most]:
        target = asked_as(name, asked.targets)
        best = _told_apart(reached(name, latencies[name], asked.targets), asked.targets[target])
        nearest.append(f"{target} is {best} {TARGETS[target][0]} at {'most' if target != name else 'least'}")
    surely = "" if asked.chance == 0.5 else f" with a chance of {100.0 * asked.chance:g} %"
    return f"{' and '.join(nearest)}{surely}, with one running sequence"


def _told_apart(value: float, other: float) -> str:
    """Return a number with as many digits as tell it from another one."""
    digits = next((one for one in range(3, 17) if f"{value:.{one}g}" != f"{other:.{one}g}"), 17)
    return f"{value:.{digits}g}"


def binds_in_words(binds: str, running: float, asked: Asked, most_sequences: int) -> str:
    """Return what keeps a load from being higher: targets, ``memory``, ``max_sequences`` or ``nothing``."""
    if binds == "full":
        return "max_sequences" if running >= most_sequences else "memory"
    return " and ".join(asked_as(name, asked.targets) for name in binds.split())


def label(size: int, hardware: str, precision: str, serving: str) -> str:
    """Return what a candidate is called, such as ``8 x H100 SXM, FP8, vLLM``."""
    return f"{size} x {hardware}, {precision}, {serving}"


def notes(asked: Asked, levers: Sequence[Lever], nodes: Mapping[str, int]) -> list[str]:
    """Return what is assumed, a sentence for each.

    Parameters
    ----------
    asked
        What is asked for.
    levers
        Of all candidates.
    nodes
        How many accelerators the nodes of each hardware have.
    """
    surely = (
        "A target is met where the median that the load model predicts meets it, which is a chance of a half and more: "
        "see chance_of_meeting, or ask for chance=0.9."
        if asked.chance == 0.5
        else f"A target is met where the load model gives it a chance of {100.0 * asked.chance:g} %, for each target."
    )
    hours = (
        "The rate of requests is the same in all hours."
        if asked.demand.hourly.size == 1
        else f"Nodes are those of the highest of {HOURS} hours; in others all of them share what there is, by Little's "
        "law, at a lower load, and are never turned off."
    )
    return [
        surely,
        "Latencies are means of a closed loop, with requests that arrive evenly: queues of random arrivals, and "
        "percentiles over requests, are not in them, and need a reserve.",
        hours,
        "A node's instances serve together; accelerators that no instance has room on, and the nodes of the reserve, "
        "draw what idle ones do.",
        "energy_per_query is the mean of a day at the median throughput, idle time and reserve included.",
        "Intervals are of what is not known of the load model, and of factors such as PUE that all queries share. "
        "nodes_interval is of the throughput alone: how many it takes where instances serve more or fewer.",
        *_of_nodes(nodes),
        *_of_levers(levers),
    ]


def _of_nodes(nodes: Mapping[str, int]) -> list[str]:
    """Return that nodes are not alike, where they are not."""
    if len(set(nodes.values())) == 1:
        return []
    by_size = {size: [name for name, one in nodes.items() if one == size] for size in sorted(set(nodes.values()))}
    said = "; ".join(f"{size} ({', '.join(map(str, names))})" for size, names in by_size.items())
    return [f"Nodes are not alike, and accelerators_in_all compares them; they have so many accelerators: {said}."]


def _of_levers(levers: Sequence[Lever]) -> list[str]:
    """Return what levers change and leave."""
    found = [
        f"Lever {lever.name!r} saves energy alone, that of idle time included, and leaves nodes as they are: a "
        "time_factor would change them."
        for lever in levers
        if not lever.saves_time
    ]
    told = ["Targets are held against latencies without levers."]
    return [*found, *(told if levers else [])]
