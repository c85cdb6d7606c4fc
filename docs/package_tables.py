"""Tables of the documents that come from the package itself, as lines of Markdown. Used by ``conf.py``."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path

import click
from load_model_tables import LOAD_MODEL_TABLES, Rows

from wattquery import catalog
from wattquery.catalog import claim_columns
from wattquery.catalog.benchmark_columns import COLUMNS
from wattquery.catalog.physics import constants
from wattquery.claims.evidence import evidence
from wattquery.cli import main as command_line
from wattquery.measured.tables import columns as measured
from wattquery.paper.findings import all_findings, lines_in_words
from wattquery.quantities import AXES, QUANTITIES, Quantity
from wattquery.quantities.arguments import ARGUMENTS
from wattquery.quantities.fleets import FLEETS
from wattquery.quantities.results import RESULTS
from wattquery.quantities.sensitivity import SENSITIVITIES
from wattquery.specs import as_distribution
from wattquery.specs.factors import FACTORS
from wattquery.throughput import fit_throughput
from wattquery.workloads.named import described

__all__ = ["TABLES", "markdown_table"]


def markdown_table(header: Iterable[str], rows: Iterable[Iterable[str]], numbers: int = 0) -> list[str]:
    """Return a table as lines, its last ``numbers`` columns set to the right."""
    header = list(header)
    rules = ["---"] * (len(header) - numbers) + ["---:"] * numbers
    lines = [header, rules, *([cell.replace("|", r"\|") for cell in row] for row in rows)]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def quantities() -> list[str]:
    """Return every quantity of a query with its symbol, unit, boundary and physical range."""
    rows = [
        (
            *_described(one),
            "axis" if one.name in AXES else "",
            f"{one.lowest:g} to {one.highest:g}" if one.has_range else "",
        )
        for one in (*ARGUMENTS, *RESULTS)
    ]
    return markdown_table(("name", "symbol", "unit", "what it is", "boundary", "role", "physical range"), rows)


def sensitivities() -> list[str]:
    """Return what results of `wattquery.sensitivity` have beside the quantities of a sweep."""
    rows = [_described(one) for one in SENSITIVITIES]
    return markdown_table(("name", "symbol", "unit", "what it is", "boundary"), rows)


def fleets() -> list[str]:
    """Return what results of fleets have beside the quantities of a sweep."""
    rows = [_described(one) for one in FLEETS]
    return markdown_table(("name", "symbol", "unit", "what it is", "boundary"), rows)


def _described(one: Quantity) -> tuple[str, ...]:
    return f"`{one.name}`", _math(one.symbol), one.unit or "(a label)", one.long_name, one.boundary or ""


def axes() -> list[str]:
    """Return the axes of a grid in their order."""
    return [f"{i}. `{name}`: {QUANTITIES[name].long_name}" for i, name in enumerate(AXES, start=1)]


def factors() -> list[str]:
    """Return every kind of factor: what says it, what it does to the energy, and who has a number of its own."""
    roles = {1.0: "multiplies", -1.0: "divides", 0.0: "is a length"}
    scopes = {"query": "each query", "shared": "all queries"}
    rows = [
        (
            f"`{one.name}`" if one.is_single else f"`{one.name}NAME`",
            _math(QUANTITIES[one.quantity].symbol),
            f"`{one.axis}`",
            roles[one.sign],
            scopes[one.scope],
            f"`{one.preset}`" if one.preset else "",
            f"`{one.names}`" if one.names else "",
        )
        for one in FACTORS
    ]
    header = ("factor", "symbol", "axis", "role", "one number for", "field of a preset: default", "names")
    return markdown_table(header, rows)


def columns() -> list[str]:
    """Return the columns of a benchmark table."""
    rows = [
        (f"`{one.header}`", f"`{one.field}`", "required" if one.required else "optional", one.allowed)
        for one in COLUMNS
    ]
    return markdown_table(("column", "field of a row", "", "what a cell may hold"), rows)


def measured_columns() -> list[str]:
    """Return the columns of a table of measurements: those that say what was measured, and those that were."""
    named = {name: (headers, "") for name, headers in measured.WORDS.items() if name != "origin"}
    for name, column in {**measured.KEYS, **measured.VALUES}.items():
        named[name] = tuple(column.headers), f"{column.least:g} to {column.most:g} {column.unit}".strip()
    rows = [
        (", ".join(f"`{header}`" for header in headers), measured.MEANINGS[name], allowed)
        for name, (headers, allowed) in named.items()
    ]
    return markdown_table(("columns, the first that is not empty counts", "what it is", "what can be"), rows)


def boundary_factors() -> list[str]:
    """Return the accelerator share and the known steps, each with its source."""
    rows = [
        (f"`{one.name}`", "share $s$" if one.name == "accelerator_share" else "step", _spec(one.factor), one.source)
        for one in catalog.boundary_factors()
    ]
    return markdown_table(("name", "", "value [1]", "source"), rows)


def claim_words() -> list[str]:
    """Return the words that columns of a table of claims use."""
    words = {
        "origin": claim_columns.ORIGINS,
        "kind": claim_columns.KINDS,
        "model_class": claim_columns.MODEL_CLASSES,
        "statistic": claim_columns.STATISTICS,
        "output_is": claim_columns.OUTPUT_IS,
        "range_is": claim_columns.RANGES,
        "boundary": claim_columns.BOUNDARIES,
    }
    rows = [(f"`{name}`", f"`{word}`", meaning) for name, some in words.items() for word, meaning in some.items()]
    return markdown_table(("column", "word", "what it means"), rows)


def low_batches() -> list[str]:
    """Return what an output token costs at small batches."""
    names = ("minimum", "p5", "median", "p95", "maximum")
    found = evidence()["low_batch"]["at"]
    rows = [(f"{row['batch']}", *(f"{row[name]:g}" for name in names)) for row in found]
    return markdown_table(("maximum batch", "lowest", "P5", "median", "P95", "highest"), rows, numbers=6)


def presets() -> list[str]:
    """Return what each preset assumes, one column per preset."""
    chosen = [catalog.preset(name) for name in catalog.preset_names()]
    rows = [
        ("catalog", *(f"`{one.catalog}`" for one in chosen)),
        ("compared with", *(f"published {one.published or 'nothing'}" for one in chosen)),
        ("`node_power` [kW]", *("of each row" if one.node_power is None else f"{one.node_power:g}" for one in chosen)),
        ("that of DeepSeek-R1 [kW]", *(_power_of_deepseek(one) for one in chosen)),
        ("`power_utilization`", *(_spec(one.power_utilization) for one in chosen)),
        ("`pue`", *(_spec(one.pue) for one in chosen)),
        ("`input_tokens`", *(_spec(one.input_tokens) for one in chosen)),
        *_by_name("`output_tokens`", [one.output_tokens for one in chosen]),
        ("`round_tokens`", *(str(one.round_tokens) for one in chosen)),
        ("`prefill_weight`", *(f"{one.prefill_weight:g}" for one in chosen)),
        *_by_name("lever", [one.levers for one in chosen]),
        *_by_name("lever of an improved fleet,", [one.fleet_serving_lever for one in chosen]),
        ("fleet overhead", *(f"{math.prod(one.fleet_overhead.values()):.4f}" for one in chosen)),
        ("models in the frontier blend", *(f"{one.blend_top}" for one in chosen)),
        ("trim of the blend", *("none" if one.blend_trim is None else str(list(one.blend_trim)) for one in chosen)),
    ]
    return markdown_table(("", *(f"`{one.name}`" for one in chosen)), rows)


def audited() -> list[str]:
    """Return what an audit of the paper's inputs found, and what is done about it."""
    rows = [
        (
            f"`{finding.name}`",
            lines_in_words(finding.lines) or "preset",
            finding.title,
            finding.correction.words if finding.correction else f"Not corrected: {finding.why_not}",
            f"`{finding.what_if.name}`" if finding.what_if else "",
        )
        for finding in all_findings()
    ]
    return markdown_table(("finding", "lines", "what is the matter", "correction", "what-if"), rows)


