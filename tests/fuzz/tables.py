"""Files at random: CSV catalogs, TOML specs and scenarios, saved results; valid ones with parts changed."""

from __future__ import annotations

import inspect

from hypothesis import strategies as st

import wattquery as wq
from fuzz.world import CSV, DATASETS, MEASURED, SCENARIO, SENSITIVITY, SPEC
from wattquery.inputs.arguments import RENAMED
from wattquery.plot import KINDS

__all__ = ["file_lines"]

CELLS = [
    "0",
    "-1",
    "nan",
    "inf",
    "1e308",
    "5e-324",
    "-0.0",
    "1,5",
    "21.000",
    "1.000,5",
    "10200",
    "10200W",
    "NA",
    "N/A",
    "None",
    "Variable",
    "1e",
    "0x10",
    "1_000",
    "=1+1",
    "'",
    '"',
    '""',
    ";",
    "\t",
    "",
    " ",
    "\u200b",
    "e\u0301",
    "\u00e9",
    "\x00",
    "\x1b[31m",
    "\u202e",
    '"',
    "\u00a0",
    "1\u202f000",
    "a" * 3000,
]
HEADERS = (
    "Power for Node (W)",
    "Power",
    "",
    "Model",
    "Quantization",
    "\ufeffModel",
    "TPS",
    "Concurrency",
    "tokens per second",
)
MEASURED_HEADERS = ("", "model", "canonical_id", "n_gpus", "boundary", "median_itl_ms", "source_date", "Joules", "dp")
TOML_VALUES = [
    "0",
    "-1",
    "1e308",
    "-1e308",
    "5e-324",
    "nan",
    "inf",
    "-inf",
    "true",
    "false",
    "[]",
    "{}",
    "[[1]]",
    "''",
    "'",
    "'",
    '"a\\u0000b"',
    '"\\u001b[31m"',
    '"\\u200b"',
    "1979-05-27",
    "1979-05-27T07:32:00Z",
    "07:32:00",
    "9223372036854775807",
    "99999999999999999999",
    "0x7f",
    "1e400",
    "1_000",
    '"ALL"',
    '"none"',
    '"rest"',
    "12",
    "120",
    "10200",
    "0.6",
    "[1.1,1.2]",
    "[1.1,1.1]",
    '[1.1,"a"]',
    "{a=1.1}",
    '{""=1.1}',
    '{a=1.1,"a\u200b"=1.2}',
    "{a={}}",
    '{distribution="LogNormal"}',
    '{distribution="LogNormal",p5=1.05,p95=1.6}',
    '{distribution="Uniform",low=1,high=1e40}',
    '{distribution="Empirical",samples=[0.5,0.6,95]}',
    '{distribution="Truncated",of={distribution="Empirical",samples=[1,2]},low=2}',
]
SWEEP_KEYS = [
    name for name in inspect.signature(wq.sweep).parameters if name not in ("progress", "draws", "relative_stderr")
]
SCENARIO_KEYS = [
    name for one in (wq.scenarios.Scenario, wq.scenarios.QueryClass) for name in inspect.signature(one).parameters
] + ["load_profile", "start", "stop", "growth", "x_share"]
SECTION_KEYS = [
    "index",
    "over",
    "factors",
    "groups",
    "quantiles",
    "levels",
    "ends",
    "order",
    "scale",
    "weights",
    "factor",
    "draws",
    "level",
    "shared_draws",
    "throughput_fit",
    *RENAMED,
]


@st.composite
def _edited(draw: st.DrawFn, text: str) -> str:
    """Return a text with a stretch of it left out, doubled or replaced."""
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.integers(0, 12)))
        put = draw(st.sampled_from([*CELLS, text[start:stop] * 2, "\n", "\r\n", "\r", ",", "]", "[", "=", "#", "'''"]))
        text = text[:start] + put + text[stop:]
    return text


@st.composite
def csv_text(draw: st.DrawFn, table: str = CSV, headers: tuple[str, ...] = HEADERS) -> str:
    rows = [line.split(",") for line in table.strip().split("\n")]
    for _ in range(draw(st.integers(0, 2))):
        row, column = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, len(rows[0]) - 1))
        if column < len(rows[row]):
            rows[row][column] = draw(st.sampled_from(headers if row == 0 else CELLS) | st.text(max_size=4))
    if draw(st.integers(0, 5)) == 0:
        rows = rows[: draw(st.integers(0, len(rows)))]
    separator = draw(st.sampled_from([",", ",", ",", ";", "\t"]))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r", "\n\n", ",\n"]))
    text = end.join(separator.join(row) for row in rows)
    return draw(_edited(text)) if draw(st.integers(0, 3)) == 0 else text


