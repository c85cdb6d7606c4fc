"""Pictures of results, in files: kinds, the choice of one cell, and all that can be refused before the work starts."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattquery.cli.saving import try_folder
from wattquery.errors import InputError, did_you_mean, listed

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = [
    "DEFAULT_SCALE",
    "KINDS",
    "SUFFIXES",
    "Picture",
    "check_label",
    "picture",
    "select_options",
    "selected",
    "selection",
    "try_picture",
]

SUFFIXES = (".png", ".svg", ".pdf")

DEFAULT_SCALE = "log_energy"

KINDS: dict[str, tuple[str, ...]] = {
    "trajectory": ("over",),
    "violin": ("over",),
    "ridgeline": ("over",),
    "ecdf": ("over",),
    "heatmap": ("variable", "quantile", "x", "y"),
    "anova": (),
    "sobol": (),
    "tornado": (),
    "reduction": (),
    "waterfall": ("quantity",),
    "fleet": ("by", "over"),
}
"""Every kind of picture, which is a function of `wattquery.plot`, with the arguments that it has beside a dataset."""


_SELECTION = re.compile(r"ds\.sel\((.*)\)(?=\.)")
_ARGUMENT = re.compile(r"(\w+)=('[^']*'|\"[^\"]*\"|[^,]+)")


@dataclass(frozen=True)
class Picture:
    """A picture that will be drawn, and the file that it will go to.

    Attributes
    ----------
    shown
        The path as its user wrote it.
    kind
        One of `KINDS`.
    force
        Whether a file of that name is replaced.
    labels
        The label to select on each axis, as text.
    scale
        What Sobol' indices are to be of: ``"energy"`` or ``"log_energy"``.
    arguments
        Arguments of the kind's function.
    """

    shown: str
    kind: str
    force: bool
    labels: Mapping[str, str] = field(default_factory=dict)
    scale: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)

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
            raise InputError(f"--scale {self.scale} came, and the result has no scales. It is for kind 'sobol' alone.")
        chosen = selected(dataset, labels)
        try:
            drawn: Axes = getattr(plot, self.kind)(chosen, **self.arguments)
        except InputError as error:
            raise InputError(_as_options(str(error))) from error
        return drawn

    def save(self, axes: Axes) -> None:
        """Write what was drawn, whole or not at all, and let go of it."""
        import matplotlib.pyplot as plt

        from wattquery.plot import save

        try:
            save(axes, self.shown, replace=self.force)
        finally:
            plt.close(axes.get_figure(root=True))


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
    arguments = {name: value for name, value in options.items() if value is not None}
    for name in arguments:
        if name not in KINDS[kind]:
            takers = [one for one, allowed in KINDS.items() if name in allowed]
            raise InputError(f"--{name} came, which {kind!r} does not take. It is for {listed(takers)}. Leave it out.")
    return Picture(shown, kind, force, labels, scale, arguments)


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
        raise InputError(f"{shown!r} ends in {suffix!r}. Allowed are {listed(SUFFIXES)}: it tells the format.")
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


def selection(entries: Iterable[str]) -> dict[str, str]:
    """Return the label of each axis from texts like ``model=DeepSeek-R1``.

    Raises
    ------
    InputError
        If a text has no ``=``, or an axis comes twice.
    """
    found: dict[str, str] = {}
    for entry in entries:
        axis, equals, label = entry.partition("=")
        if not (equals and axis.strip() and label.strip()):
            raise InputError(f"--select {entry!r} came. Write AXIS=LABEL, as in --select model=DeepSeek-R1.")
        if axis.strip() in found:
            raise InputError(f"--select names {axis.strip()!r} more than once. Give one label of each axis.")
        found[axis.strip()] = label.strip()
    return found


def check_label(axis: str, label: str, labels: Sequence[Any]) -> int:
    """Return the place of the label that a text stands for.

    Raises
    ------
    InputError
        If the axis has no such label.
    """
    for i, one in enumerate(labels):
        if str(one) == label or (isinstance(one, float) and _same(one, label)):
            return i
    texts = [str(one) for one in labels]
    raise InputError(
        f"--select {axis}={label} came, which {axis!r} does not have. Allowed are {listed(texts)}."
        f"{did_you_mean(label, texts)}"
    )


def _same(number: float, text: str) -> bool:
    try:
        return float(text) == number
    except ValueError:
        return False


def select_options(labels: Mapping[str, Any]) -> str:
    """Return the options that select these labels, as a shell takes them."""
    return " ".join(f"--select {shlex.quote(f'{axis}={label}')}" for axis, label in labels.items())


def _as_options(message: str) -> str:
    """Return a message with the selection that it names in Python as options of the command line."""

    def options(call: re.Match[str]) -> str:
        return select_options({axis: label.strip("'\"") for axis, label in _ARGUMENT.findall(call[1])})

    return _SELECTION.sub(options, re.sub(r"over='(\w+)' with", r"--over \1 with", message))


def selected(dataset: xr.Dataset, labels: Mapping[str, str]) -> xr.Dataset:
    """Return the cells of a dataset that have these labels.

    Raises
    ------
    InputError
        If it has no such axis, or no such label on it.
    """
    axes = [str(dim) for dim in dataset.dims if dim in dataset.coords]
    for axis, label in labels.items():
        if axis not in axes:
            raise InputError(
                f"--select {axis}={label} came, and the result has no axis {axis!r}. It has {listed(axes)}."
                f"{did_you_mean(axis, axes)}"
            )
    return dataset.isel(
        {axis: check_label(axis, label, dataset[axis].values.tolist()) for axis, label in labels.items()}
    )
