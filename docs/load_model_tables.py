"""Tables of the load model, from the tables that ship and from what its comparison of forms found."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from wattquery.throughput.load.hardware import families
from wattquery.throughput.load.parameter_table import GROUPINGS, LENGTH, Parameter, parameter_table, task_lengths
from wattquery.throughput.load.parameters import effect_name
from wattquery.throughput.load.shipped_model import shipped_calibration, shipped_process
from wattquery.throughput.load.support import INTERVAL_CLASSES
from wattquery.validation.cells import NAMES

__all__ = ["LOAD_MODEL_TABLES", "Rows"]

Rows = tuple[tuple[str, ...], list[tuple[str, ...]], int]
"""Header, rows, and how many of the last columns are numbers."""

FORMS = Path(__file__).resolve().parent.parent / "data" / "validation" / "forms.csv"


@cache
def fitted() -> Mapping[str, tuple[float, float]]:
    """Return fitted logarithms with their standard errors by name."""
    text = files("wattquery.throughput.load").joinpath("data/fitted/parameters.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["name"]: (float(row["logarithm"]), float(row["standard_error"])) for row in rows}


def parameters() -> Rows:
    """Return every parameter with its prior, its fitted value and its meaning."""
    rows = [
        (f"`{one.name}`", *_scaled(one), _deviation(one.sd), *_fitted_cells(one), one.meaning)
        for one in parameter_table().values()
    ]
    return ("parameter", "unit", "prior median", "sd of ln", "fitted", "s.e. of ln", "what it is"), rows, 0


def effects() -> Rows:
    """Return which parameters have effects, and how large the prior takes them to be."""
    rows = []
    for one in parameter_table().values():
        if one.effects:
            cells = [_deviation(one.effects.get(grouping, 0.0)) for grouping in GROUPINGS]
            old = "" if one.old_stack_sd is None else f"{one.old_stack_sd:g}"
            rows.append((f"`{one.name}`", *cells[:3], old, *cells[3:]))
    return ("parameter", "family", "accelerator", "stack", "old stack", "source", "task"), rows, 6


def hardware() -> Rows:
    """Return the factors of each accelerator, of its family and its own."""
    wanted = ("memory_efficiency", "compute_speed", "layer_s", "host_power", "power_limit")
    rows = []
    for name in _labels("hardware"):
        (family,) = families([name])
        logs = [_log(one, "hardware_family", family) + _log(one, "hardware", name) for one in wanted]
        rows.append((family, name, *(f"{math.exp(log):.2f}" for log in logs)))
    return ("family", "accelerator", *(f"`{one}`" for one in wanted)), sorted(rows), len(wanted)


def stacks() -> Rows:
    """Return the factors of each class of stacks."""
    wanted = ("layer_s", "sequence_s", "memory_efficiency", "compute_speed", "first_token_s", "host_power")
    rows = [(name, *(f"{math.exp(_log(one, 'stack', name)):.2f}" for one in wanted)) for name in _labels("stack")]
    return ("stack", *(f"`{one}`" for one in wanted)), rows, len(wanted)


def lengths() -> Rows:
    """Return the input lengths of tasks that no source states."""
    usual = math.log(parameter_table()[LENGTH].mean)
    rows = []
    for name in _labels("task"):
        log, error = fitted()[effect_name(LENGTH, "task", name)]
        length = math.exp(usual + log)
        stated = f"{task_lengths()[name][0]:,.0f}" if name in task_lengths() else ""
        rows.append((name, stated, f"{length:,.0f}", f"{error:.2f}"))
    return ("task", "prior median", "fitted [tokens]", "s.e. of ln"), rows, 3


def residuals() -> Rows:
    """Return the standard deviations of residuals by level."""
    rows = [
        (name, *(f"{100.0 * one:.1f}" for one in deviations))
        for name, deviations in shipped_process().standard_deviations.items()
    ]
    return ("level", "time per output token [%]", "time to first token [%]", "power [%]"), rows, 3


def intervals() -> Rows:
    """Return the factors by which intervals are widened or narrowed, by class; the pooled ones are in none."""
    factors = shipped_calibration().factors
    classes = [one for one in INTERVAL_CLASSES if one in {support for support, _ in factors}]
    rows = []
    for quantity, name in NAMES.items():
        pairs = [factors.get((one, quantity)) for one in classes]
        rows.append((name, *("" if pair is None else f"{pair[0]:.2f}, {pair[1]:.2f}" for pair in pairs)))
    return ("", *(f"`{one}`" for one in classes)), rows, len(classes)


def forms() -> Rows:
    """Return how far off each form is, with its difference to the one that ships."""
    with FORMS.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    columns = list(dict.fromkeys((row["quantity"], row["group"]) for row in found))
    cells = {(row["form"], row["quantity"], row["group"]): _compared(row) for row in found}
    names = list(dict.fromkeys(row["form"] for row in found))
    counts = {(row["quantity"], row["group"]): f"{int(row['rows']):,} / {row['architectures']}" for row in found}
    rows = [(name, *(cells[(name, *one)] for one in columns)) for name in names]
    rows.append(("rows / architectures", *(counts[one] for one in columns)))
    return (
        ("form", *(f"{NAMES[quantity].partition(' [')[0]}, {group}" for quantity, group in columns)),
        rows,
        len(columns),
    )


def _compared(row: Mapping[str, str]) -> str:
    """Return an error in per cent, for another form than the one that ships with its difference."""
    error = f"{100.0 * float(row['error']):.1f}"
    if row["form"] == "shipped":
        return f"{error} ± {100.0 * float(row['stderr']):.1f}"
    return f"{error} ({100.0 * float(row['difference']):+.1f} ± {100.0 * float(row['difference_stderr']):.1f})"


def _fitted_cells(one: Parameter) -> tuple[str, str]:
    if one.name not in fitted():
        return "", ""
    log, error = fitted()[one.name]
    return _number(_scale(one) * math.exp(log)), f"{error:.2f}"


def _scaled(one: Parameter) -> tuple[str, str]:
    """Return the unit and the prior median."""
    return "µs" if _scale(one) > 1.0 else one.unit, _number(_scale(one) * one.mean)


def _scale(one: Parameter) -> float:
    """Return 1e6 for times of microseconds."""
    return 1e6 if one.unit == "s" and one.mean < 1e-3 else 1.0


def _log(parameter: str, grouping: str, label: str) -> float:
    """Return the logarithm of an effect, 0 where there is none."""
    return fitted().get(effect_name(parameter, grouping, label), (0.0, 0.0))[0]


def _labels(grouping: str) -> list[str]:
    """Return all labels with effects by a grouping."""
    names: Iterable[list[str]] = (name.split(" | ") for name in fitted())
    return sorted({name[2] for name in names if name[1:2] == [grouping]})


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000.0 else f"{value:.3g}"


def _deviation(value: float) -> str:
    return f"{value:g}" if value else ""


LOAD_MODEL_TABLES: dict[str, Callable[[], Rows]] = {
    "load-parameters": parameters,
    "load-effects": effects,
    "load-hardware": hardware,
    "load-stacks": stacks,
    "load-lengths": lengths,
    "load-residuals": residuals,
    "load-intervals": intervals,
    "load-forms": forms,
}
"""Every table by the name that a page gives it."""
