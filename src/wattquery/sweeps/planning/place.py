"""What would keep a store from being begun or continued where it is to lie, seen without writing anything there."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path

from wattquery.errors import InputError
from wattquery.stores.zarr.location import Location
from wattquery.stores.zarr.refusals import told

__all__ = ["refused_there"]


def refused_there(where: Location) -> str:
    """Return why nothing could be written where a store is to lie, in the words of a sweep; empty where it could.

    Of an address nothing is known before something is written.
    """
    if where.is_remote:
        return ""
    try:
        with told(where):
            _look(where.folder)
    except InputError as error:
        return str(error).removesuffix(".")
    return ""


def _look(folder: Path) -> None:
    """Raise what the system would, were the folder made and written to."""
    here = next(one for one in (folder, *folder.parents) if _lies_there(one))
    if not here.is_dir():
        raise OSError(errno.EEXIST, os.strerror(errno.EEXIST))
    if not os.access(here, os.W_OK | os.X_OK):
        raise OSError(errno.EROFS if _is_read_only(here) else errno.EACCES, "")
    if shutil.disk_usage(here).total == 0:
        # No disk, such as /proc, which says that everything is permitted; or memory without a limit.
        Path(tempfile.mkdtemp(dir=here)).rmdir()


def _lies_there(path: Path) -> bool:
    """Return whether anything lies there, a link to nothing too."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _is_read_only(folder: Path) -> bool:
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except (AttributeError, OSError):  # Windows does not say
        return False
