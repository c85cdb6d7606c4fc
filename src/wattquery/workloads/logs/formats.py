"""Which format a log has, told by its first bytes, and its rows as tables of a few columns, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wattquery.errors import InputError, continued
from wattquery.inputs.files import check_regular
from wattquery.inputs.formats import binary_format, text_format
from wattquery.workloads.logs.blocks import WANTED, head_of, unpacked
from wattquery.workloads.logs.csv_log import csv_tables
from wattquery.workloads.logs.json_log import json_tables
from wattquery.workloads.logs.names import Columns, Finder
from wattquery.workloads.logs.parquet_log import parquet_tables

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Table", "tables"]


@dataclass(frozen=True)
class Table:
    """Some rows of a log.

    Attributes
    ----------
    columns
        Which columns hold what.
    frame
        The rows, with these columns.
    malformed
        Lines that are no rows.
    """

    columns: Columns
    frame: pd.DataFrame
    malformed: int


def tables(path: str, file: str, finder: Finder) -> Iterator[Table]:
    """Yield the rows of a log.

    Parameters
    ----------
    path
        The file.
    file
        What messages call it.
    finder
        Tells which of its columns hold what.

    Raises
    ------
    InputError
        If it cannot be read, is of another format, has no rows, or lacks a column.
    """
    check_regular(path, WANTED, largest=None)
    with unpacked(path, file) as content:
        head = head_of(content)
    if not head.strip():
        raise InputError(f"{file} is empty: a log with a row for each request is needed.")
    if head.startswith(b"PAR1"):
        found = parquet_tables(path, file, finder)
    elif other := binary_format(head):
        raise InputError(f"{file}: this is {other.name}, and {continued(WANTED)} is needed: {continued(other.fix)}")
    elif head.lstrip().startswith(b"{"):
        found = json_tables(path, file, finder)
    elif other := text_format(head):
        fix = "write an object per line, as jq -c '.[]' does." if head.lstrip().startswith(b"[") else other.fix
        raise InputError(f"{file}: this is {other.name}, and {continued(WANTED)} is needed: {continued(fix)}")
    else:
        found = csv_tables(path, file, finder)
    for columns, frame, malformed in found:
        yield Table(columns, frame, malformed)
