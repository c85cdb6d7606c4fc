"""Who works on a store: one process at a time, so that no two change what is laid out under each other's hands.

In a folder it is a lock of the operating system, which ends with its process however that ends. An object store knows
no locks: there the one at work counts up in a small file, and another waits to see whether the number still changes.
No clock of any machine is compared with another's.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from wattquery.errors import InputError
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.manifest import read_json, write_json

if TYPE_CHECKING:
    from zarr.abc.store import Store

__all__ = ["CLAIM", "claimed", "who_works"]

CLAIM = "wattquery/claim"
"""The file that is locked, or counted up in."""

HALF_WRITTEN = "*.partial"
"""Files that a process had not finished when it was killed: each gets its name when it is whole."""

BEAT = 2.0
"""Seconds between two counts in an object store."""

GLANCE = 0.1
"""Seconds after which a lock that was taken to look at it is given back."""

PATIENCE = 3.5
"""How many beats another waits for a count to change."""


@contextmanager
def claimed(where: Location) -> Iterator[None]:
    """Work on a store alone.

    Raises
    ------
    InputError
        If another process works on it.
    """
    with _locked(where) if not where.is_remote else _counted(where, where.open()):
        yield


def who_works(where: Location) -> str:
    """Return who works on a store, as far as can be seen without waiting; empty where nobody does.

    Of an object store it is who said so last, and may have ended without a word since.
    """
    if where.is_remote:
        found = _read(where.open(read_only=True))
        return "" if found is None or found.get("count") == -1 else str(found.get("who", "another process"))[:200]
    try:
        with (where.folder / CLAIM).open("r+") as file:
            return "" if _lock(file.fileno()) else file.read(200).strip() or "another process"
    except (OSError, UnicodeDecodeError):  # nobody ever did, or nobody can: it is read only
        return ""


@contextmanager
def _locked(where: Location) -> Iterator[None]:
    """Hold the lock of a folder."""
    path = where.folder / CLAIM
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        if not _lock(file.fileno()) and not _lock_soon(file.fileno()):
            file.seek(0)
            raise _refused(where, file.read(200).strip() or "another process")
        file.truncate(0)
        file.write(_me())
        file.flush()
        for half in where.folder.rglob(HALF_WRITTEN):
            half.unlink(missing_ok=True)
        yield  # closing the file gives the lock back


def _lock(descriptor: int) -> bool:
    """Lock an open file, or return that somebody else has."""
    try:
        import fcntl
    except ImportError:  # Windows has its own
        import msvcrt

        lock: Any = msvcrt
        try:
            lock.locking(descriptor, lock.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_soon(descriptor: int) -> bool:
    """Lock an open file once more: who only looks whether somebody works here has the lock for a moment."""
    time.sleep(GLANCE)
    return _lock(descriptor)


@contextmanager
def _counted(where: Location, store: Store) -> Iterator[None]:
    """Count up in a file of an object store for as long as the work lasts."""
    mine = {"token": uuid4().hex, "who": _me(), "count": 0}
    found = _read(store)
    if found is not None and _still_counts(store, found):
        raise _refused(where, str(found.get("who", "another process"))[:200])
    write_json(store, CLAIM, mine)
    over = threading.Event()
    beating = threading.Thread(target=_beat, args=(store, mine, over), daemon=True, name="wattquery-claim")
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()
        if (left := _read(store)) is not None and left.get("token") == mine["token"]:
            write_json(store, CLAIM, {**mine, "count": -1})


def _beat(store: Store, mine: dict[str, Any], over: threading.Event) -> None:
    count = 0
    while not over.wait(BEAT):
        count += 1
        with contextlib.suppress(Exception):  # the next beat may find the store again
            write_json(store, CLAIM, {**mine, "count": count})


def _still_counts(store: Store, found: dict[str, Any]) -> bool:
    """Return whether a count changes while one waits for it."""
    if found.get("count") == -1:
        return False
    end = time.monotonic() + PATIENCE * BEAT
    while time.monotonic() < end:
        time.sleep(BEAT / 4)
        if _read(store) != found:
            return True
    return False


def _read(store: Store) -> dict[str, Any] | None:
    try:
        found = read_json(store, CLAIM)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _me() -> str:
    return f"process {os.getpid()} on {socket.gethostname()}"


def _refused(where: Location, who: str) -> InputError:
    return InputError(
        f"{where.shown!r} is being written by {who}, and one process at a time may do so; wait for it, or stop it and "
        "run this again, which continues where it was."
    )
