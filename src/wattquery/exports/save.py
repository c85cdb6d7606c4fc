"""`save`: a result to a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import xarray as xr

from wattquery.errors import InputError, InputTypeError, listed
from wattquery.exports.formats import FORMATS, TABLES, checked_suffix, write
from wattquery.exports.places import place
from wattquery.inputs.arguments import refuses_unknown

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["save"]


@refuses_unknown
def save(result: xr.Dataset | pd.DataFrame, path: str | os.PathLike[str], *, replace: bool = False) -> Path:
    """Write a result to a file, whole or not at all.

    Parameters
    ----------
    result
        A Dataset of this package, or a table such as `wattquery.to_table` makes.
    path
        Its ending tells the format. ``.nc`` and ``.zarr`` have all of a Dataset, and can be read back. ``.xlsx`` has
        all its numbers but histograms, in a sheet for each of its tables, and a sheet ``about``. ``.csv`` and
        ``.parquet`` have the table of its cells, as `wattquery.to_table` returns it without ``by``.
    replace
        Whether a file of that name may be replaced.

    Returns
    -------
    pathlib.Path
        The path.

    Raises
    ------
    InputError, InputTypeError
        If the ending is another one, a library is not installed, something is there already, or nothing can be
        written there. What was there stays as it was.

    Notes
    -----
    Text that a spreadsheet would take for a formula (it begins with ``=``, ``+``, ``-`` or ``@``) gets an apostrophe in
    front in ``.csv`` and ``.xlsx``. Numbers have all their digits, in ``.xlsx`` 16 of them.

    Examples
    --------
    >>> import wattquery as wq
    >>> from tempfile import mkdtemp
    >>> path = wq.save(wq.sweep("DeepSeek-R1", method="exact"), mkdtemp() + "/energy.csv")
    >>> import pandas as pd
    >>> pd.read_csv(path)["energy_p50_wh"].round(3).tolist()
    [0.631]
    """
    if not isinstance(path, (str, os.PathLike)) or "\0" in str(path):
        raise InputTypeError(
            f"path must be text or a pathlib.Path that ends in one of {listed(FORMATS)}, got an object of type "
            f"{type(path).__name__}. Write for example 'out.xlsx'."
        )
    if not isinstance(replace, bool):
        raise InputTypeError(
            f"replace must be True or False, got an object of type {type(replace).__name__}. Pass one."
        )
    content = result if isinstance(result, xr.Dataset) else _one_table(result)
    shown = os.fsdecode(path)
    checked_suffix(shown, tuple(FORMATS) if isinstance(content, xr.Dataset) else TABLES)
    target = place(shown, replace)
    with target.writing() as partial:
        write(content, partial)
    return Path(shown)


def _one_table(result: object) -> dict[str, pd.DataFrame]:
    import pandas as pd

    if not isinstance(result, pd.DataFrame):
        raise InputTypeError(
            f"result must be an xarray Dataset or a pandas DataFrame, got an object of type {type(result).__name__}. "
            "Pass what wattquery.sweep, wattquery.fleet or wattquery.to_table returns."
        )
    if result.empty and not len(result.columns):
        raise InputError("The table has no columns. Pass one that has.")
    has_labels = not isinstance(result.index, pd.RangeIndex)
    return {"result": result.reset_index() if has_labels else result}
