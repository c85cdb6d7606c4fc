"""`figures`: the paper's figures and tables in a folder, computed, compared and drawn in one call."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pandas as pd

from wattquery.catalog import Preset
from wattquery.engine.executor import AskedProgress, Progress
from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.exports.folders import folder
from wattquery.exports.places import REPLACE
from wattquery.inputs.arguments import refuses_unknown
from wattquery.paper.pictures.comparison import COLUMNS, comparison
from wattquery.paper.pictures.computing import Computed, computed
from wattquery.paper.pictures.listing import FIGURES, FORMATS, INDEX, OTHER, OWN
from wattquery.paper.pictures.page import index_page
from wattquery.paper.reproduction import claims_table, comparable_preset
from wattquery.specs.containers import is_listlike, items
from wattquery.specs.scalars import shown
from wattquery.sweeps.settings import Method, checked_progress
from wattquery.sweeps.stages import between

__all__ = ["DEFAULT_FORMATS", "figures", "make"]

DEFAULT_FORMATS = ("png", "svg")

_DRAWING_FROM = 0.75
"""Share of the work that is done when drawing begins, with a million draws per cell on one core."""


@refuses_unknown
def figures(
    directory: str | os.PathLike[str],
    *,
    preset: str | Preset = "v2-code",
    method: Method = "monte_carlo",
    draws: int | None = None,
    seed: int | None = 42,
    threads: int | None = None,
    formats: Sequence[str] = DEFAULT_FORMATS,
    replace: bool = False,
    progress: AskedProgress = None,
) -> pd.DataFrame:
    """Draw the paper's figures 1a, 1b, 2a, 2b and 3 and its supplementary sensitivities, published beside computed.

    Layouts are those of the scripts in the authors' public code, with logarithmic axes. The numbers are those of
    `reproduce` with the same arguments.

    Parameters
    ----------
    directory
        A folder that does not exist, in one that does, or an empty one. It appears whole, or not at all: a picture in
        each format and a table for each figure, and ``index.html``, which shows all of them.
    preset
        The assumptions, and through them the published version to compare with.
    method
        As in `wattquery.sweep`.
    draws
        Draws per cell, by default what `wattquery.sweep` makes; not used by ``"exact"``.
    seed
        Names the random numbers.
    threads
        Number of threads; by default one per core.
    formats
        Of the pictures: ``"png"``, ``"svg"`` and ``"pdf"``, one or several.
    replace
        Whether figures of an earlier call may be replaced. A folder with other files is not.
    progress
        Called with the share of the work done. With true it is shown on a terminal or in a notebook.

    Returns
    -------
    pandas.DataFrame
        A row for each number, which are also the tables in the folder: ``figure``, ``quantity``, ``unit``,
        ``boundary``, ``published`` (text, as printed; empty where it was not), ``computed``, ``difference``,
        ``allowed`` as in `reproduce`, ``status`` (``"ok"``, ``"NO"``, ``"n/a"`` where the method cannot produce it,
        ``"not published"``) and ``reason``. Energies are in Wh at the facility, fleets in GWh/day with overhead.

    Raises
    ------
    InputError, InputTypeError
        If matplotlib is missing, an argument is not allowed, or something else is at the place.

    References
    ----------
    Oviedo et al., Energy Use of AI Inference, Efficiency Pathways, and Test-Time Scaling, Joule 2026,
    https://arxiv.org/abs/2509.20241; code: https://github.com/microsoft/aienergy_simulation

    Examples
    --------
    >>> from wattquery import paper
    >>> rows = paper.figures("figures", method="exact")  # doctest: +SKIP
    >>> rows.loc[rows["status"] == "NO", "quantity"].tolist()  # doctest: +SKIP
    []
    """
    if not isinstance(replace, bool):
        raise InputTypeError(f"replace must be True or False, got {shown(replace)}. Leave it out to replace nothing.")
    heard = checked_progress(progress)
    return make(directory, preset, formats, replace, heard, method=method, draws=draws, seed=seed, threads=threads)[1]


def make(
    directory: str | os.PathLike[str],
    preset: str | Preset,
    formats: Sequence[str],
    replace: bool,
    progress: Progress | None,
    how_to_replace: str = REPLACE,
    **arguments: object,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write the folder; return the table of claims, as `reproduce` has it, and the rows of all figures.

    Parameters
    ----------
    directory, preset, formats, replace, progress
        As in `figures`.
    how_to_replace
        The words for how to allow that.
    **arguments
        How to compute, as in `wattquery.sweep`.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise InputError("Figures need matplotlib, which is not installed. Run pip install 'wattquery[plot]'.")
    endings = checked_formats(formats)
    chosen = comparable_preset(preset)
    place = folder(directory, replace, OWN, how_to_replace)
    found = computed(chosen, between(progress, 0.0, _DRAWING_FROM), **arguments)
    claims, rows = claims_table(found.main), comparison(found)
    with place.writing() as partial:
        pictures = _draw(found, partial, endings, between(progress, _DRAWING_FROM, 1.0))
        for name in (*(figure.name for figure in FIGURES), OTHER):
            own = rows.loc[rows["figure"] == name, list(COLUMNS)]
            if len(own):
                own.to_csv(partial / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
        text = index_page(rows, pictures, _in_words(claims, arguments), endings)
        (partial / INDEX).write_text(text, encoding="utf-8", newline="\n")
    rows.attrs = dict(claims.attrs)
    return claims, rows


def checked_formats(formats: Sequence[str]) -> tuple[str, ...]:
    """Return the formats of pictures, each once.

    Raises
    ------
    InputError, InputTypeError
        If there is none, or one that is not known.
    """
    if not (isinstance(formats, str) or is_listlike(formats)):
        raise InputTypeError(f"formats must be a list of {listed(FORMATS)}, got {shown(formats)}. Write ['png'].")
    endings = [formats] if isinstance(formats, str) else items(formats, "formats")
    for ending in endings:
        if not isinstance(ending, str) or ending not in FORMATS:
            guess = did_you_mean(ending, FORMATS) if isinstance(ending, str) else ""
            raise InputError(f"formats must be some of {listed(FORMATS)}, got {shown(ending)}.{guess}")
    if not endings:
        raise InputError(f"formats must be some of {listed(FORMATS)}, got none. Write ['png'].")
    return tuple(dict.fromkeys(endings))


def _draw(found: Computed, partial: Path, endings: Sequence[str], progress: Progress | None) -> dict[str, bytes]:
    """Write the pictures, and return each as PNG for the page."""
    from wattquery.paper.pictures.drawing import drawn
    from wattquery.plot.files import save

    pictures = {}
    for place, figure in enumerate(FIGURES, start=1):
        picture = drawn(figure, found)
        picture.draw_without_rendering()
        picture.set_layout_engine("none")  # found once for all formats
        for ending in endings:
            save(picture.axes[0], partial / f"{figure.name}.{ending}")
        small = BytesIO()
        picture.savefig(small, format="png", dpi=110, metadata={"Software": None})
        pictures[figure.name] = small.getvalue()
        if progress is not None:
            progress(place / len(FIGURES))
    return pictures


def _in_words(claims: pd.DataFrame, arguments: dict[str, object]) -> str:
    """Return what the numbers were computed with."""
    drawn = claims.attrs["draws"]
    random = f"{drawn:,} draws per cell, seed {arguments['seed']}" if drawn else "no draws"
    version = claims.attrs.get("wattquery_version", "")
    by = f"wattquery {version}, " if version else ""
    return f"Computed by {by}preset {claims.attrs['preset']}, method {arguments['method']}, {random}"
