"""Saved results from files: read whole or refused in a sentence, whatever bytes are in them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from wattquery.cli.saving import SUFFIXES
from wattquery.errors import InputError, listed
from wattquery.inputs.files import check_regular

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["opened"]

_CLASSIC = (b"CDF\x01", b"CDF\x02")
"""How files begin that SciPy reads: what is written where no other netCDF library is installed."""


def opened(path: Path) -> xr.Dataset:
    """Return a saved dataset, in memory.

    Raises
    ------
    InputError
        If there is no such file, it is not a saved result, or it would not fit into memory.
    """
    shown = repr(str(path))
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{shown} must end in one of {listed(SUFFIXES)}, as saved results do, got {path.suffix!r}.")
    if path.suffix.lower() != ".zarr" or not path.is_dir():
        check_regular(path, "A result that wattquery wrote with -o", largest=None)
        if path.suffix.lower() == ".zarr":
            raise InputError(f"{shown} must be a folder that wattquery wrote with -o, got a file. Check its name.")
    try:
        return _loaded(path)
    except InputError:
        raise
    except ImportError as error:
        raise InputError(
            f"{shown} needs the zarr library, which is not installed. Run pip install 'wattquery[zarr]'."
        ) from error
    except Exception as error:  # whatever a format's library says to bytes that are not its own
        kind = type(error).__name__
    # Outside of the handler: a traceback would keep the library's file open, and it would complain when it is let go.
    raise InputError(
        f"{shown} cannot be read as a saved result ({kind}). Write it again with wattquery sweep -o or wattquery "
        "sensitivity -o."
    )


def _loaded(path: Path) -> xr.Dataset:
    from wattquery.sweeps.memory import available_bytes

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a library finds odd about a damaged file helps nobody
        with _handle(path) as file:
            if file.nbytes > available_bytes():  # a few bytes of a header can ask for any size
                raise InputError(
                    f"{str(path)!r} would take {file.nbytes / 1e9:,.3g} GB of memory, and "
                    f"{available_bytes() / 1e9:,.1f} GB are free. Save fewer cells, or write the file again."
                )
            loaded: xr.Dataset = file.load()
    return loaded


def _handle(path: Path) -> xr.Dataset:
    import xarray as xr

    if path.suffix.lower() == ".zarr":
        from wattquery.stores.zarr.codecs import check_codecs

        check_codecs(path)
        store: xr.Dataset = xr.open_zarr(path, chunks=None)
        return store
    with path.open("rb") as file:
        classic = file.read(4) in _CLASSIC
    # A file that is mapped into memory cannot be closed while one of its arrays is left.
    return xr.open_dataset(path, engine="scipy", backend_kwargs={"mmap": False}) if classic else xr.open_dataset(path)
