"""Where a store lies: a folder, or an address such as ``s3://bucket/study.zarr`` that fsspec knows."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wattquery.errors import InputError, InputTypeError, quoted

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["Location", "location"]


@dataclass(frozen=True)
class Location:
    """Where a store lies. It survives pickling, so that a worker elsewhere can write to it.

    Attributes
    ----------
    shown
        As its user wrote it.
    path
        The folder, or the address.
    is_remote
        Whether it is an address.
    options
        What fsspec is told beside the address, such as credentials; no attribute of a result ever has them.
    """

    shown: str
    path: str
    is_remote: bool
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def folder(self) -> Path:
        """The folder of a store that is none of an address."""
        return Path(self.path)

    def open(self, *, read_only: bool = False) -> Store:
        """Return the store of the library."""
        from zarr.storage import FsspecStore, LocalStore

        if self.is_remote:
            return FsspecStore.from_url(self.path, storage_options=dict(self.options), read_only=read_only)
        return LocalStore(self.path, read_only=read_only)


def location(store: object, options: Mapping[str, Any] | None = None, name: str = "store") -> Location:
    """Return where a store lies, from what a user wrote.

    Raises
    ------
    InputError
        If it is no path, or Zarr is not installed.
    """
    if importlib.util.find_spec("zarr") is None:
        raise InputError(f"{name} needs the package zarr, which is not installed: pip install 'wattquery[zarr]'.")
    if not isinstance(store, (str, os.PathLike)):
        raise InputTypeError(
            f"{name} must be the path of a folder that ends with .zarr, or an address such as "
            f"'s3://bucket/study.zarr', got {quoted(store)}."
        )
    text = os.fspath(store)
    if not text or not isinstance(text, str) or "\0" in text:
        raise InputError(f"{name} must be the path of a folder that ends with .zarr, got {quoted(text)}.")
    if not text.rstrip("/").endswith(".zarr"):
        raise InputError(f"{name} must end with .zarr, got {quoted(text)}: write {quoted(text.rstrip('/') + '.zarr')}.")
    if "://" in text:
        _check_protocol(text.partition("://")[0], text, name)
        return Location(text, text.rstrip("/"), True, dict(options or {}))
    return Location(text, str(Path(text).expanduser().absolute()), False)


def _check_protocol(protocol: str, text: str, name: str) -> None:
    """Refuse an address that nothing here can open."""
    if importlib.util.find_spec("fsspec") is None:
        raise InputError(
            f"{name} = {quoted(text)} is an address, which needs the package fsspec, and it is not installed: pip "
            "install fsspec, with s3fs or gcsfs where the address is of such a store."
        )
    import fsspec

    try:
        fsspec.get_filesystem_class(protocol)
    except ValueError:
        raise InputError(
            f"{name} must be a folder or an address that fsspec knows, such as s3:// or gs://, got {quoted(text)}."
        ) from None
    except ImportError as error:
        raise InputError(f"{name} = {quoted(text)} needs another package: {error}.") from None
