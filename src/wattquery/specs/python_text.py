"""Distributions, levers, boundaries and rules of power as Python makes them again."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from wattquery.specs.by_concurrency import ByConcurrency
from wattquery.specs.distributions import Distribution, Empirical, Fixed
from wattquery.specs.scalars import is_number, shortest

__all__ = ["python_text"]

_MOST_NUMBERS = 50


def python_text(value: object) -> str | None:
    """Return the expression that makes a value again after ``import wattquery as wq``; None where no line is one.

    Parameters
    ----------
    value
        A distribution, a `Lever`, `Boundary`, `Step` or `ThroughputProportional`, or what they are made of.

    Examples
    --------
    >>> from wattquery.specs import Lever, LogNormal, Truncated
    >>> python_text(Lever("mine", Truncated(LogNormal(p5=1, p95=2), low=1)))
    "wq.Lever(name='mine', distribution=wq.Truncated(distribution=wq.LogNormal(p5=1, p95=2), low=1))"
    """
    if value is None or isinstance(value, (str, bool)):
        return repr(value)
    if is_number(value):
        return shortest(value)
    if isinstance(value, Fixed):
        return shortest(value.value)
    if isinstance(value, ByConcurrency):
        value = dict(zip(value.concurrency, value.factors, strict=True))
    if isinstance(value, Mapping):
        return _joined([f"{key}: {text}" for key, text in _pairs(value)], len(value), "{{{}}}")
    if isinstance(value, (list, tuple)):
        texts = [text for one in value if (text := python_text(one)) is not None]
        return _joined(texts, len(value), "[{}]") if len(value) <= _MOST_NUMBERS else None
    if isinstance(value, Distribution) or _is_plain(value):
        return _made(value)
    return None


def _pairs(value: Mapping[object, object]) -> list[tuple[str, str]]:
    texts = [(python_text(key), python_text(one)) for key, one in value.items()]
    return [(key, one) for key, one in texts if key is not None and one is not None]


def _joined(texts: list[str], count: int, around: str) -> str | None:
    return around.format(", ".join(texts)) if len(texts) == count else None


def _is_plain(value: object) -> bool:
    """Return whether a value is made of its fields."""
    return type(value).__name__ in ("Lever", "Boundary", "Step", "ThroughputProportional")


def _made(value: object) -> str | None:
    if not dataclasses.is_dataclass(value) or getattr(value, "outside_range", False):
        return None  # for what is outside, somebody vouched: `wattquery.unchecked` says so, and not a line of text
    parts = []
    for field in dataclasses.fields(value):
        one = getattr(value, field.name)
        if not field.init or one == field.default:
            continue
        if isinstance(value, Empirical) and field.name == "values" and value.samples is not None:
            continue  # computed from the samples
        text = python_text(one)
        if text is None:
            return None
        parts.append(f"{field.name}={text}")
    return f"wq.{type(value).__name__}({', '.join(parts)})"
