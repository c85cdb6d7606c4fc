"""Compute the tables of `choices.md`, with the exact method.

    python docs/choices_numbers.py            prints them
    python docs/choices_numbers.py --write    puts them into the page
    python docs/choices_numbers.py --check    exits with 1 if the page says something else

It takes less than a minute and needs nothing but the package. A table stands on the page between the comments
``% table: NAME`` and ``% end``.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import xarray as xr
from package_tables import markdown_table

import wattquery as wq

PAGE = Path(__file__).with_name("choices.md")
PAPER = wq.catalog.preset("v2-code")
TRIM = PAPER.blend_trim
WORKLOADS = tuple(PAPER.output_tokens)
LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)


def variant(**entries: object) -> wq.catalog.Preset:
    """Return the paper's preset with some entries replaced."""
    return dataclasses.replace(PAPER, name=str(sorted(entries.items(), key=str)), **entries)


def pue(p95: float) -> dict[str, object]:
    return {"distribution": "LogNormal", "p5": 1.05, "p95": p95}


@cache
def swept(preset: wq.catalog.Preset) -> xr.Dataset:
    """Return all models and both workloads of a preset."""
    return wq.sweep(
        wq.ALL,
        output_tokens=list(WORKLOADS),
        preset=preset,
        method="exact",
        quantiles=LEVELS,
        keep_histogram=True,
    )


@cache
def frontier(
    preset: wq.catalog.Preset, workload: str, trim: tuple[float, float] | None, lever: wq.Lever | str = "none"
) -> xr.Dataset:
    """Return the blend of the three deployments with the highest median."""
    ds = swept(preset).sel(output_tokens=workload)
    return wq.blend(ds, labels=preset.blend_top, trim=trim, levers=lever, preset=preset)


def quantile(ds: xr.Dataset, level: float) -> float:
    return float(ds["energy"].sel(quantile=level))


def mean(ds: xr.Dataset) -> float:
    return float(ds["energy_mean"])


def fleet(preset: wq.catalog.Preset, workload: str, *, improved: bool = False) -> float:
    """Return GWh/day for 1e9 queries a day: the mean of the untrimmed blend times the overhead."""
    lever: wq.Lever | str = "none"
    if improved:
        lever = wq.Lever("serving", dict(preset.fleet_serving_lever[workload]))
    return mean(frontier(preset, workload, None, lever)) * math.prod(preset.fleet_overhead.values())


def mixed_fleet(preset: wq.catalog.Preset, *, improved: bool = False) -> float:
    """Return GWh/day with 10 % long queries."""
    traditional, long = (fleet(preset, workload, improved=improved) for workload in WORKLOADS)
    return 0.9 * traditional + 0.1 * long


def trimming() -> list[str]:
    rows = []
    trims = [("not trimmed", None), ("cut once, [0.05, 0.95]", (0.05, 0.95)), ("cut twice, [0.14, 0.86]", TRIM)]
    for workload in WORKLOADS:
        for name, trim in trims:
            ds = frontier(PAPER, workload, trim)
            values = [quantile(ds, level) for level in (0.05, 0.25, 0.5, 0.75, 0.95)]
            rows.append((workload, name, *(f"{one:.3f}" for one in (*values, mean(ds)))))
    header = ("workload", "trim", "P5", "P25", "P50", "P75", "P95", "mean [Wh]")
    return markdown_table(header, rows, numbers=6)


def headline_row(*names: str, preset: wq.catalog.Preset) -> tuple[str, ...]:
    traditional, long = (frontier(preset, workload, TRIM) for workload in WORKLOADS)
    return (
        *names,
        *(f"{quantile(traditional, level):.3f}" for level in (0.25, 0.5, 0.75)),
        f"{quantile(long, 0.5):.2f}",
        f"{fleet(preset, 'traditional'):.3f}",
        f"{mixed_fleet(preset):.3f}",
        f"{mixed_fleet(preset, improved=True):.3f}",
    )


HEADLINE = ("P25", "P50", "P75 [Wh]", "long P50 [Wh]", "fleet", "mixed fleet", "improved [GWh/day]")


def facility() -> list[str]:
    rows = [
        headline_row("1.05..1.60", "12.8", "`v2-code`", preset=PAPER),
        headline_row("1.05..1.40", "12.8", "", preset=variant(pue=pue(1.4))),
        headline_row("1.05..1.60", "12.5", "", preset=variant(node_power_by_model={"DeepSeek-R1": 12.5})),
        headline_row("1.05..1.40", "12.5", "`v2-text`", preset=wq.catalog.preset("v2-text")),
    ]
    return markdown_table(("PUE, P5..P95", "DeepSeek-R1 node [kW]", "preset", *HEADLINE), rows, numbers=7)


def mean_or_median() -> list[str]:
    rows = []
    for workload in WORKLOADS:
        for trim, of in ((TRIM, "trimmed"), (None, "untrimmed")):
            ds = frontier(PAPER, workload, trim)
            for statistic, value in (("median", quantile(ds, 0.5)), ("mean", mean(ds))):
                ratio = value / quantile(frontier(PAPER, workload, TRIM), 0.5)
                total = value * math.prod(PAPER.fleet_overhead.values())
                rows.append(
                    (workload, f"{statistic} of the {of} blend", f"{value:.3f}", f"{ratio:.2f}", f"{total:.3f}")
                )
    header = ("workload", "statistic", "[Wh]", "over the headline", "fleet from it [GWh/day]")
    return markdown_table(header, rows, numbers=3)


