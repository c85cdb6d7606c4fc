"""What is said of a name that is none of the tables: which are, and how one's own is described."""

from __future__ import annotations

from wattquery.catalog.records import labels_with_aliases
from wattquery.catalog.shipped import DEFAULT
from wattquery.errors import InputError, did_you_mean, listed

__all__ = ["refused_name"]

_UNKNOWN = "is in no row"
"""What a catalog says of a name that it does not have; it may say that one stands for several."""


def refused_name(error: InputError, axis: str, name: str, own: str) -> InputError:
    """Return the error about a name: the catalog's own where it stands for several labels, else what is known.

    Parameters
    ----------
    error
        What the catalog said.
    axis
        ``"model"`` or ``"hardware"``.
    name
        What a user wrote.
    own
        How one describes one's own, as the end of a sentence.
    """
    if _UNKNOWN not in str(error):
        return error
    known = labels_with_aliases(axis)
    aliases = [alias for names in known.values() for alias in names]
    meant = did_you_mean(name, known) or did_you_mean(name, aliases)
    return type(error)(
        f"{axis} must be a name of catalog {DEFAULT!r}, which has {listed(known)}, or be described, got {name!r}: "
        f"write such a name, or {own}.{meant}"
    )
