"""What files call hardware, serving systems and precisions, as labels of the catalog ``default`` where it knows them.

A name that it does not know stays as it was written, and so does that of a model: what it is an instance of, the
catalog tells from its name.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from wattquery.catalog.facts import Accelerator, accelerator
from wattquery.catalog.physics.known import known_hardware
from wattquery.catalog.records import labels_with_aliases
from wattquery.inputs.names import clean_name

__all__ = ["hardware_facts", "label_of"]

_PATH = re.compile(r"^(?:[~.]{0,2}/|[A-Za-z]:\\).*[/\\](?=[^/\\]+[/\\]?$)")
_VENDOR = re.compile(r"^(?:NVIDIA|AMD Instinct|AMD)[\s_-]+", re.IGNORECASE)
_FORM = re.compile(r"[\s_-]SXM\d?[\s_-]\d+\s?GB$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def label_of(axis: str, written: str) -> str:
    """Return the label of an axis that something written stands for.

    Parameters
    ----------
    axis
        ``"model"``, ``"hardware"``, ``"serving"`` or ``"precision"``.
    written
        What a file or a user calls it.

    Examples
    --------
    >>> label_of("model", "/weights/Llama-3.1-8B"), label_of("hardware", "NVIDIA H200-SXM-141GB")
    ('Llama-3.1-8B', 'H200')
    >>> label_of("precision", "bfloat16"), label_of("serving", "our fork")
    ('BF16', 'our fork')
    """
    name = clean_name(written, axis)
    if axis == "model":
        return _PATH.sub("", name).rstrip("/\\") or name  # a folder of weights is called by its last part
    if axis == "hardware":
        for one in (name, _VENDOR.sub("", name), _FORM.sub("", _VENDOR.sub("", name))):
            if (found := known_hardware(one)) is not None and found[1] is None:
                return found[0].name
        return name
    return _aliases(axis).get(name.casefold(), name)


def hardware_facts(label: str) -> Accelerator | None:
    """Return what is known of the accelerator of a label; None where it is not known."""
    return accelerator(label) if label in labels_with_aliases("hardware") else None


@cache
def _aliases(axis: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for label, names in labels_with_aliases(axis).items():
        for name in (label, *names):
            found.setdefault(name.casefold(), label)
    return found
