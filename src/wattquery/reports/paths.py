"""Which path a page can have, refused before anything is loaded or computed."""

from __future__ import annotations

import os
from pathlib import Path

from wattquery.errors import InputError, InputTypeError, quoted

__all__ = ["check_path"]

SUFFIXES = (".html", ".htm")


def check_path(path: object) -> None:
    """Refuse a path that no page can have."""
    if not isinstance(path, (str, os.PathLike)) or "\0" in str(path):
        raise InputTypeError(f"path must be text or a pathlib.Path that ends in .html, got {quoted(path)}. Pass one.")
    if Path(os.fsdecode(path)).suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{quoted(os.fsdecode(path))} must end in .html, as pages for a browser do. Write report.html."
        )
