"""What was found in one row: rates, times, power and energy, as far as they can be held against a prediction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from wattquery.catalog.physics import Finding, findings
from wattquery.catalog.physics.known import known_architecture, known_hardware
from wattquery.catalog.physics.shipped_rows import point_of
from wattquery.errors import quoted
from wattquery.measured.tables.columns import VALUES
from wattquery.measured.tables.row import Row
from wattquery.measured.tables.scopes import accelerators_in, boundary_of

__all__ = ["measured_in", "values_of"]

POWERS = ("power_w_per_accelerator", "joules_per_output_token")
SPEEDS = ("output_tps_per_accelerator", "tpot_s", "ttft_s")

_OF_POWER = frozenset(
    ["above-rating", "kilowatts", "total-power", "wall-power", "watts", "node-rating", "joules-disagree"]
)
_WORDS = {"node": "whole nodes", "facility": "a whole facility"}
_MEAN = re.compile(r"mean TPOT", re.IGNORECASE)
_OLD = re.compile(r"v?0\.5(?:\.\d+)*")
_SHARE = 0.05
"""By how much a total may differ from its share times the accelerators before it is that of other accelerators."""


def values_of(row: Row) -> dict[str, float | None]:
    """Return all numbers that were measured, by the fields of `VALUES`."""
    return {field: row.value(field) for field in VALUES}


def measured_in(row: Row, values: Mapping[str, float | None], setting: Mapping[str, Any]) -> dict[str, float | None]:
    """Return what is compared with predictions, by the names of `wattquery.throughput.load.QUANTITIES`.

    Parameters
    ----------
    row
        The row; what cannot be compared is told in its `Row.unscored`.
    values
        What `values_of` found.
    setting
        What was measured; see `wattquery.measured.tables.setting.setting_of`.
    """
    made = {
        "output_tps_per_accelerator": _rate(row, values, setting["accelerators"]),
        "tpot_s": _time_per_token(row, values),
        "ttft_s": values["ttft_s"],
        "power_w_per_accelerator": _power(values, setting["accelerators"]),
        "joules_per_output_token": _energy(values, setting["output_tokens"]),
    }
    boundary = _boundary(row)
    why = _not_comparable(row, values, setting["accelerators"], boundary)
    if why and any(made[name] is not None for name in POWERS):
        row.unscored.append(f"{why} Power and energy are not compared.")
    if why:
        made |= dict.fromkeys(POWERS)
    for finding in _impossible(made, values, setting):
        row.unscored.append(f"{_sentence(finding)} What depends on it is not compared.")
        made |= dict.fromkeys(POWERS if finding.kind in _OF_POWER else (*SPEEDS, "joules_per_output_token"))
    return made


def _rate(row: Row, values: Mapping[str, float | None], count: float | None) -> float | None:
    each, total = values["output_tps_per_accelerator"], values["output_tps"]
    if each is not None and total is not None and count is not None and abs(total / (each * count) - 1.0) > _SHARE:
        row.wrong.append(
            f"{total:g} output tokens/s of {count:g} accelerators are {total / count:g} of each, and it says {each:g}: "
            "correct one of them."
        )
    if each is not None or total is None:
        return each
    if count is None:
        row.unscored.append("The number of accelerators is not known, so that the rate of one is not compared.")
        return None
    return total / count


def _time_per_token(row: Row, values: Mapping[str, float | None]) -> float | None:
    """Return the mean time per output token; a median between tokens is one in the rows of 2024 alone."""
    if values["tpot_s"] is not None or values["median_itl_s"] is None:
        return values["tpot_s"]
    year = row.word("date")[:4]
    is_old = year == "2024" if year.isdigit() else bool(_OLD.fullmatch(row.word("version")))
    if is_old or _MEAN.search(row.word("notes")):
        return values["median_itl_s"]
    row.unscored.append("median_itl_ms is a median between tokens and no mean time per token: it is not compared.")
    return None


def _power(values: Mapping[str, float | None], count: float | None) -> float | None:
    each, total = values["power_w_per_accelerator"], values["power_w_total"]
    return each if each is not None or total is None or not count else total / count


def _energy(values: Mapping[str, float | None], tokens: float | None) -> float | None:
    each, request = values["joules_per_output_token"], values["joules_per_request"]
    return each if each is not None or request is None or not tokens else request / tokens


def _boundary(row: Row) -> str:
    """Return what power was measured of; empty where the words for it say nothing."""
    stated = row.word("boundary").casefold()
    if stated in ("accelerator", "node", "facility"):
        return stated
    scope = row.word("scope") or row.word("boundary")
    if not scope:  # the columns are those of accelerators; a source that puts others there says so
        return "node" if "NODE power" in row.word("notes") else "accelerator"
    return boundary_of(scope)


def _not_comparable(row: Row, values: Mapping[str, float | None], count: float | None, boundary: str) -> str:
    """Return why power and energy are not those of the accelerators of the instance alone; empty where they are."""
    if not boundary:
        return f"measurement_scope {quoted(row.word('scope'))} names neither accelerators nor a node."
    if boundary != "accelerator":
        return f"They were measured of {_WORDS[boundary]}, and predictions are of accelerators alone."
    if count is None:
        return ""
    counted = accelerators_in(row.word("scope")) or 0
    total, each = values["power_w_total"], values["power_w_per_accelerator"]
    ratio = 1.0 if total is None or each is None else total / (each * count)
    if counted > count or ratio > 1.0 + _SHARE:
        return f"The total power counts more accelerators than the {count:g} that served."
    if ratio < 1.0 - _SHARE:
        return f"avg_power_w_total {total:g} is less than {count:g} accelerators of {each:g} W draw: correct one."
    return ""


def _impossible(
    made: Mapping[str, float | None], values: Mapping[str, float | None], setting: Mapping[str, Any]
) -> list[Finding]:
    """Return what no machine can do, of the numbers that are compared."""
    architecture, hardware = _known(setting["architecture"], setting["hardware"])
    if hardware is None:
        return []
    point = point_of(
        {
            **setting,
            **made,
            "power_w_total": None if made["power_w_per_accelerator"] is None else values["power_w_total"],
            "joules_per_request": None if made["joules_per_output_token"] is None else values["joules_per_request"],
            "output_tps": values["output_tps"],
            "boundary": "accelerator",
        },
        architecture,
        hardware,
    )
    return [one for one in findings(point) if one.is_impossible]


@cache
def _known(architecture: str, hardware: str) -> tuple[Any, Any]:
    found = known_hardware(hardware)
    return known_architecture(architecture), None if found is None else found[0]


def _sentence(finding: Finding) -> str:
    return f"{finding.sentence[:1].upper()}{finding.sentence[1:].rstrip('.')}."
