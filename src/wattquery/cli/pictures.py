"""Pictures of results, in files: which is drawn, where it goes, and all that can be refused before the work starts."""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wattquery.cli.options import decorated
from wattquery.cli.saving import try_folder
from wattquery.cli.selecting import as_options, selected, selection
from wattquery.errors import InputError, listed
from wattquery.plot import KINDS
from wattquery.plot.choices import SIZES, STYLES

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = ["DEFAULT_SCALE", "SUFFIXES", "Picture", "look_options", "picture", "picture_if_any", "takers", "try_picture"]

SUFFIXES = (".png", ".svg", ".pdf")

DEFAULT_SCALE = "log_energy"


@dataclass(frozen=True)
class Picture:
    """A picture that will be drawn, and the file that it will go to.

    Attributes
    ----------
    shown
        The path as its user wrote it.
    kind
        One of `wattquery.plot.KINDS`.
    force
        Whether a file of that name is replaced.
    labels
        The label to select on each axis, as text.
    scale
        What Sobol' indices are to be of: ``"energy"`` or ``"log_energy"``.
    arguments
        Arguments of the kind's function.
    size, style
        How large it is, and how it is coloured; None for a page, and in colour.
    """

    shown: str
    kind: str
    force: bool
    labels: Mapping[str, str] = field(default_factory=dict)
    scale: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    size: str | None = None
    style: str | None = None

    def draw(self, dataset: xr.Dataset) -> Axes:
        """Return the picture of a dataset, of which one cell may have to be selected.

        Raises
        ------
        InputError
            If the dataset is not what the kind draws, or a selection is missing or not there.
        """
        import matplotlib as mpl

        mpl.use("Agg")  # no window, whatever the display
        from wattquery import plot

        labels = dict(self.labels)
        if self.kind == "sobol" and "scale" in dataset.dims:
            labels.setdefault("scale", self.scale or DEFAULT_SCALE)
        elif self.scale is not None:
            raise InputError(
                f"--scale {self.scale} is for kind 'sobol' alone, and the result has no scales. Leave it out."
            )
        cell = selected(dataset, labels)
        try:
            with plot.styled(size=self.size or SIZES[1], style=self.style or STYLES[0]):
                axes: Axes = getattr(plot, self.kind)(cell, **self.arguments)
        except InputError as error:
            raise InputError(as_options(str(error))) from error
        return axes

    def save(self, axes: Axes) -> None:
        """Write what was drawn, whole or not at all, and let go of it."""
        import matplotlib.pyplot as plt

        from wattquery.plot import save

        try:
            save(axes, self.shown, replace=self.force)
        finally:
            plt.close(axes.get_figure(root=True))


def look_options(*, facet: bool = True, for_plot: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what adds the options on how a picture looks to a command, which gets them as ``look``.

    Parameters
    ----------
    facet
        Whether the picture can have a panel for each label of an axis.
    for_plot
        Whether they are for ``--plot`` alone, and say so.
    """
    names = ("size", "style", "facet")[: 3 if facet else 2]
    options = (
        click.option("--size", "look_size", type=click.Choice(SIZES), help=_help(_SIZE, for_plot)),
        click.option("--style", "look_style", type=click.Choice(STYLES), help=_help(_STYLE, for_plot)),
        click.option("--facet", "look_facet", metavar="AXIS", help=_help(_FACET, for_plot)),
    )

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def command(*args: Any, **keywords: Any) -> Any:
            look = {name: keywords.pop(f"look_{name}") for name in names}
            return function(*args, look=look, **keywords)

        return decorated(command, options[: len(names)])

    return add


_SIZE = "a column of a paper, a page (by default) or a slide."
_STYLE = "in grey, or light on dark."
_FACET = "an axis whose labels have a panel each."


def _help(text: str, for_plot: bool) -> str:
    return f"For --plot: {text}" if for_plot else f"{text[0].upper()}{text[1:]}"


def picture(shown: str, kind: str, force: bool, **options: Any) -> Picture:
    """Return where and how a picture can be drawn, having tried the place.

    Raises
    ------
    InputError
        If the ending is another one, matplotlib is missing, something is there already, nothing can be written
        there, or an option is not one of the kind.
    """
    try_picture(shown, force)
    labels, scale = options.pop("labels", {}), options.pop("scale", None)
    size, style = options.pop("size", None), options.pop("style", None)
    arguments = {name: value for name, value in options.items() if value is not None}
    for name in arguments:
        if name not in KINDS[kind].arguments:
            raise InputError(f"--{name} is for {listed(takers(name))}, and kind is {kind!r}. Leave it out.")
    return Picture(shown, kind, force, labels, scale, arguments, size, style)


def picture_if_any(shown: str | None, kind: str, force: bool, select: Iterable[str], **options: Any) -> Picture | None:
    """Return what is to be drawn, None where no file is named for it.

    Raises
    ------
    InputError
        If an option of pictures is there without a file; and as for `picture`.
    """
    if shown is not None:
        return picture(shown, kind, force, labels=selection(select), **options)
    for name, value in {"select": select, **options}.items():
        if value:
            raise InputError(f"--{name} needs --plot. Add --plot out.png, or leave it out.")
    return None


def takers(argument: str) -> list[str]:
    """Return the kinds whose function has an argument."""
    return [name for name, kind in KINDS.items() if argument in kind.arguments]


def try_picture(shown: str, force: bool) -> None:
    """Refuse a place where no picture can be written, having tried it.

    Raises
    ------
    InputError
        If the ending is another one, matplotlib is missing, something is there already, or nothing can be written
        there.
    """
    suffix = Path(shown).suffix
    if suffix not in SUFFIXES:
        raise InputError(f"{shown!r} must end in one of {listed(SUFFIXES)}, which tells the format, got {suffix!r}.")
    if importlib.util.find_spec("matplotlib") is None:
        raise InputError(
            f"{shown!r} needs matplotlib, which is not installed. Run pip install 'wattquery[plot]', or leave it out."
        )
    try_folder(shown, Path(shown).parent)
    if os.path.lexists(shown):
        if not Path(shown).is_file():
            raise InputError(f"{shown!r} exists and is not a file. Remove it, or choose another name.")
        if not force:
            raise InputError(f"{shown!r} exists. Choose another name, or replace it with --force.")