def throughputs() -> list[str]:
    """Return the throughput model of every deployment that the paper uses."""
    shipped = catalog.load("oviedo2026")
    rows = []
    for name in shipped.labels("model"):
        deployment = shipped.deployment(name)
        if deployment is None:
            rows.append((name, "0", f"no {shipped.default_precision} rows", *[""] * 6))
            continue
        fit = fit_throughput(deployment.rows, name)
        fitted = fit.kind == "regression"
        rows.append(
            (
                name,
                str(fit.n_rows),
                fit.kind.replace("_", " "),
                f"{fit.intercept:.3f}" if fitted else "",
                f"{fit.ln_input:.3f}" if fitted else "",
                f"{fit.ln_output:.3f}" if fitted else "",
                f"{fit.maximum:,.0f}",
                str(fit.degrees_of_freedom),
                "unknown" if math.isnan(fit.residual_standard_error) else f"{fit.residual_standard_error:.3f}",
            )
        )
    header = ("model", "rows", "kind", "$b_0$", "$b_1$", "$b_2$", "cap [tokens/s]", "dof", "residual s.e.")
    return markdown_table(header, rows, numbers=6)


def options(command: str) -> list[str]:
    """Return the options of a command."""
    group: click.Command = command_line
    for name in command.split():
        assert isinstance(group, click.Group)
        group = group.commands[name]
    rows = []
    for one in group.params:
        if isinstance(one, click.Option):
            value = f" {one.metavar or '|'.join(getattr(one.type, 'choices', ()))}" if not one.is_flag else ""
            written = ", ".join(f"`{name}{value}`" for name in (*one.opts, *one.secondary_opts))
            rows.append((written, one.help or ""))
    return markdown_table(("option", ""), rows)


