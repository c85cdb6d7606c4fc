"""`report`: what a page is about, computed where it is not a result yet, and written to a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from functools import cache
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattquery.catalog import PublicClaim
from wattquery.catalog.own.model import Model
from wattquery.errors import InputError, InputTypeError, quoted
from wattquery.exports.places import place
from wattquery.inputs.arguments import refuse_unknown
from wattquery.pages.cards import Carded
from wattquery.reports.calls import call
from wattquery.reports.content import Content
from wattquery.reports.paths import check_path
from wattquery.reports.subjects import CLAIM, FLEET, PRESET, kind_of
from wattquery.specs.scalars import is_number, shown
from wattquery.specs.toml_files import read_toml

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["ROWS", "content_of", "page_text", "report"]

ROWS = 40
"""Cells that the table of a page shows."""

_FRONTIER = "frontier"


def report(
    subject: Any,
    path: str | os.PathLike[str],
    *,
    kind: str | None = None,
    rows: int = ROWS,
    replace: bool = False,
    **arguments: Any,
) -> Path:
    """Write one page for a browser, and for printing, that answers and says what the answer rests on.

    The page is one file without scripts, and asks for nothing from a network: a sentence, the number at every
    boundary, what must be read before it is used, cells, pictures, what drives it, every input with where it is from,
    public claims beside it, the equation, the call that makes it, how to cite it, and the sources of the rows.

    Parameters
    ----------
    subject
        A result of `wattquery.sweep`, `wattquery.blend`, `wattquery.fleet`, `wattquery.claims.verdict` or
        `wattquery.claims.least`; or what is to be computed: ``"frontier"`` or the name of a preset, a model or several
        as `wattquery.sweep` takes them, a scenario or its file, the id of a claim, or an energy such as ``"3 Wh"``.
    path
        Ends in ``.html``, in a directory that exists.
    kind
        ``"claim"``, ``"fleet"``, ``"model"`` or ``"preset"``: what a name stands for that could stand for several.
    rows
        Cells that the table shows, the smallest median first; it says how many there are besides.
    replace
        Whether a file of that name may be replaced.
    **arguments
        Those of `wattquery.sweep`, `wattquery.fleet` or `wattquery.claims.verdict` for what is to be computed. Where
        ``boundary`` is left out, a page on queries has all three.

    Returns
    -------
    pathlib.Path
        The path.

    Raises
    ------
    InputError, InputTypeError
        If the subject is none of these, an argument is not allowed, no cell has a number, something is at the path
        already, or nothing can be written there. What was there stays as it was.

    Notes
    -----
    Labels of files are shown and never carried out: each text is escaped, and the page's content security policy
    allows no script. Without matplotlib the page says how to get its pictures.

    Examples
    --------
    >>> import wattquery as wq
    >>> from tempfile import mkdtemp
    >>> path = wq.report("Llama 3.1 405B", mkdtemp() + "/report.html", method="exact")
    >>> "takes 0.39 Wh at the median" in path.read_text(encoding="utf-8")
    True
    """
    refuse_unknown("report", {name: one for name, one in arguments.items() if name not in _taken()}, (*_OWN, *_taken()))
    check_path(path)
    if not isinstance(replace, bool):
        raise InputTypeError(f"replace must be True or False, got {shown(replace)}. Pass one.")
    target = place(os.fsdecode(path), replace)
    content = content_of(subject, arguments, kind=kind, rows=rows)
    with target.writing() as partial:
        partial.write_text(page_text(content), encoding="utf-8")
    return Path(os.fsdecode(path))


_OWN = ("subject", "path", "kind", "rows", "replace")


@cache
def _taken() -> tuple[str, ...]:
    """Return the arguments that some kind of subject takes: a grid, a fleet or a figure."""
    from wattquery.claims.conditions import ComparisonArguments
    from wattquery.claims.judging import verdict
    from wattquery.fleets.fleet import fleet
    from wattquery.sweeps.arguments import SweepArguments
    from wattquery.sweeps.sweep import sweep

    named = [name for function in (sweep, fleet, verdict) for name in signature(function).parameters]
    return tuple(dict.fromkeys((*SweepArguments.__annotations__, *ComparisonArguments.__annotations__, *named)))


def page_text(content: Content) -> str:
    """Return the page, dated today."""
    from wattquery.reports.document import document

    return document(content, date.today().isoformat())


def content_of(
    subject: Any,
    arguments: Mapping[str, Any],
    *,
    kind: str | None = None,
    rows: int = ROWS,
    told: Mapping[str, Any] | None = None,
) -> Content:
    """Return what a page says of a subject.

    Parameters
    ----------
    subject, arguments, kind, rows
        As `report` takes them.
    told
        Fields of `wattquery.reports.grids.Told` that the caller knows better: the command, how to get all cells.
    """
    if isinstance(rows, bool) or not isinstance(rows, int) or rows < 1:
        raise InputError(f"rows must be a whole number of at least 1, got {shown(rows)}. Leave it out for {ROWS}.")
    told = told or {}
    if _is_result(subject):
        return _of_result(subject, arguments, kind, rows, told)
    if is_number(subject) or isinstance(subject, PublicClaim):
        return _of_claim(subject, arguments, told)
    if not isinstance(subject, (str, os.PathLike)):
        _refuse_other_results(subject)
        return _of_queries(subject, arguments, rows, told)
    name = os.fspath(subject)
    found = kind_of(name, kind, arguments.get("catalog"))
    if found == CLAIM:
        return _of_claim(name, arguments, told)
    if found == FLEET:
        return _of_fleet(subject, arguments, rows, told)
    if found == PRESET:
        return _of_frontier(name, arguments, rows, told)
    return _of_queries(name, arguments, rows, told)


def _is_result(subject: object) -> bool:
    import xarray as xr

    from wattquery.claims import Verdict

    return isinstance(subject, (xr.Dataset, Verdict))


def _refuse_other_results(subject: object) -> None:
    """Refuse a result or a record of which there is no page, saying what to pass for it."""
    if isinstance(subject, Carded) and not isinstance(subject, Model):
        raise InputTypeError(
            "subject must be a result of wattquery.sweep, blend, fleet, claims.verdict or claims.least, or what is to "
            f"be computed, got {type(subject).__name__}. Pass what made it: a model with the same arguments, as "
            "in wq.report('DeepSeek-R1', 'report.html', output_tokens='long'), or the id of a claim."
        )


def _of_result(
    result: Any, arguments: Mapping[str, Any], kind: str | None, rows: int, told: Mapping[str, Any]
) -> Content:
    from wattquery.claims import Verdict
    from wattquery.reports.fleets import fleet_content
    from wattquery.reports.grids import Told, grid_content
    from wattquery.reports.verdicts import verdict_content

    if arguments or kind is not None:
        said = ", ".join([*arguments, *(["kind"] if kind is not None else [])])
        raise InputError(f"A result is reported as it is and takes no {said}. Leave it out, or pass what to compute.")
    if isinstance(result, Verdict):
        return verdict_content(result, Told(**told))
    if "energy_per_day" in result and "query_class" in result.dims and "date" not in result.dims:
        return fleet_content(_checked_fleet(result), Told(**told), rows)
    return grid_content(_checked_grid(result), Told(**told), rows)


def _checked_grid(ds: xr.Dataset) -> xr.Dataset:
    from wattquery.plot.selection import check_variables
    from wattquery.sweeps.results import checked_dataset

    made_by = "wattquery.sweep or wattquery.blend, or of wattquery.fleet"
    needed = {"energy": ("quantile",), "energy_mean": ()}
    return check_variables(checked_dataset(ds, needed, made_by, ("method",)), needed, made_by, positive=tuple(needed))


def _checked_fleet(ds: xr.Dataset) -> xr.Dataset:
    from wattquery.plot.selection import check_variables

    needed = {
        "energy_per_day": (),
        "energy_interval": ("interval", "bound"),
        "energy_per_day_by_class": ("query_class", "component"),
        "share": ("query_class",),
        "energy_per_query": ("query_class",),
    }
    made_by = "wattquery.fleet"
    ds = check_variables(ds, needed, made_by, positive=("energy_per_day",), texts=("component_source",))
    labels = {"interval": "epistemic", "bound": "lower"}
    if any(label not in ds[dim].values.tolist() for dim, label in labels.items()) or ds.sizes["bound"] != 2:
        raise InputError(
            "The fleet has no epistemic interval with both ends. Pass the result of wattquery.fleet as it is."
        )
    if not ds["energy_per_day"].notnull().all():
        raise InputError("A fleet has no energy per day. Select those that have one, or compute them again.")
    return ds


def _of_claim(claim: Any, arguments: Mapping[str, Any], told: Mapping[str, Any]) -> Content:
    from wattquery.claims.judging import verdict
    from wattquery.reports.grids import Told
    from wattquery.reports.verdicts import verdict_content

    named = claim.id if isinstance(claim, PublicClaim) else claim
    made = call("claims.verdict", named, arguments)
    return verdict_content(verdict(claim, **arguments), Told(**{"call": made, **told}))


def _of_fleet(scenario: Any, arguments: Mapping[str, Any], rows: int, told: Mapping[str, Any]) -> Content:
    from wattquery.fleets.fleet import fleet
    from wattquery.reports.fleets import fleet_content
    from wattquery.reports.grids import Told

    if isinstance(scenario, (str, os.PathLike)) and str(scenario).endswith(".toml"):
        keys = read_toml(Path(scenario))
        if "model" in keys and "classes" not in keys:
            raise InputError(
                f"{os.fspath(scenario)!r} describes a grid of wattquery sweep, and wattquery.report takes a scenario's "
                "file or the result of a sweep. Run wattquery report FILE.toml -o report.html, or pass the Dataset."
            )
    made = call("fleet", scenario, arguments)
    ds = fleet(scenario, **arguments)
    return fleet_content(ds, Told(**{"given": set(arguments), "call": made, **told}), rows)


def _of_frontier(name: str, arguments: Mapping[str, Any], rows: int, told: Mapping[str, Any]) -> Content:
    from wattquery.reports.frontier import frontier_content

    preset = {} if name.strip().casefold() == _FRONTIER else {"preset": name.strip()}
    if preset and arguments.get("preset") not in (None, name.strip()):
        raise InputError(
            f"{quoted(name)} is a preset already, got preset={shown(arguments['preset'])} as well. Leave one out."
        )
    return frontier_content({**arguments, **preset}, rows, told)


def _of_queries(model: Any, arguments: Mapping[str, Any], rows: int, told: Mapping[str, Any]) -> Content:
    from wattquery.reports.computed import computed_content

    return computed_content(model, arguments, rows, told)
