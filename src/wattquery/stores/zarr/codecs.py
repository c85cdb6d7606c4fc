"""Whether a folder that somebody wrote with Zarr, in either format, names only codecs that run nothing of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wattquery.errors import InputError

__all__ = ["check_codecs"]

HARMLESS = frozenset({"blosc", "bz2", "gzip", "lz4", "lzma", "shuffle", "vlen-utf8", "zlib", "zstd"})
"""Codecs by ``id`` of the second format, and of them those of the third; ``pickle`` runs what it finds."""

OF_THE_THIRD = frozenset({"bytes", "crc32c", "sharding_indexed", "transpose"}) | HARMLESS
"""Codecs by ``name`` of the third format."""

METADATA = (".zarray", ".zmetadata", "zarr.json")


def check_codecs(folder: Path) -> None:
    """Refuse a folder some array of which is packed by a codec that is not known to be harmless.

    Raises
    ------
    InputError
        If one is, or its metadata cannot be read.
    """
    for path in folder.rglob("*"):
        if path.name in METADATA and path.is_file():
            try:
                found = list(_codecs(json.loads(path.read_bytes()), path.name == "zarr.json"))
            except (ValueError, RecursionError, OSError) as error:
                raise InputError(
                    f"{str(folder)!r} cannot be read as a Zarr store, for {path.name} in it is damaged: write it again."
                ) from error
            known = OF_THE_THIRD if path.name == "zarr.json" else HARMLESS
            if odd := [name for name in found if name not in known]:
                raise InputError(
                    f"{str(folder)!r} is packed by {str(odd[0])[:60]!r}, and only {', '.join(sorted(known))} are taken "
                    "from a file: write it again with one of these."
                )


def _codecs(value: Any, third: bool) -> Iterator[Any]:
    """Yield the names of all codecs in metadata: of ``codecs``, or of ``compressor`` and ``filters``."""
    if isinstance(value, list):
        for one in value:
            yield from _codecs(one, third)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in (("codecs", "index_codecs") if third else ("compressor", "filters")):
                entries = inner if isinstance(inner, list) else [inner]
                yield from (
                    one.get("name" if third else "id") if isinstance(one, dict) else one for one in entries if one
                )
            yield from _codecs(inner, third)
