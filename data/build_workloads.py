"""Build the named workloads from `data/raw/token_lengths`: a table of nodes for each, and one that describes them.

``python data/build_workloads.py`` writes what ships. With ``--check`` it writes nothing, and fails where what ships
differs; with ``--search`` it looks for the best ways of compression, which are `WAYS` here, for some minutes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import math
import sys
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from building.length_errors import distinct, energies, fits, product
from wattquery.specs import Empirical, LogNormal
from wattquery.specs.distributions.base import Distribution, FloatArray
from wattquery.specs.joint_lengths.lattice import lattice
from wattquery.specs.joint_lengths.partition import Way, candidates, compressed
from wattquery.specs.joint_lengths.rows import Rows, merged, read_rows
from wattquery.specs.joint_lengths.stated_error import PREFILL_WEIGHTS, Reference
from wattquery.specs.workload import MOST_NODES, Workload
from wattquery.throughput import ThroughputModel

HERE = Path(__file__).resolve().parent
RAW = HERE / "raw" / "token_lengths"
SHIPPED = HERE.parent / "src" / "wattquery" / "workloads" / "data"

WAYS = {
    "azure_conversation": Way(half_angle=0.34, weight_power=1.5, cycles=6),
    "azure_code": Way(half_angle=0.36, weight_power=2.0, cycles=6),
}
"""How pairs are compressed: of `SEARCHED`, the way with the least error, see `best_way`."""

SHOWN = "azure_conversation"
"""The workload of the documents' example: Llama 3.1 405B, PUE 1.1, half of 10.2 kW, a prefill weight of 1/30."""

SHOWN_WH = 1.1 * 0.5 * 10.2 / 3.6
"""Wh per token at one token per second."""

SHOWN_WITHIN = 0.0015
"""Relative error that quantiles of the example may have."""

SHOWN_LEVELS = (4, 9, 18)
"""Places of P25, P50 and P95."""

SEARCHED = [
    Way(half_angle / 100, weight_power, cycles)
    for half_angle in range(-40, 41, 2)
    for weight_power in (1.5, 2.0, 2.5)
    for cycles in (6, 10, 16)
]

STEPS_OF_ERROR = 200
"""The stated error is rounded up to half a per cent."""

TAIL_POINTS = 20
"""In the largest thousandth of the requests, of which only the quantiles 0.999 and 1 are in the tables."""

AGENT = (LogNormal(p5=120, p95=3_200), LogNormal(p5=31_000, p95=226_000), 0.95)
"""Output, input, cached share: means of about 1,000 and 100,000 tokens, standard deviations of logarithms 1 and 0.6."""

COLUMNS = (
    "name",
    "title",
    "requests",
    "nodes",
    "independent",
    "quantile_error",
    "output_mean",
    "output_p50",
    "output_p95",
    "input_mean",
    "input_p50",
    "input_p95",
    "cached_mean",
    "rank_correlation",
    "source",
    "url",
    "date",
    "licence",
    "attribution",
    "notes",
)


def main(arguments_of_call: Sequence[str] | None = None) -> int:
    """Build, check or search, as the command line says."""
    parser = argparse.ArgumentParser(description="Build the named workloads from data/raw/token_lengths.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where what ships differs")
    parser.add_argument("--search", action="store_true", help="look for the best ways of compression, and print them")
    arguments = parser.parse_args(arguments_of_call)
    if arguments.search:
        for name, entry in described().items():
            if entry["kind"] == "pairs":
                print(name, best_way(pairs(entry["raw"]), name == SHOWN))
        return 0
    stale = [name for name, content in built() if (SHIPPED / name).read_bytes() != content] if arguments.check else []
    for name in stale:
        print(f"{name} is not what data/build_workloads.py makes of data/raw.", file=sys.stderr)
    if not arguments.check:
        for name, content in built():
            (SHIPPED / name).write_bytes(content)
    return int(bool(stale))


def described() -> dict[str, dict[str, Any]]:
    """Return what `workloads.toml` says of each."""
    return tomllib.loads((HERE / "workloads.toml").read_text(encoding="utf-8"))


