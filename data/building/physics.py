"""What physics says about finished rows: words in the column `flags`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from building.cells import Row

IMPOSSIBLE: frozenset[str] = frozenset()


def mark(
    performance: Sequence[Row], energy: Sequence[Row], accelerators: Mapping[str, Row], architectures: Mapping[str, Row]
) -> None:
    """Mark rows that physics questions or rules out."""
