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
    "load_model": "the fitted parameters of the load model",
    "method definition": "the equations of the method",
}
"""What a number or a long text stands for that says nothing to a reader."""


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
    for name, value in now["fixed"].items():
        stored = then["fixed"].get(name)
        if stored == value:
            continue
        if name == "seed":  # a call with seed=None has another one each time
            yield f"seed is {_shown(stored)} in the store and {_shown(value)} in the call (pass seed={_shown(stored)})"
        elif name in _FINGERPRINTS:
            yield f"{_FINGERPRINTS[name]} were others when the store was made"
        elif name.startswith(NAMES):
            yield f"what {name} stand for was another when the store was made"
        else:
            yield f"{name} is {_shown(stored)} in the store and {_shown(value)} in the call"
    for name, axis in now["axes"].items():
        yield from _of_axis(name, then["axes"][name], axis)


def _more(then: Asked, now: Asked) -> Iterator[str]:
    """Yield the draws and labels that a call has beyond those of a store, or has in another order."""
    if then["draws"] != now["draws"]:
        yield f"draws is {then['draws']} in the store and {now['draws']} in the call"
    for name, axis in now["axes"].items():
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
        elif called[label][1] != number:
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
    if isinstance(value, Mapping) and set(value) == {"words", "digest"}:
        return _cut(str(value["words"]))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(_shown(one) for one in value[:5])}{', ...' if len(value) > 5 else ''}]"
    return quoted(value) if isinstance(value, str) else _cut(str(value))