@st.composite
def toml_text(draw: st.DrawFn, base: str, keys: list[str], section: str | None = None) -> str:
    lines = base.split("\n")
    for _ in range(draw(st.integers(0, 3))):
        value = draw(st.sampled_from(TOML_VALUES))
        if draw(st.booleans()):
            places = [i for i, line in enumerate(lines) if " = " in line]
            if places:
                i = draw(st.sampled_from(places))
                lines[i] = f"{lines[i].partition(' = ')[0]} = {value}"
        else:
            places = [0] + [i + 1 for i, line in enumerate(lines) if line.startswith("[")]
            key = draw(st.sampled_from(keys))
            lines.insert(draw(st.sampled_from(places)), f"{key} = {value}")
    text = "\n".join(lines)
    return draw(_edited(text)) if draw(st.integers(0, 3)) == 0 else text


@st.composite
def result_bytes(draw: st.DrawFn) -> str:
    """Return the text of a call that damages a saved result; its header lies within the first twentieth."""
    name = draw(st.sampled_from(sorted(DATASETS)))
    place = st.floats(0, 0.05) | st.floats(0, 0.003) | st.floats(0, 1)
    changes = draw(
        st.lists(st.tuples(place, st.sampled_from([0, 1, 2, 6, 127, 128, 255]) | st.integers(0, 255)), max_size=6)
    )
    keep = draw(st.sampled_from([1.0, 1.0, 1.0, 0.0, 0.001, 0.02, 0.5, 0.99]))
    return f"altered({f'{name}.nc'!r}, {''.join(f'{one!r}, ' for one in changes)}keep={keep})"


csv_lines = st.tuples(
    csv_text(),
    st.sampled_from(
        [
            ["catalog", "validate", "new.csv"],
            ["catalog", "validate", "new.csv", "--json"],
            ["catalog", "show", "new.csv"],
            ["estimate", "Mine", "--catalog", "new.csv", "--draws", "256"],
            ["estimate", "Mine", "--catalog", "new.csv", "--method", "exact", "--json"],
            ["claims", "new.csv"],
            ["fleet", "traditional", "--load-profile", "new.csv"],
        ]
    ),
).map(lambda drawn: ({"new.csv": repr(drawn[0])}, drawn[1]))
measured_lines = st.tuples(
    csv_text(MEASURED, MEASURED_HEADERS),
    st.sampled_from(
        [
            ["validate", "--measured", "new.csv"],
            ["validate", "--measured", "new.csv", "--json"],
            ["validate", "--measured", "measured.csv", "--calibrate", "new.csv", "--json"],
        ]
    ),
).map(lambda drawn: ({"new.csv": repr(drawn[0])}, drawn[1]))
spec_lines = st.tuples(
    toml_text(SPEC, [*SWEEP_KEYS, "x"]), st.sampled_from([[], ["--json"], ["-o", "out.nc"], ["-o", "out.zarr"]])
).map(lambda drawn: ({"new.toml": repr(drawn[0])}, ["sweep", "new.toml", *drawn[1], "--draws", "256"]))
section_lines = st.tuples(
    toml_text(SENSITIVITY, [*SECTION_KEYS, *SWEEP_KEYS]), st.sampled_from([[], ["--json"], ["-o", "out.nc"]])
).map(lambda drawn: ({"new.toml": repr(drawn[0])}, ["sensitivity", "new.toml", *drawn[1]]))
scenario_lines = st.tuples(
    toml_text(SCENARIO, SCENARIO_KEYS),
    st.sampled_from([["fleet", "new.toml"], ["fleet", "new.toml", "--json"], ["fleet", "new.toml", "--no-structural"]]),
).map(lambda drawn: ({"new.toml": repr(drawn[0])}, [*drawn[1], "--draws", "256"]))
result_lines = st.tuples(
    result_bytes(), st.sampled_from(sorted(KINDS)), st.sampled_from(["energy", "histogram", "supported"])
).map(
    lambda drawn: (
        {"new.nc": drawn[0]},
        [
            "plot",
            "new.nc",
            "--kind",
            drawn[1],
            "-o",
            "out.svg",
            *(["--variable", drawn[2]] if drawn[1] == "heatmap" else []),
        ],
    )
)
file_lines = st.one_of(csv_lines, measured_lines, spec_lines, scenario_lines, result_lines, section_lines)
"""A dict of files (name to the text of their content) and the command line that reads them."""
