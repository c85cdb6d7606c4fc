"""An Axes to a file: whole, or not at all."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wattquery.errors import InputError, InputTypeError, listed
from wattquery.exports.places import whole
from wattquery.inputs.arguments import refuses_unknown
from wattquery.specs.scalars import shown

__all__ = ["SUFFIXES", "save"]

SUFFIXES = (".png", ".svg", ".pdf")
DOTS_PER_INCH = 200
METADATA = {".png": {"Software": None}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
"""What would differ from one writing to the next, left out."""


@refuses_unknown
def save(ax: Axes, path: str | os.PathLike[str], *, replace: bool = True) -> Path:
    """Write the figure of an Axes to a file.

    The same picture gives the same bytes: no date and no random names are written.

    Parameters
    ----------
    ax
        What one of the functions of this module returned.
    path
        Ends in ``.png`` (200 dots per inch), ``.svg`` or ``.pdf``, in a directory that exists.
    replace
        Whether a file of that name may be replaced.

    Returns
    -------
    pathlib.Path
        The path.

    Raises
    ------
    InputError
        If the ending is another one, something that may not be replaced is there, or nothing can be written there.
        What was there stays as it was.
    """
    target = _checked_target(path, replace)
    suffix = target.suffix.lower()
    if not isinstance(ax, Axes):
        raise InputTypeError(
            f"ax must be a matplotlib Axes, as every other function of wattquery.plot returns it, got an object of "
            f"type {type(ax).__name__}. Pass that."
        )
    figure = ax.get_figure(root=True)
    if not isinstance(figure, Figure):
        raise InputError("The Axes belongs to no figure any more. Draw it again.")
    try:
        with whole(target) as partial, mpl.rc_context({"svg.hashsalt": "wattquery"}), warnings.catch_warnings():
            # Labels in scripts that the font does not have show as boxes, which everybody sees.
            warnings.filterwarnings("ignore", "Glyph .* missing from")
            figure.savefig(
                partial,
                format=suffix[1:],
                dpi=DOTS_PER_INCH,
                metadata=METADATA[suffix],
                facecolor="auto",  # that of the figure, whatever a style sheet says of files
            )
    except OSError as error:
        raise InputError(
            f"{str(path)!r} could not be written: {error.strerror or error}. Name a directory that exists and that you "
            "may write to."
        ) from error
    return target


def _checked_target(path: str | os.PathLike[str], replace: bool) -> Path:
    """Return where a picture may be written, in one of the formats."""
    if not isinstance(path, (str, os.PathLike)) or "\0" in str(path):
        raise InputTypeError(
            f"path must be text or a pathlib.Path that ends in one of {listed(SUFFIXES)}, got {shown(path)}. Write for "
            "example 'out.svg'."
        )
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError(
            f"{str(path)!r} must end in one of {listed(SUFFIXES)}, which tells the format, got {target.suffix!r}."
        )
    if target.exists() and not (replace and target.is_file()):
        fix = "Choose another name, or allow it to be replaced." if target.is_file() else "Choose another name."
        raise InputError(f"{str(path)!r} exists{'' if target.is_file() else ' and is not a file'}. {fix}")
    return target
