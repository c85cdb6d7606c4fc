"""One number for a value that a user wrote: equal for equal values, in every process and on every machine."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterable, Mapping, Set
from functools import cache
from typing import Any

import numpy as np

__all__ = ["NOT_TOLD", "digest"]

NOT_TOLD: Mapping[str, bool] = {"is_told": False}
"""What the field of a dataclass has as its ``metadata`` where something else tells it apart."""


def digest(value: object) -> str:
    """Return a hexadecimal number of 16 digits that tells values apart.

    Parameters
    ----------
    value
        A number, text, an array, a dataclass, or containers of such: all that axes of a grid hold.

    Raises
    ------
    TypeError
        If it holds something else, of which two processes would say different things.

    Examples
    --------
    >>> digest({"pue": 1.2}) == digest({"pue": 1.2}), digest(1) == digest(1.0)
    (True, False)
    """
    fed = bytearray()
    _feed(fed.extend, value)
    return hashlib.sha256(fed).hexdigest()[:16]


def _feed(put: Callable[[bytes], None], value: Any) -> None:
    """Hand over a value as bytes, of which no two different values have the same."""
    if value is None or isinstance(value, (bool, int, str, bytes)):
        _text(put, type(value).__name__, str(value) if isinstance(value, str) else repr(value))
    elif isinstance(value, float):
        _text(put, "float", float(value).hex())
    elif isinstance(value, np.generic):
        _feed(put, value.item())
    elif isinstance(value, np.ndarray):
        _text(put, "array", f"{value.dtype.str} {value.shape}")
        _feed(put, value.tolist()) if value.dtype.hasobject else put(np.ascontiguousarray(value).tobytes())
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        _parts(put, kind.__qualname__, [(name, getattr(value, name)) for name in _fields(kind)])
    elif isinstance(value, Mapping):
        _parts(put, "mapping", sorted(value.items(), key=lambda pair: str(pair[0])))
    elif isinstance(value, Set):
        _parts(put, "set", sorted(value, key=str))
    elif isinstance(value, (list, tuple)):
        _parts(put, "list", value)
    else:
        raise TypeError(f"no digest of a {type(value).__name__}")


@cache
def _fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(
        one.name
        for one in dataclasses.fields(kind)
        if not one.name.startswith("_") and one.metadata.get("is_told", True)
    )


def _text(put: Callable[[bytes], None], kind: str, text: str) -> None:
    written = text.encode("utf-8", "surrogatepass")
    put(b"%b:%d:%b" % (kind.encode(), len(written), written))


def _parts(put: Callable[[bytes], None], kind: str, parts: Iterable[Any]) -> None:
    listed = list(parts)
    _text(put, kind, str(len(listed)))
    for one in listed:
        _feed(put, one)
