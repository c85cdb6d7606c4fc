"""Request logs at random: valid ones in every format with cells, lines, bytes or names changed, and cut or packed."""

from __future__ import annotations

import gzip
import json

from hypothesis import strategies as st

from fuzz.tables import CELLS, csv_text

__all__ = ["log_lines"]

ROWS = [
    {
        "timestamp": 1_700_006_400 + 40_000 * row,
        "session_id": f"s{row // 2}",
        "prompt_tokens": 100 * row + 7,
        "completion_tokens": 30 + row,
        "cached_tokens": 50 * row,
        "status": "success",
    }
    for row in range(8)
]
CSV = "\n".join([",".join(ROWS[0]), *(",".join(map(str, row.values())) for row in ROWS)])
NESTED = [
    {"created": row["timestamp"], "usage": {"prompt_tokens": 9, "completion_tokens": 5}, "error": None} for row in ROWS
]
PAIRS = [
    {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "9"}},
    {"key": "gen_ai.usage.output_tokens", "value": {"intValue": "5"}},
]
SPAN = {"startTimeUnixNano": "1700006400000000000", "attributes": PAIRS, "status": {"code": 1}}
SPANS = [{"resourceSpans": [{"scopeSpans": [{"spans": [SPAN, SPAN]}]}]}]

HEADERS = ("", "input_tokens", "output_tokens", "prompt_tokens", "a.b", "startTime", "error", "cache_read_input_tokens")
VALUES = [
    "null",
    "true",
    "-1",
    "0",
    "1e400",
    "NaN",
    "1" * 400,
    '"x"',
    '"\\ud800"',
    "[]",
    "{}",
    "[" * 2000,
    "{",
    "",
    "2e9",
]


@st.composite
def json_text(draw: st.DrawFn) -> str:
    lines = [json.dumps(row) for row in draw(st.sampled_from([ROWS, NESTED, SPANS]))]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        words = lines[at].split(" ")
        words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from([f"{value}," for value in VALUES] + VALUES))
        lines[at] = " ".join(words)
    return draw(st.sampled_from(["\n", "\r\n", "\n\n", " "])).join(lines)


@st.composite
def log_bytes(draw: st.DrawFn) -> bytes:
    content = draw(csv_text(CSV, HEADERS) | json_text()).encode("utf-8", "surrogatepass")
    if content and draw(st.integers(0, 3)) == 0:
        changed = bytearray(content)
        for place, byte in draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=4)):
            changed[place] = byte
        content = bytes(changed)
    if draw(st.integers(0, 7)) == 0:
        content = gzip.compress(content, mtime=0)
    return content[: draw(st.integers(0, len(content)))] if draw(st.integers(0, 7)) == 0 else content


COLUMNS = [
    *["", "", "", "", ",input=prompt_tokens,output=completion_tokens", ",output=prompt_tokens+cached_tokens"],
    *[",time=status", ",session=timestamp", ",status=cached_tokens", ",time_unit=ms", ",time_unit=h", ",cached=", ",x"],
    *[f",input={cell}" for cell in CELLS[:5]],
]
COMMANDS = [
    ["workloads", "{}", "--json"],
    ["workloads", "{}"],
    ["workloads", "{}"],
    ["estimate", "DeepSeek-R1", "--method", "exact", "--workload", "{}"],
]

log_lines = st.tuples(
    log_bytes(), st.sampled_from(COLUMNS), st.sampled_from(COMMANDS), st.sampled_from(["csv", "jsonl", "csv.gz"])
).map(
    lambda drawn: (
        {f"new.{drawn[3]}": repr(drawn[0])},
        [word.format(f"new.{drawn[3]}{drawn[1]}") for word in drawn[2]],
    )
)
"""A log (its name to the text of its content) and the command line that reads it."""
