"""How a command hands over a Dataset: to a file, to a picture, as JSON, or as text where no file was asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from wattquery.cli.output import echo, echo_json

if TYPE_CHECKING:
    import xarray as xr

    from wattquery.cli.pictures import Picture
    from wattquery.cli.saving import Destination

__all__ = ["deliver"]


def deliver(
    dataset: xr.Dataset,
    *,
    size: str,
    lines: Callable[[], Sequence[str]],
    target: Destination | None,
    picture: Picture | None = None,
    as_json: bool = False,
    plain: Callable[[], dict[str, Any]] | None = None,
) -> None:
    """Write, draw and print a result.

    Parameters
    ----------
    dataset
        What is written and drawn.
    size
        What it is in a few words, for the line that names the file.
    lines
        Gives its text, which is printed where there is neither a file nor JSON.
    target
        The file that it goes to.
    picture
        What is drawn of it. It is drawn before anything is written: what cannot be drawn leaves no file.
    as_json
        Whether JSON is printed, in one line.
    plain
        Gives what that JSON holds; the dataset by default.
    """
    axes = None if picture is None else picture.draw(dataset)
    if target is not None:
        target.save(dataset)
        echo(f"{target.shown}: {size}", err=as_json)
        if left_out := target.left_out(dataset):
            echo(f"note: {left_out}", err=True)
    if picture is not None and axes is not None:
        picture.save(axes)
        echo(f"{picture.shown}: {picture.kind}", err=as_json)
    if as_json:
        echo_json((plain or dataset.to_dict)(), indent=None)
    elif target is None:
        echo("\n".join(lines()))
