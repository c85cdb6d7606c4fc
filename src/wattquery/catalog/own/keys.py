"""Names among ourselves of architectures that a user described: one for each shape, and none that a table has."""

from __future__ import annotations

import hashlib
from dataclasses import fields

from wattquery.catalog.facts import OWN_KEY, Architecture

__all__ = ["own_key"]

_WORDS = ("layers_count",)
_NO_SHAPE = ("context_tokens",)
"""Numbers that change nothing of what a token costs."""


def own_key(architecture: Architecture) -> str:
    """Return the name of an architecture: of two with the same shape it is the same, whatever they are called.

    What was measured of one of them tells of the other, so they share effects.

    Examples
    --------
    >>> one, other = Architecture("", "one", layers=2), Architecture("", "other", layers=3)
    >>> own_key(one)[:4], own_key(one) == own_key(other)
    ('own:', False)
    """
    words = architecture.native_precision
    told = [
        f"block={'block' in words}",
        f"rest={'bf16 rest' in words}",
        f"latent={'MLA' in architecture.attention_kind}",
    ]
    for one in fields(architecture):
        value = None if one.name in _NO_SHAPE else getattr(architecture, one.name)
        if isinstance(value, (int, float)) or one.name in _WORDS:
            told.append(f"{one.name}={value!r}")
    return OWN_KEY + hashlib.sha256("|".join(told).encode()).hexdigest()[:12]
