"""What another call on a store asks for that the store does not have, in sentences that say how to agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wattquery.errors import InputError, first_problems, quoted
from wattquery.specs.scalars import shortest

__all__ = ["NAMES", "check_alike", "differences", "spelled"]

Asked = Mapping[str, Any]

_FINGERPRINTS = {
    "catalog_hash": "the rows of the catalog",
    "node_power": "the node powers",
    "load": "what fills a batch, kv_precision, max_sequences or speculation",
    "measured": "the measured points that calibrate the load model",
    "load_model": "the fitted parameters of the load model",
    "method definition": "the equations of the method",
}
"""What a number or a long text stands for that says nothing to a reader."""


DERIVED = ("title of ", "published of ")
"""What entries begin with that follow from others."""

NAMES = "names of "
"""What entries begin with that are a number for what the names in a scenario stand for."""


def check_alike(then: Asked, now: Asked, shown: str, *, takes_more: bool = True) -> None:
    """Refuse a call that asks for another study than that of a store.

    Parameters
    ----------
    then, now
        What `wattquery.sweeps.blockwise.asked.asked` said of the store, and says of the call.
    shown
        The store in messages.
    takes_more
        Whether new labels, another order of labels and more draws are no difference.

    Raises
    ------
    InputError
        If they differ in anything else.
    """
    try:
        found = list(differences(then, now))
        _check_draws(then["draws"])
        if not takes_more:
            found += _more(then, now)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, OverflowError) as error:
        raise InputError(
            f"{shown!r} does not say what it was asked for, or was changed since; choose another name for the store."
        ) from error
    if found:
        raise InputError(
            f"{shown!r} is of another study: {'; '.join(first_problems(found))}. Make the call agree with the store, "
            "or choose another name."
        )


def _check_draws(draws: object) -> None:
    if type(draws) is not int or draws < 0:
        raise ValueError("no number of draws")


def differences(then: Asked, now: Asked) -> Iterator[str]:
    """Yield what differs between a store and a call, but for new labels and more draws."""
    if _is_of_another(then, now):  # all else differs then, and says nothing
        yield from _of_fixed("analysis", then, now)
        return
    stated = [name for name in {**now["fixed"], **then["fixed"]} if not _is_derived(name)]
    found = [said for name in stated for said in _of_fixed(name, then, now) if not _said_by_axes(name, then, now)]
    found += _fingerprints(then, now)
    for name in {**now["axes"], **then["axes"]}:
        found += _of_axis(name, _axis(name, then, now), _axis(name, now, then))
    found = found or list(_derived(then, now))
    # Whatever the words above leave out: a store of something else is never taken.
    others = (name for name, value in now["fixed"].items() if then["fixed"].get(name) != value)
    yield from found or (f"{name} was another when the store was made" for name in others)


def _derived(then: Asked, now: Asked) -> Iterator[str]:
    """Yield what differs in what follows from other arguments, for where none of these differs."""
    for name in now["fixed"]:
        if _is_derived(name):
            yield from _of_fixed(name, then, now)
    for name, axis in now["axes"].items():
        stored, called = _by_label(then["axes"][name]), _by_label(axis)
        for label in stored.keys() & called.keys():
            if stored[label][1] != called[label][1]:
                yield f"what {quoted(label)} of {name} stands for was another when the store was made"


def _is_of_another(then: Asked, now: Asked) -> bool:
    """Return whether a store is of another analysis than a call."""
    if not isinstance(then["fixed"]["analysis"], str):
        raise ValueError("no name of an analysis")
    return bool(then["fixed"]["analysis"] != now["fixed"]["analysis"])


def _of_fixed(name: str, then: Asked, now: Asked) -> Iterator[str]:
    """Yield what differs in an argument that must be the same in every call."""
    stored, called = (one["fixed"].get(name) for one in (then, now))
    if stored == called or name in _FINGERPRINTS:
        return
    if name == "seed":  # a call with seed=None has another one each time
        yield f"seed is {_shown(stored)} in the store and {_shown(called)} in the call (pass seed={_shown(stored)})"
    elif name.startswith(NAMES):
        yield f"what {name} stand for was another when the store was made"
    else:
        yield f"{name} is {_shown(stored)} in the store and {_shown(called)} in the call"


def _is_derived(name: str) -> bool:
    """Return whether an entry follows from others: it is said where no other differs."""
    return name.startswith((NAMES, *DERIVED))


def _said_by_axes(name: str, then: Asked, now: Asked) -> bool:
    """Return whether an entry ``pue of mixed`` or ``share of class long of mixed`` is for what axes or classes say."""
    if name in then["fixed"] and name in now["fixed"]:
        return False
    what, of, whose = name.partition(" of ")
    scenario = name.rpartition(" of ")[2]
    labels = [one["axes"].get("scenario", {"labels": []})["labels"] for one in (then, now)]
    return bool(of) and (
        any(what in one["axes"] for one in (then, now))
        or whose.startswith("class ")
        or not all(scenario in known for known in labels)
    )


def _fingerprints(then: Asked, now: Asked) -> Iterator[str]:
    """Yield what differs in numbers that stand for much, unless another difference says why."""
    stored, called = then["fixed"], now["fixed"]
    others = {name for name in called if stored.get(name) != called[name]}
    is_load = bool(stored.get("load_model")) != bool(called.get("load_model"))
    why = {
        "catalog_hash": "catalog" in others,
        "node_power": bool(others & {"catalog", "preset"}),
        **dict.fromkeys(("load", "load_model", "measured", "method definition"), is_load),
    }
    for name, words in _FINGERPRINTS.items():
        if name in others and not why[name]:
            yield f"{words} were others when the store was made"


def _axis(name: str, of: Asked, other: Asked) -> Asked:
    """Return an axis; of what is one only for the other, that it is none here."""
    if name in of["axes"]:
        found: Asked = of["axes"][name]
        return found
    if not other["axes"][name]["is_dimension"]:
        raise ValueError("an axis is missing")
    return {"is_dimension": False}


def _more(then: Asked, now: Asked) -> Iterator[str]:
    """Yield the draws and labels that a call has beyond those of a store, or has in another order."""
    if _is_of_another(then, now):
        return
    if then["draws"] != now["draws"]:
        yield f"draws is {then['draws']} in the store and {now['draws']} in the call"
    for name, axis in now["axes"].items():
        if not axis["is_dimension"] or name not in then["axes"] or not then["axes"][name]["is_dimension"]:
            continue
        stored, called = (list(map(spelled, one["labels"])) for one in (then["axes"][name], axis))
        for label in sorted(set(called) - set(stored), key=called.index):
            yield f"{name} has {quoted(label)}, which the store of an analysis lacks and can not add"
        if stored != called and set(stored) == set(called):
            yield f"the labels of {name} are in another order in the store"


def _of_axis(name: str, then: Asked, now: Asked) -> Iterator[str]:
    """Yield what differs in an axis."""
    if then["is_dimension"] != now["is_dimension"]:
        was, is_now = ("an axis" if one["is_dimension"] else "one value" for one in (then, now))
        yield f"{name} is {was} in the store and {is_now} in the call"
        return
    stored, called = _by_label(then), _by_label(now)
    if not now["is_dimension"]:
        (was,), (is_now,) = then["words"], now["words"]
        if then["digests"] != now["digests"] or list(stored) != list(called):
            yield f"{name} is {_words(then, was)} in the store and {_words(now, is_now)} in the call"
        return
    for label, (meant, number) in stored.items():
        if label not in called:
            yield f"{name} lacks {quoted(label)}, which the store has and every call on it must name"
        elif called[label][1] != number and called[label][0] != meant:
            words = f"{_cut(meant)} in the store and for {_cut(called[label][0])} in the call"
            yield f"{quoted(label)} of {name} stands for {words}"


def spelled(label: Any) -> str:
    """Return a label as text, alike whether its neighbours are whole numbers, others or text."""
    return label if isinstance(label, str) else shortest(float(label))


def _by_label(axis: Asked) -> dict[str, tuple[str, str]]:
    pairs = zip(map(str, axis["words"]), axis["digests"], strict=True)
    found = dict(zip(map(spelled, axis["labels"]), pairs, strict=True))
    if len(found) < len(axis["labels"]):
        raise ValueError("a label twice")
    return found


def _words(axis: Asked, words: str) -> str:
    return "left out" if axis["labels"] == [""] else _cut(words)


def _cut(words: str) -> str:
    return words if len(words) <= 80 else f"{words[:77]}..."


def _shown(value: object) -> str:
    if value is None:
        return "left out"
    if isinstance(value, Mapping) and set(value) == {"words", "digest"}:
        return _cut(str(value["words"]))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(_shown(one) for one in value[:5])}{', ...' if len(value) > 5 else ''}]"
    return quoted(value) if isinstance(value, str) else _cut(str(value))
