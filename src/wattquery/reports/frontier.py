"""What is said of a query to the frontier: the preset's blend, untrimmed as in verdicts, and as published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wattquery import catalog as catalogs
from wattquery.claims.answers import Answers
from wattquery.claims.comparing import own_claim
from wattquery.claims.conditions import conditions
from wattquery.claims.questions import Condition, beyond_rows, conditions_by_weight, query
from wattquery.claims.wording import cell_sentence
from wattquery.errors import InputError
from wattquery.reports.calls import call, written
from wattquery.reports.cells import Cells, digits
from wattquery.reports.computed import BOUNDARIES
from wattquery.reports.content import Content, Table
from wattquery.reports.grids import Told, grid_content
from wattquery.sweeps.frontier import frontier_models
from wattquery.sweeps.frontier_estimate import FRONTIER, estimate_frontier

__all__ = ["frontier_content"]

TYPICAL, LONG = "traditional", "long"


def frontier_content(arguments: Mapping[str, Any], rows: int, told: Mapping[str, Any]) -> Content:
    """Return what a page says of a query to the frontier.

    Parameters
    ----------
    arguments
        As `wattquery.estimate` takes them for ``"frontier"``.
    rows
        Cells that the table shows.
    told
        Fields of `Told` that somebody knows better.
    """
    from wattquery.sweeps.blend import blend
    from wattquery.sweeps.sweep import sweep

    given = {name: value for name, value in arguments.items() if name != "progress"}
    published = estimate_frontier(**given)  # which refuses what a blend does not take
    preset = catalogs.preset(given.get("preset", "v2-code"))
    models = list(frontier_models(preset))
    lengths = {} if {"output_tokens", "workload"} & set(given) else {"output_tokens": _lengths(preset)}
    levers = given.pop("levers", None)
    own = {"boundary": BOUNDARIES, **lengths, **given, "keep_histogram": True}
    ds = blend(sweep(models, **own), labels=models, levers=levers, preset=preset)
    cells = Cells(ds)
    asking = None if "workload" in given else _Asking(arguments, preset)
    hangs_on = [] if asking is None else asking.conditions()
    first = cells.sorted[0]
    what = {TYPICAL: "A typical query", LONG: "A long query"}.get(cells.named(first), "A query")
    most = hangs_on[0].text if hangs_on else ""
    sentence = cell_sentence(
        f"{what} to a frontier model", cells.median(first), cells.span(first), cells.boundary, most
    )
    known = {
        "title": f"Energy of one query to a frontier model, preset {preset.name}",
        "given": set(arguments),
        "call": call("sweep", models, own, "ds") + _blended(models, levers, preset),
        "notes": [
            f"a blend of {', '.join(models)} in equal parts, not trimmed",
            *published.notes[1:],
            *(() if asking is None else asking.beyond()),
        ],
        "conditions": hangs_on,
        "sentence": sentence,
        "about": [FRONTIER],
        "tables": [_published(published.quantiles, published.notes[0])],
    }
    return grid_content(ds, Told(**{**known, **told}), rows)


def _blended(models: list[str], levers: object, preset: catalogs.Preset) -> str:
    more = "" if levers is None else f", levers={written(levers)}, preset={preset.name!r}"
    return f"\nwq.blend(ds, labels={models!r}{more})"


def _lengths(preset: catalogs.Preset) -> list[str]:
    return [name for name in (TYPICAL, LONG) if name in preset.output_tokens]


class _Asking:
    """The typical query of a page, and a long one beside it where no length is given."""

    def __init__(self, arguments: Mapping[str, Any], preset: catalogs.Preset) -> None:
        taken = ("output_tokens", "input_tokens", "power_utilization", "pue", "node_power", "precision")
        self._own = {name: arguments[name] for name in taken if arguments.get(name) is not None}
        self._preset = preset
        self._threads = arguments.get("threads")
        self._has_longer = "output_tokens" not in self._own and LONG in preset.output_tokens

    def _conditions(self, method: str, **more: Any) -> Any:
        return conditions(own_claim(1.0), preset=self._preset, method=method, **{**self._own, **more})

    def conditions(self) -> list[Condition]:
        """Return what the answer hangs on, the largest factor first."""
        try:
            return self._by_weight("exact")
        except InputError:  # a factor that has no closed form
            return self._by_weight("quasi_monte_carlo")

    def _by_weight(self, method: str) -> list[Condition]:
        answers = Answers(self._threads)
        asked = query("typical", self._conditions(method), answers)
        longer = query(LONG, self._conditions(method, output_tokens=LONG), answers) if self._has_longer else None
        return list(conditions_by_weight(asked, longer=longer, boundary_known=True, batch=None, preset=self._preset))

    def beyond(self) -> list[str]:
        """Return notes on lengths that were not measured."""
        found = list(beyond_rows("typical", self._conditions("exact")))
        return [*found, *(beyond_rows(LONG, self._conditions("exact", output_tokens=LONG)) if self._has_longer else ())]


def _published(quantiles: Mapping[float, float], how: str) -> Table:
    header = tuple(f"P{100.0 * level:g}" for level in quantiles)
    rows = ((TYPICAL, *map(digits, quantiles.values())),)
    caption = f"As wattquery estimate frontier and the paper have it [Wh]: {how}"
    return Table(caption, ("query", *header), rows)
