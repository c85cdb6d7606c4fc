"""Where a store lies: a folder, or an address such as ``s3://bucket/study.zarr`` that fsspec knows."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from wattquery.errors import InputError, InputTypeError, quoted

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["Location", "checked_options", "location", "without_credentials"]

STARS = "***"
"""What stands in messages for a user and a password."""

_CREDENTIALS = re.compile(r"(?<=://)(?:[^@\s'\"]*:[^\s'\"]*|[^/@\s'\"]*)@")
"""A user, or a user and a password, before the place of an address. A password may hold slashes and at signs, which is
why more than it may be taken; of an address without a colon only what is before the first slash."""

_OF_AN_ADDRESS = re.compile(
    r"(?s)^(?P<protocol>[^:]*://)(?P<user>[^@]*?:.*@|[^/@]*@)?(?P<place>[^?]*)(?P<query>\?.*)?$"
)
"""The parts of an address alone: nothing else follows in it, so that a user, a password and what comes after a question
mark, such as a signature, may hold anything."""

_SHORTEST_SECRET = 3
"""Letters of what is taken out of a message wherever it stands: less would take out parts of words."""


@dataclass(frozen=True)
class Location:
    """Where a store lies. It survives pickling, so that a worker elsewhere can write to it.

    Attributes
    ----------
    shown
        As its user wrote it, without a user and a password.
    path
        The folder, or the address with all that opens it.
    is_remote
        Whether it is an address.
    options
        What fsspec is told beside the address, such as credentials; no attribute of a result ever has them.
    """

    shown: str
    path: str = field(repr=False)
    is_remote: bool
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def folder(self) -> Path:
        """The folder of a store that is none of an address."""
        return Path(self.path)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What opens the store, the longest first: in no message."""
        found = list(_texts(self.options))
        parts = _OF_AN_ADDRESS.match(self.path) if self.is_remote else None
        if parts is not None:
            own, query = (parts["user"] or "").removesuffix("@"), (parts["query"] or "?")[1:]
            user, _, password = own.partition(":")
            found += [
                self.path,
                own,
                password or user,
                unquote(password or user),
                query,
                *re.findall(r"=([^&]*)", query),
            ]
        return tuple(sorted({one for one in found if len(one) >= _SHORTEST_SECRET}, key=len, reverse=True))

    def without_secrets(self, said: str) -> str:
        """Return a text without what opens the store."""
        said = said.replace(self.path, self.shown) if self.is_remote else said
        for secret in self.secrets:
            said = said.replace(secret, STARS)
        return without_credentials(said)

    def open(self, *, read_only: bool = False) -> Store:
        """Return the store of the library."""
        from zarr.storage import FsspecStore, LocalStore

        if self.is_remote:
            # Listings that are kept would not have what workers, or another run, wrote since.
            options = {"use_listings_cache": False, **self.options}
            return FsspecStore.from_url(self.path, storage_options=options, read_only=read_only)
        return LocalStore(self.path, read_only=read_only)


def _texts(value: object) -> Iterator[str]:
    """Yield all text in options, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (Mapping, list, tuple)):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(one)


def checked_options(given: object) -> Mapping[str, Any] | None:
    """Return options of an object store; no message repeats them.

    Raises
    ------
    InputTypeError
        If they are no dict by name.
    """
    if given is None:
        return None
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise InputTypeError(
            f"storage_options must be a dict by name, as fsspec takes it, got a {type(given).__name__}: write for "
            "example storage_options={'endpoint_url': 'http://localhost:9000'}."
        )
    return given


def location(store: object, options: object = None, name: str = "store") -> Location:
    """Return where a store lies, from what a user wrote.

    Raises
    ------
    InputError
        If it is no path, its options are none, or Zarr is not installed.
    """
    told = checked_options(options)
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
    shown = _shown(text)
    if not text.rstrip("/").endswith(".zarr"):
        raise InputError(f"{name} must end with .zarr, got {quoted(shown)}: write {quoted(_better(shown))}.")
    if _OF_WINDOWS.match(text) and os.name != "nt":
        raise InputError(
            f"{name} must be the path of a folder of this machine, got {quoted(shown)}, which is one of Windows: write "
            "for example 'runs/study.zarr'."
        )
    protocol, is_address, _ = text.partition("://")
    if is_address and protocol not in _LOCAL:
        _check_protocol(protocol, shown, name)
        return Location(shown, text.rstrip("/"), True, dict(told or {}))
    folder = _folder_of(text) if is_address else text
    return Location(shown, str(Path(folder).expanduser().absolute()), False)


def without_credentials(text: str) -> str:
    """Return a text with stars in the place of users and passwords of addresses.

    Examples
    --------
    >>> without_credentials("s3://KEY:SECRET@bucket/study.zarr")
    's3://***@bucket/study.zarr'
    """
    return _CREDENTIALS.sub(f"{STARS}@", text)


def _shown(text: str) -> str:
    """Return an address, or a path, as messages show it.

    Examples
    --------
    >>> _shown("ftp://user:p'w@host/study.zarr"), _shown("https://host/study.zarr?sig=HUSH")
    ('ftp://***@host/study.zarr', 'https://host/study.zarr?***')
    """
    parts = _OF_AN_ADDRESS.match(text)
    if parts is None:
        return text
    user = f"{STARS}@" if parts["user"] else ""
    return f"{parts['protocol']}{user}{parts['place']}{'?' + STARS if parts['query'] else ''}"


_OF_WINDOWS = re.compile(r"[A-Za-z]:[\\/](?!/)")


def _better(text: str) -> str:
    """Return a name that a store could have, near one that none has.

    Examples
    --------
    >>> _better("runs/study"), _better("."), _better("s3://"), _better("UP.ZARR")
    ('runs/study.zarr', './study.zarr', 's3://bucket/study.zarr', 'UP.zarr')
    """
    protocol, is_address, rest = text.partition("://")
    if is_address and "?" in rest:
        bare = text.partition("?")[0]
        return bare if bare.endswith(".zarr") else _better(bare)
    if is_address and not rest.lower().endswith(".zarr") and "/" not in rest.strip("/"):
        place = "/data" if protocol in _LOCAL else rest.strip("/") or "bucket"
        return f"{protocol}://{place}/study.zarr"
    bare = text.rstrip("/")
    if bare.lower().endswith(".zarr"):
        return f"{bare[:-5]}.zarr"
    return f"{bare}/study.zarr" if bare.rpartition("/")[2] in ("", ".", "..", "~") else f"{bare}.zarr"


_LOCAL = frozenset({"file", "local"})
"""What an address of a folder of this machine begins with."""


def _folder_of(address: str) -> str:
    """Return the folder that an address such as ``file:///data/study.zarr`` stands for."""
    parts = urlsplit(address)
    host = "" if parts.netloc == "localhost" else parts.netloc
    return host + url2pathname(parts.path)


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