def node_power() -> list[str]:
    rows = [
        headline_row("11.3", "14.1", "`v1`", preset=wq.catalog.preset("v1")),
        headline_row("10.2", "12.8", "`v2-code`", preset=PAPER),
        headline_row("10.2", "10.2", "", preset=variant(node_power_by_model={})),
    ]
    return markdown_table(("node [kW]", "DeepSeek-R1 node [kW]", "preset", *HEADLINE), rows, numbers=7)


def claims() -> list[str]:
    rows = []
    for name in wq.catalog.preset_names():
        if not wq.catalog.preset(name).published:
            continue
        bounded = name == "corrected"  # its factors end somewhere, which the exact method cannot take
        table = wq.paper.reproduce(preset=name, method="quasi_monte_carlo" if bounded else "exact")
        counts = [int((table["ok"] == value).sum()) for value in (True, False)]
        rows.append((f"`{name}`", *map(str, counts), str(int(table["ok"].isna().sum()))))
    return markdown_table(("preset", "reproduced", "not reproduced", "not produced by the method"), rows, numbers=3)


def levers() -> list[str]:
    rows = []
    for name in ("hardware", "serving", "model", "model+serving+hardware"):
        factors = [wq.LogNormal(**_percentiles(part)) for part in name.split("+")]
        middle = sum(one.mu for one in factors)
        spread = math.hypot(*(one.sigma for one in factors))
        scores = [float(wq.Normal(0, 1).ppf(level)) for level in (0.05, 0.1, 0.25, 0.5)]
        own = [f"{math.exp(middle + spread * score):.2f}" for score in scores]
        before, after = (quantile(frontier(PAPER, "traditional", TRIM, one), 0.5) for one in ("none", name))
        rows.append((f"`{name}`", *own, f"{before / after:.2f}"))
    header = ("levers", "P5", "P10", "P25", "P50 of the factor", "P50 before / P50 after")
    return markdown_table(header, rows, numbers=5)


def _percentiles(lever: str) -> dict[str, float]:
    entries = PAPER.levers[lever]
    return {name: entries[name] for name in ("p5", "p95")}


def oddities() -> list[str]:
    shipped = wq.catalog.load("oviedo2026")
    slower = [row for row in shipped.rows if "Nemotron" in row.model and row.tokens_per_second < 1000]
    cases = [
        ("Llama 3.1 405B, FP16 row", "one node, 10.2 kW", {"precision": "FP16"}),
        ("", "two nodes, 20.4 kW", {"precision": "FP16", "node_power": 20.4}),
        ("Llama 3.1 405B, FP8 rows", "10.2 kW, as the analysis sets it", {}),
        ("", "11 kW, as the table says", {"node_power": 11.0}),
        ("DeepSeek-R1", "12.8 kW, as the analysis sets it", {}),
        ("", "14.3 kW, as the table says", {"node_power": 14.3}),
        ("Llama-3.1 Nemotron Ultra 253B", "faster of its two rows, as the analysis does", {}),
        (
            "",
            "slower row only",
            {"catalog": wq.catalog.Catalog("slower", tuple(slower)), "node_power": PAPER.node_power},
        ),
    ]
    rows, model, base = [], "", 0.0
    for title, case, arguments in cases:
        model = title.split(",")[0] or model
        value = wq.estimate(model, method="exact", **arguments).quantiles[0.5]
        base = value if title else base
        rows.append((title, case, f"{value:.3f}", f"{value / base:.2f}"))
    return markdown_table(("row", "taken as", "P50, traditional [Wh]", "ratio"), rows, numbers=2)


TABLES: dict[str, Callable[[], list[str]]] = {
    "trimming": trimming,
    "facility": facility,
    "mean_or_median": mean_or_median,
    "node_power": node_power,
    "claims": claims,
    "levers": levers,
    "oddities": oddities,
}


def put(page: str, name: str, lines: list[str]) -> str:
    """Return the page with a table between its two comments."""
    pattern = re.compile(rf"(?<=^% table: {name}$\n)(.*?)(?=^% end$)", re.DOTALL | re.MULTILINE)
    if not pattern.search(page):
        raise SystemExit(f"{PAGE.name} has no place for the table {name!r}")
    return pattern.sub(lambda _: "\n" + "\n".join(lines) + "\n\n", page)


def main() -> int:
    parser = argparse.ArgumentParser(description="Compute the tables of choices.md.")
    parser.add_argument("--write", action="store_true", help="put them into the page")
    parser.add_argument("--check", action="store_true", help="exit with 1 if the page says something else")
    arguments = parser.parse_args()
    before = page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    for name, table in TABLES.items():
        lines = table()
        if arguments.write or arguments.check:
            page = put(page, name, lines)
        else:
            print(f"{name}:", *lines, "", sep="\n", flush=True)
    if arguments.write:
        PAGE.write_text(page, encoding="utf-8")
    if arguments.check and page != before:
        print(f"{PAGE.name} differs from what is computed; run with --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
