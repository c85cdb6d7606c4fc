"""The word for every label that a catalog has."""

from __future__ import annotations

from typing import Final, final

__all__ = ["ALL", "AllLabels"]


@final
class AllLabels:
    """The type of `ALL`."""

    def __repr__(self) -> str:
        return "wq.ALL"

    def __reduce__(self) -> str:
        return "ALL"  # by name, so that a copy from another process is the same object


ALL: Final = AllLabels()
"""Every label that the catalog has."""
