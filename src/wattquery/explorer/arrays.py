"""Arrays in JSON: bytes in base64, each value once where few are different, text as words and codes."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Packed", "packed", "packed_text"]

Packed = dict[str, Any]

_FEW = 2**16
"""Different values that a code of two bytes tells apart."""

SINGLE_FROM = 4096
"""From so many values on they have single precision, 6e-8 of a value: a page of thousands of cells stays small."""


def packed(values: ArrayLike) -> Packed:
    """Return numbers or truth values as what `arrays.js` reads: little-endian, in C order, NaN where there is none.

    Numbers are doubles where they are few, and floats from `SINGLE_FROM` values on.
    """
    array = np.asarray(values)
    if array.dtype == np.bool_:
        return _bytes(array.astype("u1"), "u1")
    numbers = array.astype(np.float64)
    kind = "f4" if numbers.size >= SINGLE_FROM else "f8"
    with np.errstate(over="ignore", under="ignore"):
        numbers = numbers.astype(f"<{kind}")
    flat = numbers.ravel()
    bits = flat.view(f"<u{flat.itemsize}")  # NaN is equal to no value, its bits are
    unique, codes = np.unique(bits, return_inverse=True)
    narrow = "u1" if unique.size <= 256 else "u2"
    coded = unique.size * flat.itemsize + codes.size * int(narrow[1]) + 200
    if unique.size <= _FEW and coded < flat.size * flat.itemsize:
        words = unique.view(numbers.dtype)
        return {
            "type": "dictionary",
            "shape": list(array.shape),
            "values": _bytes(words, kind),
            "codes": _bytes(codes.astype(f"<{narrow}"), narrow),
        }
    return _bytes(numbers, kind)


def packed_text(values: Iterable[object], shape: Iterable[int]) -> Packed:
    """Return text as words and a code for each value."""
    flat = [str(value) for value in values]
    places: dict[str, int] = {}
    codes = [places.setdefault(word, len(places)) for word in flat]
    kind = "u1" if len(places) <= 256 else "u2" if len(places) <= _FEW else "u4"
    size = list(shape)
    return {"type": "text", "shape": size, "words": list(places), "codes": _bytes(np.array(codes, f"<{kind}"), kind)}


def _bytes(array: NDArray[Any], kind: str) -> Packed:
    data = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return {"type": kind, "shape": list(array.shape), "base64": base64.b64encode(data.tobytes()).decode("ascii")}
