"""One claim per published value: what it is called, and which quantity it states. Nothing is computed here."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["Claim", "claims", "published"]


@dataclass(frozen=True)
class Claim:
    """A published value.

    Attributes
    ----------
    name
        What a table calls it.
    text
        The value as printed; its last digit says how far it is rounded.
    unit
        Its unit.
    quantity
        The method of `wattquery.paper.recomputed.Quantities` that gives it, and that method's arguments; or ``None``.
    reason
        Why the method cannot produce it, where ``quantity`` is ``None``.
    """

    name: str
    text: str
    unit: str
    quantity: tuple[str, ...] | None
    reason: str = ""

    @property
    def value(self) -> float:
        """The value as a number."""
        return float(self.text)

    @property
    def half_unit(self) -> float:
        """Half a unit in the last digit: what rounding may have taken or added."""
        decimals = len(self.text.partition(".")[2])
        return 0.5 * 10.0**-decimals


@cache
def published() -> Mapping[str, Any]:
    """Return the published values as the file has them."""
    text = resources.files("wattquery.paper").joinpath("published.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def claims(version: str) -> list[Claim]:
    """Return all claims of a published version, the headlines first."""
    table = published()
    listed = list(_headlines(table["headline"][version]))
    if version in table["code"]:
        listed.extend(_printed_by_code(table["code"][version]))
    return listed


def _headlines(table: Mapping[str, Any]) -> Iterator[Claim]:
    for workload, values in table["frontier"].items():
        for statistic, text in values.items():
            name = f"paper: frontier, {workload}, {statistic}"
            yield Claim(name, text, "Wh", ("frontier", workload, "none", statistic))
    yield Claim("paper: long over traditional", table["long_over_traditional"], "1", ("long_over_traditional",))
    for part, text in table["fleet"].items():
        yield Claim(f"paper: fleet, {part}", text, "GWh/day", ("fleet", part))
    low, high = table["combined_reduction"]
    yield Claim(
        "paper: combined levers, low end",
        low,
        "1",
        None,
        "the paper does not say which statistic its low end is: of the combined reduction, {combined}",
    )
    yield Claim("paper: combined levers, high end", high, "1", ("reduction", "model+serving+hardware"))
    if "individual_reduction" in table:
        for end, text in zip(("lowest", "highest"), table["individual_reduction"], strict=True):
            yield Claim(f"paper: {end} median reduction of one lever", text, "1", ("individual_reduction", end))
    for end, text in zip(("low", "high"), table.get("public_estimates_overstated", ()), strict=False):
        yield Claim(
            f"paper: public estimates too high, {end} end",
            text,
            "1",
            None,
            "compares with public estimates, and the paper does not say which of them gives this end: "
            "wattquery claims --overstated lists the comparisons one by one",
        )


def _printed_by_code(table: Mapping[str, Any]) -> Iterator[Claim]:
    for model, coefficients in table["throughput_fit"].items():
        for coefficient, text in coefficients.items():
            yield Claim(f"code: throughput of {model}, {coefficient}", text, "1", ("fit", model, coefficient))
    for workload, models in table["per_model"].items():
        for model, values in models.items():
            for statistic, text in values.items():
                name = f"code: {model}, {workload}, {statistic}"
                yield Claim(name, text, "Wh", ("model", workload, model, statistic))
    for workload, levers in table["frontier"].items():
        for lever, values in levers.items():
            for statistic, text in values.items():
                name = f"code: frontier, {workload}, lever {lever}, {statistic}"
                yield Claim(name, text, "Wh", ("frontier", workload, lever, statistic))
    for part, text in table["fleet"].items():
        yield Claim(f"code: fleet, {part}", text, "GWh/day", ("fleet", part))
