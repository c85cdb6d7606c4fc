"""What a user writes for a boundary, names above all, to the boundary that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.inputs.ladder import ACCELERATOR
from wattquery.inputs.names import clean_name
from wattquery.specs.boundary import Boundary
from wattquery.specs.distributions import Distribution
from wattquery.specs.scalars import shown
from wattquery.specs.steps import COUNTED, Step

__all__ = ["boundary"]


def boundary(
    known: Mapping[str, Callable[[], Step]], share: Distribution | None, share_source: str
) -> Callable[[object], Boundary]:
    """Return the converter of a boundary.

    Parameters
    ----------
    known
        What makes the steps that names may refer to.
    share, share_source
        The accelerator share that stands where none is given, and its source; None where accelerators have an energy
        of their own, and a share would count twice.
    """

    def convert(value: object) -> Boundary:
        read = _read(value)
        if share is None:
            return _without_share(read)
        if read.counted == ACCELERATOR.name and read.accelerator_share is None:
            return replace(read, accelerator_share=share, share_source=share_source)
        return read

    def _read(value: object) -> Boundary:
        if isinstance(value, Boundary):
            return value
        if isinstance(value, Mapping):
            return Boundary.from_dict(value)
        if not isinstance(value, str):
            raise InputTypeError(
                f"boundary must be one of {listed(COUNTED)}, with further steps joined by '+' ({listed(known)}), or "
                f"wq.Boundary(counted, steps=[...]), got {shown(value)}. Write one of these."
            )
        counted, *names = (part.strip() for part in clean_name(value, "boundary").split("+"))
        if counted not in COUNTED:
            raise InputError(
                f"boundary must begin with one of {listed(COUNTED)}, got {value!r}, which begins with {counted!r}. "
                f"Join further steps by '+': 'facility+idle_reserve'.{did_you_mean(counted, COUNTED)}"
            )
        return Boundary(counted, steps=tuple(_named(name, value) for name in names))

    def _named(name: str, written: str) -> Step:
        if not name:
            raise InputError(
                f"boundary must name a step behind each '+', as 'facility+idle_reserve' does, got {written!r}. Name "
                "the step, or leave out the '+'."
            )
        if name in COUNTED:
            raise InputError(
                f"boundary must count one of {listed(COUNTED)}, each with all before it, and then steps, got "
                f"{written!r}, which counts several. Pass a list for an axis of several boundaries."
            )
        if name not in known:
            raise InputError(
                f"boundary = {written!r} names the unknown step {name!r}; known are {listed(known)}. Name one of "
                f"these, or pass wq.Step({name!r}, factor) of your own in wq.Boundary(counted, "
                f"steps=[...]).{did_you_mean(name, known)}"
            )
        return known[name]()

    return convert


def _without_share(read: Boundary) -> Boundary:
    """Return a boundary of accelerators whose energy is known by itself, or refuse a share of the node's."""
    if read.accelerator_share is not None:
        raise InputError(
            "Boundary: accelerator_share must be left out under a load, where the load model says what accelerators "
            f"draw and what the node draws beside, got {read.accelerator_share}. Leave it out."
        )
    return read