def _by_name(title: str, entries: list[Mapping[str, object]]) -> list[tuple[str, ...]]:
    return [(f"{title} {name}", *(_spec(one[name]) for one in entries)) for name in entries[0]]


def _power_of_deepseek(preset: catalog.Preset) -> str:
    """Return the node power that a preset gives DeepSeek-R1 [kW], in words where each row has its own."""
    power = preset.node_power_by_model.get("DeepSeek-R1", preset.node_power)
    return "of each row" if power is None else f"{power:g}"


def _spec(value: object) -> str:
    return str(as_distribution(value, "value"))


def _math(symbol: str) -> str:
    """Return a symbol of the code as mathematics: ``P_node`` has an upright index, ``PUE`` is one upright word."""
    if not symbol:
        return ""
    if symbol in GREEK:
        return rf"$\{symbol}$"
    if symbol in SUMS:
        return SUMS[symbol]
    base, _, index = symbol.partition("_")
    shown = base if len(base) == 1 else rf"\mathrm{{{base}}}"
    below = (index if len(index) == 1 else rf"\mathrm{{{index}}}") if index else ""
    return f"${shown}_{below}$" if below else f"${shown}$"


GREEK = ("delta",)
SUMS = {"S_Ti - S_i": "$S_{Ti} - S_i$", "E_0.5 | x": r"$E_{0.5} \mid x$"}
"""Symbols that are more than a letter and an index."""


def physics() -> list[str]:
    """Return every threshold of the checks on rows, with its value and its reason."""
    source = ast.parse(Path(constants.__file__).read_text(encoding="utf-8"))
    rows = []
    for assigned, reason in pairwise(source.body):
        if (
            isinstance(assigned, ast.Assign)
            and isinstance(assigned.targets[0], ast.Name)
            and isinstance(reason, ast.Expr)
        ):
            name = assigned.targets[0].id
            if name in constants.__all__:
                text = " ".join(str(ast.literal_eval(reason.value)).split())
                rows.append((f"`{name}`", _shown(getattr(constants, name)), text))
    return markdown_table(("name", "value", "what it is, and why"), rows)


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} bits: {one:g}" for key, one in value.items())
    return f"{value:g}"


def named_workloads() -> list[str]:
    """Return the named workloads with their lengths and their stated error."""
    rows = [
        (
            f"`{one['name']}`",
            one["title"],
            "margins" if one["independent"] == "True" else "pairs",
            *(f"{float(one[key]):,.0f}" for key in _LENGTHS),
            f"{100.0 * float(one['quantile_error']):.2g} %",
        )
        for one in described().values()
    ]
    header = ("name", "what it is", "known", "output mean", "P50", "P95", "input mean", "P50", "P95", "error")
    return markdown_table(header, rows, numbers=7)


_LENGTHS = ("output_mean", "output_p50", "output_p95", "input_mean", "input_p50", "input_p95")


def _in_markdown(table: Callable[[], Rows]) -> list[str]:
    header, rows, numbers = table()
    return markdown_table(header, rows, numbers)


TABLES: dict[str, Callable[[], list[str]]] = {
    "axes": axes,
    "boundary-factors": boundary_factors,
    "claim-words": claim_words,
    "low-batch": low_batches,
    **{
        f"options-{name}": partial(options, name)
        for name in (
            "reproduce",
            "audit",
            "estimate",
            "sweep",
            "sensitivity",
            "fleet",
            "plan-capacity",
            "trajectory",
            "plot",
            "claims",
            "report",
            "explore",
            "validate",
        )
    },
    "columns": columns,
    "measured-columns": measured_columns,
    "factors": factors,
    "physics": physics,
    "findings": audited,
    "fleets": fleets,
    "presets": presets,
    "quantities": quantities,
    "sensitivities": sensitivities,
    "throughputs": throughputs,
    "workloads": named_workloads,
    **{name: partial(_in_markdown, table) for name, table in LOAD_MODEL_TABLES.items()},
}
"""Every table by the name that a page gives it."""
