"""What a reader should know of the rows behind a throughput: how they scatter, and what they differ in beside lengths.

A throughput model has the two lengths of a query and nothing else. Rows that were measured at several batch sizes, or
on several numbers of accelerators, are no repeated measurements of one thing, and what they differ by is no noise.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from itertools import product
from operator import attrgetter
from typing import Any

from wattquery.catalog import BenchmarkRow
from wattquery.catalog.row import ROW
from wattquery.errors import listed
from wattquery.throughput.log_linear import LogLinearModel
from wattquery.throughput.model import ThroughputModel

__all__ = [
    "ABOUT_ROWS",
    "LARGE_LOG_SIGMA",
    "differences",
    "in_factors",
    "in_tokens",
    "loads_at_same_lengths",
    "operating_points",
    "remarks",
    "scatter",
    "scatters",
    "several_loads",
    "steep",
    "unproved",
]

LARGE_LOG_SIGMA = 0.5
"""Residual standard error of ln TPS above which rows are said to scatter, a factor of 1.65. The largest in the catalog
``oviedo2026``, whose rows come from different sources, is 0.41."""

LARGE_FOR_ONE_LOAD = 0.15
"""Residual standard error of ln TPS above which rows of several loads, each at lengths of its own, are said to have
them: where the load is the best one at each, fits are off by about 5 %."""

ALIKE = 0.1
"""Difference of logarithms up to which lengths are the same: measured ones differ by that where the nominal do not."""

STEEPEST = 2.0
"""Size of a slope of ln TPS on the logarithm of a length above which that length is not what it comes from: output
tokens per second change at most in proportion to a length where prefill or decode fills the time, and with its square
where attention does. The steepest in the catalog ``oviedo2026`` is 0.59."""

_NOT_MODELLED: tuple[tuple[str, Callable[[BenchmarkRow], Any]], ...] = (
    ("Hardware", attrgetter("hardware")),
    ("Serving", attrgetter("serving")),
    ("Quantization", attrgetter("precision")),
    ("TP Size", attrgetter("tensor_parallel")),
    ("Batch Size", attrgetter("batch_size")),
    ("Scaled Power", attrgetter("scaled_power")),
    ("Power for Node (kW)", attrgetter("node_power")),
)
"""Columns that rows of one deployment may differ in, beside lengths and throughput; prose and sources are left out."""

_OPERATING_POINT = re.compile(
    r"batch|concurren|parallel|simultaneous|in.?flight|num.?(seq|prompt)|max.?(seq|requests)"
    r"|\b(tp|pp|ep|dp|load|users|clients|streams|requests|replicas|gpus|qps|rps)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(\.\d*)?", re.ASCII)

_MOST_COLUMNS, _MOST_VALUES, _LONGEST = 6, 3, 24


def differences(rows: Sequence[BenchmarkRow]) -> list[str]:
    """Return the columns that are not modelled and that the rows differ in, each with some of its values.

    Columns of a user's own count as well: a table that has a column "Concurrency" says what its rows differ in.

    Examples
    --------
    >>> from wattquery import catalog
    >>> from wattquery.throughput.remarks import differences
    >>> differences(catalog.load("oviedo2026").deployment("Llama 3.1 405B").rows)
    ["'Serving' (TensorRT-LLM, not stated)", "'Batch Size' (Dynamic, 250)"]
    """
    own = list(dict.fromkeys(header for row in rows for header, _ in row.others if header != ROW))
    columns = [(header, [read(row) for row in rows]) for header, read in _NOT_MODELLED]
    cells = [dict(row.others) for row in rows]
    columns += [(header, [cell.get(header, "") for cell in cells]) for header in own]
    found = []
    for header, values in columns:
        distinct = list(dict.fromkeys("" if value is None else _shown(value) for value in values))
        if len(distinct) > 1:
            some = ", ".join(value or "empty" for value in distinct[:_MOST_VALUES])
            more = f", ... {len(distinct)} values" if len(distinct) > _MOST_VALUES else ""
            found.append(f"{header!r} ({some}{more})")
    if len(found) > _MOST_COLUMNS:
        found = [*found[:_MOST_COLUMNS], f"{len(found) - _MOST_COLUMNS} more columns"]
    return found


def scatters(model: ThroughputModel) -> bool:
    """Return whether rows scatter by more than `LARGE_LOG_SIGMA`, two of them by their own standard deviation."""
    return _log_sigma(model) > LARGE_LOG_SIGMA


def scatter(model: ThroughputModel, rows: Sequence[BenchmarkRow]) -> str:
    """Return what to say of rows that scatter, and what may explain it; nothing where they do not."""
    if not scatters(model):
        return ""
    if model.kind == "larger_of_two":
        ratio = model.maximum / model.minimum
        scatter = f"its two rows differ by a factor of {ratio:.3g}, and the larger is taken for all lengths"
    else:
        sigma = _log_sigma(model)
        scatter = (
            f"the residual standard error is {sigma:.2f} of ln TPS, so rows are typically off by {in_factors(sigma)}"
        )
    apart = differences(rows)
    if not apart:
        return f"rows scatter: {scatter}"
    return (
        f"rows scatter: {scatter}; they differ in {', '.join(apart)}, which is not modelled, so this is no noise: keep "
        "the rows of one operating point, or write it into 'Serving' to have a deployment for each"
    )


def steep(model: ThroughputModel, rows: Sequence[BenchmarkRow]) -> str:
    """Return what to say of a fit that changes with a length faster than any server does; nothing where none does.

    Rows whose lengths differ by a few percent, and by chance along with their batch size, give such a slope, and hardly
    a residual.
    """
    if not isinstance(model, LogLinearModel):  # what is not negative is never steeper than a power of 1
        return ""
    slopes = {"input": model.ln_input, "output": model.ln_output}
    found = [f"its {name} length to the power {slope:.3g}" for name, slope in slopes.items() if abs(slope) > STEEPEST]
    if not found:
        return ""
    apart = differences(rows)
    cause = f"they also differ in {', '.join(apart)}, which is not modelled" if apart else "something else differs"
    return (
        f"implausible fit: by the rows, throughput goes with {' and '.join(found)}, and no server's changes with more "
        f"than a power of {STEEPEST:g}; {cause}: keep the rows of one operating point, or add rows with other lengths"
    )


def unproved(model: ThroughputModel, rows: Sequence[BenchmarkRow]) -> str:
    """Return what to say of rows through which every fit passes, and which differ in how the model was run.

    Three rows leave no residual, so that none can be large: what it would say of a difference in batch size is not
    known. Only numbers of columns that are about load or parallelism count: others may tell rows apart by a source.
    """
    if not model.is_fitted or model.degrees_of_freedom > 0:
        return ""
    apart = operating_points(rows)
    if not apart:
        return ""
    return (
        f"rows of several operating points: {listed(apart)} is not the same in the {len(rows)} rows and is not "
        "modelled, and rows that leave no residual cannot show what it does: add rows, or keep those of one point"
    )


def several_loads(model: ThroughputModel, rows: Sequence[BenchmarkRow]) -> str:
    """Return what to say of rows that were measured at several loads; nothing where none were.

    Where they scatter it is said already, and what they differ in. At lengths of their own, rows may well have the load
    that is best there: then it is said where they are further from the fit than from one such row to another.
    """
    if not model.is_fitted or scatters(model):
        return ""
    if apart := loads_at_same_lengths(rows):
        return (
            f"rows of several loads: {listed(apart)} differ{'s' * (len(apart) == 1)} at the same lengths, which no "
            "form of throughput here has, so that they are fitted together; a load model would be calibrated by them, "
            "which there is not yet: keep the rows of one operating point, or write it into 'Serving' to have a "
            "deployment for each"
        )
    sigma = model.residual_standard_error
    apart = operating_points(rows) if sigma > LARGE_FOR_ONE_LOAD else []
    if not apart:
        return ""
    return (
        f"rows of several loads: {listed(apart)} differ{'s' * (len(apart) == 1)} from length to length and is not "
        f"modelled, and the rows are typically off by {in_factors(sigma)}: keep the rows of one operating point, or of "
        "the highest throughput at each pair of lengths"
    )


def loads_at_same_lengths(rows: Sequence[BenchmarkRow]) -> list[str]:
    """Return the columns about load or parallelism, such as a concurrency, of which rows of one pair of lengths differ.

    Such rows are no repeated measurements of one throughput, and what they differ by is no noise.
    """
    if len(rows) < 2 or not operating_points(rows):
        return []
    together: defaultdict[Hashable, list[BenchmarkRow]] = defaultdict(list)
    for shifts in product((0.0, 0.5), repeat=2):  # lengths on either side of an edge are together once
        for row in rows:
            steps = _step(row.input_tokens, shifts[0]), _step(row.output_tokens, shifts[1])
            together[shifts, *steps].append(row)
    alike = (operating_points(group) for group in together.values() if len(group) > 1)
    return list(dict.fromkeys(header for headers in alike for header in headers))


def _step(length: float | None, shift: float) -> int | None:
    return None if length is None else math.floor(math.log(length) / ALIKE + shift)


def operating_points(rows: Sequence[BenchmarkRow]) -> list[str]:
    """Return the columns about load or parallelism in which rows have different numbers."""
    cells: dict[str, set[object]] = {
        "TP Size": {row.tensor_parallel for row in rows},
        "Batch Size": {row.batch_size for row in rows},
    }
    for row in rows:
        for header, cell in row.others:
            cells.setdefault(header, set()).add(cell)
    return [
        header
        for header, found in cells.items()
        if len(found) > 1
        and _OPERATING_POINT.search(header)
        and len({float(str(cell)) for cell in found if _NUMBER.fullmatch(str(cell))}) > 1
    ]


def _log_sigma(model: ThroughputModel) -> float:
    """Return the standard deviation of ln TPS about the model, of two rows |ln TPS_1 - ln TPS_2| / sqrt(2)."""
    if model.kind == "larger_of_two":
        return math.log(model.maximum / model.minimum) / math.sqrt(2.0)
    return model.residual_standard_error


def remarks(model: ThroughputModel, rows: Sequence[BenchmarkRow], stderr: float) -> list[str]:
    """Return what to say of a throughput at lengths where the fit has a standard error of ln TPS; mostly nothing."""
    found = [note for note in (each(model, rows) for each in ABOUT_ROWS) if note]
    if model.is_fitted and stderr > LARGE_LOG_SIGMA:
        source = ", which is not part of the spread of the energy"
        if model.degrees_of_freedom == 0:
            source = ", borrowed from other deployments"
        found.append(
            f"uncertain throughput: at the median lengths one standard error of the fit is {in_factors(stderr)}{source}"
        )
    return found


ABOUT_ROWS: tuple[Callable[[ThroughputModel, Sequence[BenchmarkRow]], str], ...] = (
    scatter,
    steep,
    unproved,
    several_loads,
)
"""What is said of rows wherever a model is made of them; nothing, mostly."""


def in_factors(sigma: float) -> str:
    """Return a standard error of a logarithm in words: a percentage where it is small, a factor where it is not.

    Examples
    --------
    >>> from wattquery.throughput.remarks import in_factors
    >>> in_factors(0.152), in_factors(1.72), in_factors(900.0)
    ('16 %', 'a factor of 5.6', 'a factor of 1e391')
    """
    if sigma < 0.3:
        return f"{100.0 * math.expm1(sigma):.2g} %"
    if sigma < 300.0:
        return f"a factor of {math.exp(sigma):.2g}"
    return f"a factor of 1e{sigma / math.log(10.0):.0f}" if math.isfinite(sigma) else "not known"


def in_tokens(rate: float) -> str:
    """Return tokens per second as people read them: whole, or with three digits where they are few.

    Examples
    --------
    >>> from wattquery.throughput.remarks import in_tokens
    >>> in_tokens(21_000.4), in_tokens(38.5), in_tokens(0.3)
    ('21,000', '38.5', '0.3')
    """
    return f"{rate:,.0f}" if rate >= 100.0 else f"{rate:.3g}"


def _shown(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
