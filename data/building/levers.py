"""Pairs of measured rows that differ in one lever alone, and what they say of it by concurrency.

The ratio of a pair is the row with the lever over the one without it: an energy ratio below 1 saves energy, a
throughput ratio above 1 saves time. Rows that do not say whether speculation was on are not paired by it or by
precision: of two such rows one may have it and the other not.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from building.cells import Row, words, written
from building.physics import IMPOSSIBLE

COLUMNS = (
    "lever",
    "quantity",
    "hardware",
    "model_class",
    "concurrency",
    "ratio",
    "log_sd",
    "pairs",
    "lowest_ratio",
    "highest_ratio",
    "lowest_concurrency",
    "highest_concurrency",
    "same_stack",
    "models",
    "source_id",
)
PAIR_COLUMNS = ("lever", "quantity", "hardware", "model_class", "concurrency", "ratio", "with_row", "without_row")

REPEAT = 0.05
"""Standard deviation of the logarithm between runs of one configuration: they differ by 5 % in time per token."""

SMALLEST_SD = math.sqrt(2.0) * REPEAT
"""Of a ratio of two runs: a line through few pairs is not known better."""

BEYOND = 4.0
"""A saving that falls with load would be overstated if it were held at its last value: its line goes on to so many
times the highest concurrency of its pairs, if it saves anything there."""

REFERENCE_BATCH = 8.0
"""What larger batches are compared with, the smallest of ML.ENERGY v3."""

FEWEST = 5
"""Pairs at a concurrency without which a larger batch is not told there."""

_CONFIGURATION = ("architecture", "hardware", "accelerators", "input_tokens", "output_tokens", "disaggregated")
_RUN = ("serving", "version", "tp", "ep", "dp", "pp")
_PRECISIONS = {"fp8_from_bf16": ("BF16", "FP8"), "fp4_from_fp8": ("FP8", "FP4")}
_UNFIT = ("lengths_doubtful", "near_peak", "work_in_progress", "preview_system")


@dataclass(frozen=True)
class Pair:
    """One quantity of a row with a lever over that of a row without it."""

    lever: str
    quantity: str
    model_class: str
    concurrency: float
    ratio: float
    with_row: Row
    without_row: Row

    @property
    def group(self) -> tuple[str, str, str, str]:
        """What the pairs of one curve have in common, in the order of `COLUMNS`."""
        return self.lever, self.quantity, self.with_row["hardware"], self.model_class

    @property
    def same_stack(self) -> bool:
        """Whether both runs had the same serving system."""
        return self.with_row["serving"] == self.without_row["serving"]


def pairs(energy: Iterable[Row], performance: Iterable[Row], architectures: Iterable[Row]) -> list[Pair]:
    """Return all pairs, in the order of their curve and concurrency."""
    classes = {row["architecture"]: "MoE" if float(row["experts"] or 0.0) else "Dense" for row in architectures}
    energy = [{**row, "concurrency": row["batch_maximum"]} for row in energy if row["batch_maximum"]]
    measured = {
        "energy": [row for row in energy if row["joules_per_output_token"] and _fit(row)],
        "throughput": [
            row for row in performance if row["concurrency"] and row["output_tps_per_accelerator"] and _fit(row)
        ],
    }
    found = []
    for quantity, rows in measured.items():
        found += _paired("multi_token_prediction", quantity, classes, *_by_speculation(rows, quantity))
        for lever, (before, after) in _PRECISIONS.items():
            found += _paired(lever, quantity, classes, *_by_precision(rows, before, after))
    # Rows of energy have the rate of the same run, and those of ML.ENERGY are rows of performance as well.
    for lever, (before, after) in _PRECISIONS.items():
        rated = [row for row in measured["energy"] if row["output_tps"]]
        found += _paired(lever, "throughput", classes, *_by_precision(rated, before, after))
    for quantity in measured:
        found += _larger_batches(quantity, classes, [row for row in measured["energy"] if row["output_tps"]])
    order = sorted(
        found, key=lambda one: (*one.group, one.concurrency, one.with_row["row_id"], one.without_row["row_id"])
    )
    return _each_once(order)


def _fit(row: Row) -> bool:
    return not any(flag in _UNFIT or flag.startswith(IMPOSSIBLE) for flag in row["flags"].split("|"))


def _each_once(found: Iterable[Pair]) -> list[Pair]:
    """Return pairs of which none is the same two runs again, in another table."""
    return list({(*one.group, one.concurrency, f"{one.ratio:.4g}"): one for one in found}.values())


_Keyed = Mapping[tuple[str, ...], Sequence[Row]]


def _by_speculation(rows: Sequence[Row], quantity: str) -> tuple[_Keyed, _Keyed]:
    """Return rows with and without speculation by what they have in common.

    No run with power has a twin of the same serving system, so energies are compared between systems.
    """
    names = (*_CONFIGURATION, "precision", "concurrency", *(_RUN if quantity == "throughput" else ()))
    return (
        _keyed([row for row in rows if row["speculation"] == "on"], names),
        _keyed([row for row in rows if row["speculation"] == "off"], names),
    )


def _by_precision(rows: Sequence[Row], before: str, after: str) -> tuple[_Keyed, _Keyed]:
    """Return rows of the lower and of the higher precision by what they have in common."""
    names = tuple(name for name in (*_CONFIGURATION, "task", "concurrency", *_RUN) if name != "output_tokens")
    known = [row for row in rows if row["speculation"] == "off" or row["source_id"].startswith("ml-energy")]
    return (
        _keyed([row for row in known if row["precision"] == after], names),
        _keyed([row for row in known if row["precision"] == before], names),
    )


def _keyed(rows: Iterable[Row], names: Sequence[str]) -> _Keyed:
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in names)].append(row)
    return found


def _paired(lever: str, quantity: str, classes: Mapping[str, str], after: _Keyed, before: _Keyed) -> Iterator[Pair]:
    for key, rows in after.items():
        for row, other in ((row, other) for row in rows for other in before.get(key, ())):
            yield _pair(lever, quantity, classes, row, other)


def _pair(lever: str, quantity: str, classes: Mapping[str, str], row: Row, other: Row) -> Pair:
    ratio = _value(row, quantity) / _value(other, quantity)
    return Pair(lever, quantity, classes[row["architecture"]], float(row["concurrency"]), ratio, row, other)


def _value(row: Row, quantity: str) -> float:
    if quantity == "energy":
        return float(row["joules_per_output_token"])
    return float(row.get("output_tps_per_accelerator") or row["output_tps"])


def _larger_batches(quantity: str, classes: Mapping[str, str], rows: Sequence[Row]) -> Iterator[Pair]:
    """Yield every batch of ML.ENERGY v3 against the smallest one of its configuration."""
    names = tuple(
        name for name in (*_CONFIGURATION, "model_as_published", "precision", "task", *_RUN) if "tokens" not in name
    )
    for runs in _keyed([row for row in rows if row["source_id"] == "ml-energy-v3"], names).values():
        smallest = [row for row in runs if float(row["concurrency"]) == REFERENCE_BATCH]
        for row in runs:
            if smallest and float(row["concurrency"]) > REFERENCE_BATCH:
                yield _pair("larger_batch", quantity, classes, row, smallest[0])


def table(found: Sequence[Pair]) -> list[Row]:
    """Return the curves of all levers: ratios at some concurrencies, with the deviation of one deployment from them."""
    groups: dict[tuple[str, ...], list[Pair]] = defaultdict(list)
    for one in found:
        groups[one.group].append(one)
    made = []
    for members in groups.values():
        points = _at_each(members) if members[0].lever == "larger_batch" else _on_a_line(members)
        made += [_row(members, concurrency, ratio, sd) for concurrency, ratio, sd in points]
    return made


def _at_each(members: Sequence[Pair]) -> Iterator[tuple[float, float, float]]:
    """Yield geometric means and deviations at each concurrency of which there are pairs enough, 1 at the reference."""
    yield REFERENCE_BATCH, 1.0, 0.0
    by_concurrency: dict[float, list[float]] = defaultdict(list)
    for one in members:
        by_concurrency[one.concurrency].append(math.log(one.ratio))
    for concurrency, logs in sorted(by_concurrency.items()):
        if len(logs) >= FEWEST and math.log2(concurrency).is_integer():
            yield concurrency, math.exp(fmean(logs)), max(stdev(logs), SMALLEST_SD)


def _on_a_line(members: Sequence[Pair]) -> Iterator[tuple[float, float, float]]:
    """Yield a line in the logarithms of concurrency and ratio at its ends, with what a new pair would deviate from it.

    Squares of that are the variance of the pairs about the line and the line's own.
    """
    if len(members) < 3:
        return
    places, logs = [math.log(one.concurrency) for one in members], [math.log(one.ratio) for one in members]
    centre, mean = fmean(places), fmean(logs)
    width = sum((place - centre) ** 2 for place in places)
    slope = sum((place - centre) * value for place, value in zip(places, logs, strict=True)) / width
    left = sum((value - mean - slope * (place - centre)) ** 2 for place, value in zip(places, logs, strict=True))
    variance = max(left / (len(members) - 2), SMALLEST_SD**2)
    ends = [min(one.concurrency for one in members), max(one.concurrency for one in members)]
    sign = 1.0 if members[0].quantity == "energy" else -1.0
    beyond = BEYOND * ends[1]
    if sign * slope > 0.0 and sign * (mean + slope * (math.log(beyond) - centre)) < 0.0:
        ends.append(beyond)
    for concurrency in ends:
        away = math.log(concurrency) - centre
        sd = math.sqrt(variance * (1.0 + 1.0 / len(members) + away**2 / width))
        yield concurrency, math.exp(mean + slope * away), sd


def _row(members: Sequence[Pair], concurrency: float, ratio: float, sd: float) -> Row:
    ratios, loads = [one.ratio for one in members], [one.concurrency for one in members]
    return {
        **dict(zip(COLUMNS, members[0].group, strict=False)),
        "concurrency": written(concurrency),
        "ratio": written(ratio, 4),
        "log_sd": written(sd, 3),
        "pairs": str(len(members)),
        "lowest_ratio": written(min(ratios), 4),
        "highest_ratio": written(max(ratios), 4),
        "lowest_concurrency": written(min(loads)),
        "highest_concurrency": written(max(loads)),
        "same_stack": str(all(one.same_stack for one in members)),
        "models": words(*sorted({one.with_row["model"] for one in members})),
        "source_id": words(*sorted({row["source_id"] for one in members for row in (one.with_row, one.without_row)})),
    }


def pair_rows(found: Iterable[Pair]) -> list[Row]:
    """Return the pairs as rows of a table."""
    return [
        {
            **dict(zip(PAIR_COLUMNS, one.group, strict=False)),
            "concurrency": written(one.concurrency),
            "ratio": written(one.ratio, 4),
            "with_row": one.with_row["row_id"],
            "without_row": one.without_row["row_id"],
        }
        for one in found
    ]
