"""`explore`: a study as a page to explore it in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import xarray as xr

from wattquery.errors import InputError, InputTypeError, listed
from wattquery.explorer.page import explorer_page
from wattquery.explorer.payload import payload_of
from wattquery.explorer.presets import preset_named, preset_study, title_of
from wattquery.explorer.rebuilding import computing, rebuilt
from wattquery.exports.places import Place, place
from wattquery.inputs.arguments import refuse_unknown
from wattquery.quantities import AXES
from wattquery.specs.scalars import shown
from wattquery.sweeps.arguments import StudyArguments
from wattquery.sweeps.dataset import to_dataset
from wattquery.sweeps.results import checked_dataset
from wattquery.sweeps.run import Run
from wattquery.sweeps.settings import QUANTILES
from wattquery.sweeps.study import study

__all__ = ["MOST_CELLS", "SUFFIX", "explore", "place_of", "write_page"]

MOST_CELLS = 50_000
"""Of a page: the answer of a browser to one of many more would be slow, and the file tens of MB."""

SUFFIX = ".html"

_SAME_LEVEL = 1e-9

_OWN = ("source", "path", "title", "replace")

_NEEDED = {
    "energy": ("quantile",),
    "energy_mean": (),
    "energy_stderr": ("quantile",),
    "supported": (),
}


def explore(
    source: Any,
    path: str | os.PathLike[str],
    *,
    title: str = "",
    replace: bool = False,
    **arguments: Unpack[StudyArguments],
) -> Path:
    """Write a page in which a study can be explored: one HTML file that needs no server and no network.

    The page has a label of each axis to choose, sliders that compute the cell again (PUE, load, lengths, power,
    levers), distributions, bands, tornado, levers and the frontier of energy against interactivity, public claims
    beside them, the call that gives each view, and its numbers with units and sources as CSV.

    Parameters
    ----------
    source
        The Dataset of `wattquery.sweep` or `wattquery.blend`; or what `wattquery.sweep` takes as ``model``, which is
        then computed with the other arguments, by the exact method where that can take them. The name of a preset, or
        ``"frontier"``, stands for a grid of its own.
    path
        A file that ends in ``.html``.
    title
        Of the page; made of the study where it is left out.
    replace
        Whether a file of that name may be replaced.
    **arguments
        Axes and settings as in `wattquery.sweep`, where ``source`` is a model.

    Returns
    -------
    pathlib.Path
        The path.

    Raises
    ------
    InputError, InputTypeError
        If something is there already, nothing can be written there, there are more than 50,000 cells, a Dataset has
        other dimensions than the axes of a sweep, or an argument is not allowed.

    Notes
    -----
    A Dataset is computed again from its labels, to see that the page gives its numbers. Where that cannot be, as for a
    model or measurements of one's own that a Dataset does not hold, the page has no sliders and says why; a page from
    the arguments of a sweep has them. The page computes with the equation of this package, within 0.5 % of it.

    Examples
    --------
    >>> import wattquery as wq
    >>> from tempfile import mkdtemp
    >>> ds = wq.sweep(["DeepSeek-R1", "Llama 3.1 405B"], pue=[1.1, 1.5], method="exact")
    >>> wq.explore(ds, mkdtemp() + "/study.html").name
    'study.html'
    """
    unknown = {name: one for name, one in arguments.items() if name not in StudyArguments.__annotations__}
    refuse_unknown("explore", unknown, (*_OWN, *StudyArguments.__annotations__))
    target = place_of(path, replace)
    if not isinstance(title, str):
        raise InputTypeError(f"title must be text, got {shown(title)}. Pass a line of text, or leave it out.")
    write_page(target, source, title, arguments)
    return Path(os.fsdecode(path))


def place_of(path: str | os.PathLike[str], replace: bool) -> Place:
    """Return where a page can be written, having tried it.

    Raises
    ------
    InputError, InputTypeError
        If the path has another ending, something is there already, or nothing can be written there.
    """
    if not isinstance(path, (str, os.PathLike)) or "\0" in str(path):
        raise InputTypeError(
            f"path must be text or a pathlib.Path that ends in {SUFFIX!r}, got an object of type "
            f"{type(path).__name__}. Write for example 'study.html'."
        )
    if not isinstance(replace, bool):
        raise InputTypeError(f"replace must be True or False, got {shown(replace)}. Pass one of the two.")
    text = os.fsdecode(path)
    if Path(text).suffix.lower() != SUFFIX:
        raise InputError(f"{text!r} must end in {SUFFIX!r}, as pages do. Write for example 'study.html'.")
    return place(text, replace)


def write_page(target: Place, source: Any, title: str, arguments: Any) -> tuple[xr.Dataset, str]:
    """Write the page of a study to its place, whole or not at all; return what it shows, and why it has no sliders.

    Parameters
    ----------
    target
        A place that was tried.
    source, title, arguments
        As in `explore`.
    """
    if isinstance(source, str) and not arguments and (preset := preset_named(source)):
        title = title or title_of(preset)
        source, arguments = preset_study(preset)
    ds, run, why = _studied(source, arguments)
    payload = payload_of(ds, run, why, title=title or _title(ds))
    text = explorer_page(payload)
    with target.writing() as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
    return ds, "" if payload["engine"] else str(payload["why_no_engine"])


def _studied(source: Any, arguments: Any) -> tuple[xr.Dataset, Run | None, str]:
    """Return a Dataset, and the run that computes its cells again, or why there is none."""
    if not isinstance(source, xr.Dataset):
        return _computed(source, arguments)
    if arguments:
        first = next(iter(arguments))
        raise InputTypeError(
            f"explore takes no {first!r} beside a Dataset, which has its grid already. Leave it out, or pass a model "
            "in the place of the Dataset."
        )
    ds = checked_dataset(source, _NEEDED, "wattquery.sweep or wattquery.blend", ("method",))
    _check_axes(ds)
    _check_size(ds["energy_mean"].size)
    try:
        return ds, rebuilt(ds), ""
    except (InputError, InputTypeError, LookupError, ValueError, TypeError) as error:
        _check_levels(ds)
        return ds, None, f"No sliders: this Dataset cannot be computed again from what it holds ({error})"


def _computed(source: object, arguments: Any) -> tuple[xr.Dataset, Run, str]:
    if isinstance(source, os.PathLike) or (isinstance(source, str) and source.lower().endswith((".nc", ".zarr"))):
        raise InputTypeError(
            f"source must be a Dataset, or a model, got the path {str(source)!r}. Open it first: xr.open_dataset(path) "
            "or wattquery.stores.open(path); in the shell, wattquery explore takes the path."
        )
    asked = study(source, asked_by="explore", its_own=_OWN, **arguments)
    _check_size(asked.grid.size)
    run = computing(asked)
    return to_dataset(run.computed()), run, ""


def _check_axes(ds: xr.Dataset) -> None:
    """Refuse a Dataset with a dimension that a page has no labels of."""
    for dim in map(str, ds["energy_mean"].dims):
        if dim not in AXES:
            raise InputError(
                f"A page has the axes of wattquery.sweep, got a Dataset along {dim!r}. Give the dimension its name "
                f"back, or select one label of it: ds.isel({{{dim!r}: 0}}). Axes are {listed(AXES)}."
            )


def _check_levels(ds: xr.Dataset) -> None:
    """Refuse a Dataset that does not know the ranges that a page shows, and cannot be computed again."""
    levels = [float(level) for level in ds["quantile"].values]
    if "histogram" not in ds and any(np.abs(np.subtract(levels, asked)).min() > _SAME_LEVEL for asked in QUANTILES):
        raise InputError(
            f"A page of a Dataset that cannot be computed again needs its quantiles {listed(QUANTILES)}, got "
            f"{listed(levels)}. Sweep with quantiles={list(QUANTILES)} or keep_histogram=True, or pass the model and "
            "axes in the place of the Dataset."
        )
    if not (np.diff(levels) > 0).all():
        raise InputError(f"Quantiles must increase, got {listed(levels)}. Sort them: ds.sortby('quantile').")


def _check_size(cells: int) -> None:
    if cells > MOST_CELLS:
        raise InputError(
            f"A page must have at most {MOST_CELLS:,} cells, got {cells:,}. Select labels of some axes first: "
            "ds.sel(model=[...])."
        )


def _title(ds: xr.Dataset) -> str:
    """Return what is in a Dataset, in a few words."""
    models = [str(label) for label in ds["model"].values.ravel().tolist()] if "model" in ds.coords else []
    if not models:
        return "Energy per LLM query"
    more = f" and {len(models) - 2} more models" if len(models) > 3 else ""
    return f"Energy per query: {', '.join(models[: 2 if more else 3])}{more}"
