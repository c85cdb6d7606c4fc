"""Results of benchmarks at random: the constructed samples with values, fields or bytes changed."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from benchmark_samples import ASKED, SAMPLES

__all__ = ["benchmark_files"]

NAMES = sorted(ASKED)
CONTENTS = {name: (SAMPLES / name).read_bytes() for name in NAMES}
STATED = {"model": "M 8B", "hardware": "H100", "accelerators": 4, "precision": "FP8", "serving": "vLLM"}
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1e-300,
    1e308,
    float("nan"),
    float("inf"),
    10**400,
    -0.0,
    1e9,
    "",
    "12",
    "inf",
    "\u200b",
    "\x1b[31m",
    "a" * 3000,
    "N/A",
    [],
    {},
    [1],
    [{}],
    {"mean": 5},
    {"unit": "ms", "avg": -1},
]
PIECES = [
    *(b"", b",", b'"', b"|", b"\n", b"{", b"[", b"-", b"e9", b"\x00", b"\xff", b"NaN", b"0", b"999999", b"1e400"),
    b"[" * 5000,
]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the places of a value of JSON."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for key, inner in items for one in _paths(inner, (*path, key)))]


PATHS = {
    name: [path for path in _paths([json.loads(line) for line in texts]) if len(path) > 1]
    for name, texts in (
        (name, CONTENTS[name].decode().splitlines() if name.endswith("jsonl") else [CONTENTS[name].decode()])
        for name in NAMES
        if ".json" in name
    )
}


def _changed(name: str, changes: list[tuple[tuple[Any, ...], Any, str]]) -> bytes:
    text = CONTENTS[name].decode()
    values = [json.loads(line) for line in (text.splitlines() if name.endswith("jsonl") else [text])]
    for path, new, how in changes:
        holder: Any = values
        try:
            for key in path[:-1]:
                holder = holder[key]
            if how == "drop":
                del holder[path[-1]]
            elif how == "scale" and isinstance(holder[path[-1]], float):
                holder[path[-1]] *= 1000.0
            else:
                holder[path[-1]] = new
        except (KeyError, IndexError, TypeError):  # a change before took it away
            continue
    return "\n".join(map(json.dumps, values)).encode()


def _spliced(name: str, places: list[tuple[float, int, bytes]]) -> bytes:
    content = CONTENTS[name]
    for share, length, piece in places:
        start = int(share * len(content))
        content = content[:start] + piece + content[start + length :]
    return content


@st.composite
def benchmark_files(draw: st.DrawFn) -> tuple[bytes, dict[str, Any]]:
    """Draw the content of a file, and what is said beside it."""
    name = draw(st.sampled_from(NAMES))
    if ".json" in name and draw(st.booleans()):
        how = st.sampled_from(["drop", "scale", "set", "set"])
        change = st.tuples(st.sampled_from(PATHS[name]), st.sampled_from(VALUES), how)
        content = _changed(name, draw(st.lists(change, min_size=1, max_size=3)))
    else:
        place = st.tuples(st.floats(0.0, 1.0), st.integers(0, 40), st.sampled_from(PIECES))
        content = _spliced(name, draw(st.lists(place, min_size=1, max_size=3)))
    stated = draw(st.sampled_from([ASKED[name], ASKED[name], STATED, {}]))
    return content, dict(stated)