def built(names: Collection[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of every file that ships, or of those of some workloads."""
    sources = {row["source_id"]: row for row in records(RAW / "sources.csv")}
    summaries = {row["trace"]: row for row in records(RAW / "summary.csv")}
    table = []
    for name, entry in described().items():
        if names is not None and name not in names:
            continue
        summary = summaries.get(entry.get("raw", ""), {})
        rows, error, correlation = nodes_of(name, entry, summary)
        text = node_table(rows)
        yield f"{name}.csv", text.encode()
        table.append(row_of(name, entry, sources[entry["source"]], text, error, correlation, summary))
    yield "workloads.csv", written(COLUMNS, table).encode()


def nodes_of(name: str, entry: Mapping[str, Any], summary: Mapping[str, str]) -> tuple[Rows, float, str]:
    """Return nodes, their error, and the rank correlation of the lengths where it is known."""
    if entry["kind"] == "pairs":
        rows = pairs(entry["raw"])
        nodes, error = compressed(rows, MOST_NODES, [WAYS[name]])
        return nodes, max(error, error_of_fits(nodes, rows, fits())), summary["spearman"]
    margins = margins_of(entry)
    nodes, error = lattice(*margins)
    error = max(error, error_of_fits(nodes, product(*margins[:2]), distinct()))
    return nodes, error, summary.get("spearman", "")


def margins_of(entry: Mapping[str, Any]) -> tuple[Distribution, Distribution, float]:
    """Return the distributions of output and input tokens, and the cached share of the latter."""
    if entry["kind"] == "statement":
        return AGENT
    summaries = {row["trace"]: row for row in records(RAW / "summary.csv")}
    table = records(RAW / f"{entry['raw']}_quantiles.csv")
    output, inputs = (margin(table, summaries[entry["raw"]], length) for length in ("output", "input"))
    return output, inputs, 0.0


def error_of_fits(nodes: Rows, rows: Rows, models: Sequence[ThroughputModel]) -> float:
    """Return the largest relative error of a quantile, P5 to P95, for throughputs of the catalogs."""
    return float(np.abs(energies(nodes, models) / energies(rows, models) - 1.0).max())


def pairs(raw: str) -> Rows:
    """Return the lengths of all requests of a trace."""
    with gzip.open(RAW / f"{raw}_requests.csv.gz", "rt", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    lengths = [np.array([float(row[key]) for row in table]) for key in ("GeneratedTokens", "ContextTokens")]
    return merged(read_rows(*lengths)[0])


def margin(table: Sequence[Mapping[str, str]], summary: Mapping[str, str], length: str) -> Empirical:
    """Return the distribution of a length, whose mean is that of the trace.

    Between the quantiles in the table it is linear. The largest thousandth runs to the maximum along a power of the
    share, that which makes the mean right: a straight line would make it up to a fifth too large. Below one token
    counts as one.
    """
    levels = np.array([float(row["quantile"]) for row in table])
    values = np.maximum([float(row[f"{length}_tokens"]) for row in table], 1.0)
    rest = float((np.diff(levels[:-1]) * (values[1:-1] + values[:-2]) / 2.0).sum())
    width, low, high = levels[-1] - levels[-2], values[-2], values[-1]
    tail = min(max((float(summary[f"mean_{length}"]) - rest) / width, low), (low + high) / 2.0)
    if tail > low:
        t = np.arange(1, TAIL_POINTS) / TAIL_POINTS
        power = (high - low) / (tail - low) - 1.0
        levels = np.concatenate([levels[:-1], levels[-2] + width * t, [1.0]])
        values = np.concatenate([values[:-1], low + (high - low) * t**power, [high]])
    return Empirical(probabilities=levels, values=values)


def best_way(rows: Rows, is_shown: bool) -> tuple[float, Way]:
    """Return the way of compression with the least stated error, and that error.

    Of the workload that documents show, only ways count with which the example has the three decimals of all requests
    and is within `SHOWN_WITHIN` of them.
    """

    def example(table: Rows) -> FloatArray:
        of_example = energies(table, fits()[:1])[PREFILL_WEIGHTS.index(1.0 / 30.0)]
        return np.asarray(SHOWN_WH * of_example[list(SHOWN_LEVELS)])

    def shows(nodes: Rows) -> bool:
        found, whole = example(nodes), example(rows)
        return bool(
            (np.round(found, 3) == np.round(whole, 3)).all() and np.abs(found / whole - 1.0).max() < SHOWN_WITHIN
        )

    reference = Reference.of(rows)
    wanted, found = energies(rows, fits()), []
    for way, nodes in zip(SEARCHED, candidates(rows, MOST_NODES, SEARCHED), strict=True):
        if not is_shown or shows(nodes):
            error = float(np.abs(energies(nodes, fits()) / wanted - 1.0).max())
            found.append((max(reference.error(nodes), error), way))
    return min(found, key=lambda pair: pair[0])


def row_of(
    name: str,
    entry: Mapping[str, Any],
    source: Mapping[str, str],
    nodes: str,
    error: float,
    correlation: str,
    summary: Mapping[str, str],
) -> dict[str, object]:
    """Return the row that describes a workload, computed of the nodes as they are written."""
    table = list(csv.DictReader(io.StringIO(nodes)))
    made = Workload(*([float(row[key]) for row in table] for key in table[0]), name=name)
    row: dict[str, object] = {"name": name, "title": entry["title"], "requests": summary.get("n_requests", "")}
    row |= {
        "nodes": made.size,
        "independent": entry["kind"] != "pairs",
        "quantile_error": math.ceil(STEPS_OF_ERROR * error) / STEPS_OF_ERROR,
    }
    for length in ("output", "input"):
        key = f"{length}_tokens"
        row[f"{length}_mean"] = f"{made.mean(key):.6g}"
        row |= {f"{length}_p{p}": f"{made.quantile(p / 100, key):.6g}" for p in (50, 95)}
    row |= {
        "cached_mean": f"{made.mean('cached_tokens'):.6g}",
        "rank_correlation": f"{float(correlation):.2f}" if correlation else "",
    }
    row |= {key: source[key] for key in ("source", "url", "licence", "attribution")}
    notes = list(entry["notes"])
    if entry["kind"] == "margins" and correlation:
        notes.append(f"in the trace, output and input have a rank correlation of {float(correlation):.2f}")
    return row | {"date": entry["date"], "notes": " | ".join(notes)}


def node_table(rows: Rows) -> str:
    """Return the nodes as text, lengths to a thousandth of a token."""
    output, inputs, cached = (np.round(column, 3) for column in rows.lengths)
    rows = merged(Rows(output, inputs, cached, rows.weights))
    scale = 1.0 / rows.weights.min()
    table = np.stack([*rows.lengths, np.round(rows.weights * scale, 6)], axis=1).tolist()
    names = ("output_tokens", "input_tokens", "cached_tokens", "weights")
    return written(names, [dict(zip(names, map(shortest, row), strict=True)) for row in table])


def shortest(number: float) -> str:
    """Return a number without a decimal point where it is whole."""
    return repr(number).removesuffix(".0")


def records(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(names: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """Return rows as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    sys.exit(main())
