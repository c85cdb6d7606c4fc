"""Command lines at random: every command and option that click knows, from valid lines changed here and there."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator

import click
from hypothesis import strategies as st

from fuzz.odd_values import odd_texts
from fuzz.world import DATASETS
from wattquery.cli import main

__all__ = ["command_lines", "commands"]

DRAWS = "256"

OFTEN = {"audit": 1, "reproduce": 1, "claims": 4, "catalog list": 2, "report": 2}
"""How often commands are drawn relative to each other, 8 if not said: some take seconds, or have no arguments."""

VALID = {
    "audit": [["--change", "sixteen-gpus"]],
    "reproduce": [["--preset", "untrimmed", "--method", "exact"]],
    "estimate": [
        ["DeepSeek-R1", "--method", "exact"],
        ["Llama 3.1 405B", "--levers", "serving", "--pue", "LogNormal(p5=1.05, p95=1.6)"],
        ["Mine", "--catalog", "mine.csv"],
        ["Llama 3.1 70B", "--hardware", "H100 SXM", "--load", "0.5", "--method", "exact"],
        ["Llama 3.1 70B", "--hardware", "H100 SXM", "--interactivity", "9", "--accelerators", "2"],
    ],
    "sweep": [["spec.toml"], ["spec.toml", "-o", "out.nc"], ["spec.toml", "-o", "out.zarr", "--json"]],
    "sensitivity": [["sensitivity.toml"], ["analysis.toml", "--index", "tornado", "-o", "out.nc"]],
    "trajectory": [["adoption", "--start", "2026-01-01", "--stop", "2027-01-01"]],
    "fleet": [["traditional"], ["fleet.toml", "--share", "long=0.2"], ["mixed", "-o", "out.nc"]],
    "plan-capacity": [
        ["Llama 3.1 8B", "--hardware", "L4", "--queries-per-day", "1e6", "--interactivity", "9"],
        ["Llama 3.1 8B", "--hardware", "L4", "--requests-per-hour", "1e4", "--time-to-first-token", "1"],
    ],
    "plot": [
        ["sweep.nc", "--kind", "violin", "--select", "levers=none", "-o", "out.svg"],
        ["plain.nc", "--kind", "heatmap", "-o", "out.png"],
        ["sobol.nc", "--kind", "sobol", "-o", "out.svg"],
        ["fleet.nc", "--kind", "fleet", "-o", "out.svg"],
        ["trajectory.nc", "--kind", "trajectory", "-o", "out.svg"],
    ],
    "claims": [[], ["--overstated"], ["google_gemini_2025_full", "--compare"], ["--csv"]],
    "report": [["DeepSeek-R1", "-o", "out.html"], ["spec.toml", "-o", "out.html"], ["sweep.nc", "-o", "out.html"]],
    "validate": [
        ["--measured", "measured.csv"],
        ["--measured", "measured.csv", "--json"],
        ["--measured", "measured.csv", "--calibrate", "points.csv"],
        [],
    ],
    "catalog list": [[]],
    "catalog show": [["oviedo2026"], ["mine.csv"]],
    "catalog validate": [["mine.csv"]],
}
"""Lines to start from, by command; a command that is missing here starts from nothing."""

WORDS = {
    "model": ["DeepSeek-R1", "Llama 3.1 405B", "Mixtral 8x22B", "Mine", "ALL"],
    "catalog": ["oviedo2026", "mine.csv", "latin.csv", "wide.csv", "zip.csv", "rows.json", "pointer.csv", "pipe.csv"],
    "path": [
        "mine.csv",
        "empty.csv",
        "claims.csv",
        "latin.csv",
        "zip.csv",
        "rows.json",
        "pointer.csv",
        "pipe.csv",
        "folder",
    ],
    "measured": ["measured.csv", "points.csv", "mine.csv", "empty.csv", "zip.csv", "rows.json", "pipe.csv", "folder"],
    "calibrate": ["points.csv", "measured.csv", "mine.csv", "latin.csv", "pipe.csv", "folder"],
    "spec": [
        "spec.toml",
        "analysis.toml",
        "sensitivity.toml",
        "fleet.toml",
        "mine.csv",
        "pipe.toml",
        "sweep.nc",
        "folder",
    ],
    "scenario": ["traditional", "mixed", "planning-grid", "adoption", "fleet.toml", "spec.toml", "pipe.toml", "folder"],
    "result": [*(f"{name}.nc" for name in DATASETS), "sweep.zarr", "text.nc", "pipe.nc", "folder", "mine.csv"],
    "output": [
        "out.nc",
        "out.zarr",
        "out.svg",
        "out.png",
        "sweep.nc",
        "sweep.zarr",
        "folder",
        "folder/out.nc",
        "no/out.nc",
    ],
    "plot": ["out.svg", "out.png", "out.pdf", "out.txt", "folder"],
    "preset": ["v2-code", "v2-text", "v1", "untrimmed", "corrected"],
    "hardware": ["H100 80GB HBM3", "H100", "H100 SXM", "B200", "mine.csv", "spec.toml", "rows.json"],
    "serving": ["vLLM", "TensorRT-LLM"],
    "precision": ["FP8", "FP16", "0.01"],
    "accelerators": ["8", "0", "3.5", "1,2,4", "1e9"],
    "load": ["0.5", "50%", "50", "0", "1e-9", "0.1,0.5,1"],
    "concurrency": ["16", "0.01", "1e6", "1,2,4"],
    "cached_tokens": ["0.5", "1", "400", "1e9", "-1"],
    "batch_workload": ["azure_code", "azure_code=0.1", "azure_code=-1", "nothing", "=", "azure_code=nan"],
    "kv_precision": ["FP8", "bf16", "FP4"],
    "max_sequences": ["64", "1", "1e5", "1e9"],
    "speculation": ["off", "on", "unknown", "maybe"],
    "interactivity": ["50", "0", "1e5", "unchecked(1e7)"],
    "time_per_output_token": ["0.02", "20", "1e-5"],
    "time_to_first_token": ["0.3", "500", "1e-4"],
    "output_tokens": ["traditional", "long", "300", "120.4", "Exponential(median=300)", "1e300"],
    "input_tokens": ["500", "0", "Uniform(1, 1000)", "LogNormal(100, 1e300)"],
    "pue": ["1.1", "0.6", "12", "120", "LogNormal(p5=1.05, p95=1.6)", "Uniform(1, 1e40)", "Empirical([1.1, 1.2])"],
    "power_utilization": [
        "0.7",
        "70",
        "LogNormal(0.4, 0.9)",
        "Empirical([0.5, 0.6, 95])",
        "ThroughputProportional(0.24, 0.56)",
    ],
    "node_power": ["10.2", "10200", "0", "LogNormal(9, 11)"],
    "levers": ["none", "serving", "model+serving", "model+serving+hardware", "2"],
    "boundary": ["node", "accelerator", "facility", "facility+idle_reserve", "node+node"],
    "quantiles": ["0.5", "0.05,0.5,0.95", "0.5,0.05", "1e-320", "0.999999999", "0,1"],
    "quantile": ["0.5", "0.25", "5"],
    "prefill_weight": ["0", "0.0333", "1e308", "-1"],
    "draws": ["1", "5", DRAWS, "1024", "1e30", "1" + "0" * 400],
    "relative_stderr": ["0.1", "10%", "1e-300", "0"],
    "seed": ["0", "7", "1e300", str(2**64)],
    "threads": ["1", "2", "1e30"],
    "shared_draws": ["1024", "63", "1e30"],
    "index": [
        "sobol",
        "tornado",
        "anova",
        "given",
        "nested",
        "reduction",
        "shapley",
        "elasticity",
        "convergence",
        "spider",
    ],
    "select": ["levers=none", "model=DeepSeek-R1", "model=x", "a=b=c"],
    "over": ["model", "levers", "scenario", "quantile", "bin"],
    "facet": ["model", "levers", "scenario", "growth", "bin"],
    "variable": ["energy", "energy_mean", "histogram", "supported", "throughput", "first_order"],
    "x": ["model", "levers", "pue", "quantile", "bin"],
    "y": ["model", "output_tokens", "levers", "quantile"],
    "quantity": ["saved", "log_reduction"],
    "share": ["long=0.2", "short=1", "long=0,0.1,1", "long=2"],
    "overhead": ["idle=1.1", "idle=1.1:somebody", "idle=0", "a=b"],
    "scope": ["pue=query", "pue=shared", "x=y"],
    "load_profile": [",".join(["1"] * 24), "00-08=0.5,08-24=1.2", "mine.csv", "pipe.csv"],
    "queries_per_day": ["1e9", "0", "1e308"],
    "growth": ["0.1", "-1", "1e308"],
    "rebound": ["0", "0.5", "2"],
    "start": ["2026-01-01", "2026"],
    "stop": ["2027-01-01", "2025-01-01", "9999-12-31"],
    "step": ["year", "quarter", "month", "day"],
    "ids": ["google_gemini_2025_full", "epri_2024_chatgpt", "1e308", "0.3", "-1", "nan"],
    "kind": ["llm_query", "violin", "heatmap"],
    "level": ["0.95", "1", "0.5,0.9"],
    "occupancy": ["0.5", "0", "1e-308"],
}
"""What an option may well be given, by its name; an option that is missing here gets what any other one may get."""


def commands() -> dict[str, list[click.Parameter]]:
    """Return every command with its parameters, as click knows them."""

    def walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, list[click.Parameter]]]:
        if isinstance(command, click.Group):
            for name, child in command.commands.items():
                yield from walk(child, (*path, name))
        else:
            yield " ".join(path), command.params

    return dict(walk(main, ()))


typed = odd_texts.map(lambda text: text.replace("\0", ""))
"""What a user may type: no system passes on an argument with a NUL in it."""


def _values(parameter: click.Parameter) -> st.SearchStrategy[str]:
    choices = list(getattr(parameter.type, "choices", ()))
    words = st.sampled_from([str(one) for one in [*choices, *WORDS.get(parameter.name or "", ())]] or ["1"])
    anything = st.sampled_from(sorted({word for group in WORDS.values() for word in group}))
    return st.one_of(words, words, words, typed, anything)


def _words(parameter: click.Parameter) -> st.SearchStrategy[list[str]]:
    """Return what a line gets for one parameter."""
    if isinstance(parameter, click.Argument):
        return _values(parameter).map(lambda word: [word])
    spellings = [*parameter.opts, *parameter.secondary_opts]
    if getattr(parameter, "is_flag", False):
        return st.sampled_from(spellings).map(lambda word: [word])
    return st.tuples(st.sampled_from(spellings), _values(parameter)).map(list)


@functools.cache
def _line(command: str) -> st.SearchStrategy[list[str]]:
    parameters = commands()[command]
    extra = st.lists(st.one_of([_words(one) for one in parameters]), max_size=2)
    # Most of the time the line is valid but for one or two words; how often an option is drawn does not matter.
    base = st.sampled_from(VALID.get(command, [[]]))
    replaced = st.tuples(base, st.integers(0, 5), typed | st.sampled_from(WORDS["result"])).map(
        lambda drawn: [drawn[2] if i == drawn[1] else word for i, word in enumerate(drawn[0])]
    )
    start = st.one_of(base, base, replaced)
    return st.tuples(start, extra).map(lambda drawn: _quick(command, [*drawn[0], *itertools.chain(*drawn[1])]))


def _quick(command: str, words: list[str]) -> list[str]:
    """Return a line that asks for few draws where it does not say how many."""
    names = {name for one in commands()[command] for name in one.opts}
    few = {"--draws": DRAWS, "--shared-draws": "1024"}
    asked = {"--draws", "--relative-stderr", "quasi_monte_carlo", "exact"} & set(words)
    for option, number in few.items():
        if option in names and option not in words and not (option == "--draws" and asked):
            words = [*words, option, number]
    return [*command.split(), *words]


command_lines = st.sampled_from([name for name in sorted(commands()) for _ in range(OFTEN.get(name, 8))]).flatmap(_line)
