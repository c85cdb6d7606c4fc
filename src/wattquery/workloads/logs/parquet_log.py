"""Logs in Parquet, where pyarrow is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wattquery.errors import InputError
from wattquery.workloads.logs.names import Columns, Finder

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["parquet_tables"]

ROWS = 2**17
"""That are read at once."""

DEEPEST = 6
"""Structures in structures that are looked into."""


def parquet_tables(path: str, file: str, finder: Finder) -> Iterator[tuple[Columns, pd.DataFrame, int]]:
    """Yield which columns hold what, and rows with these columns."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError(
            f"{file} is a Parquet file, which is read with pyarrow, and that is not installed: pip install "
            "'wattquery[parquet]', or write the log as CSV."
        ) from None
    try:
        with pq.ParquetFile(path) as content:
            columns = finder(_leaves(content.schema_arrow))
            for batch in content.iter_batches(batch_size=ROWS, columns=list(columns.all)):
                yield columns, _flat(pa.Table.from_batches([batch])).select(list(columns.all)).to_pandas(), 0
    except (pa.ArrowException, OSError) as error:
        said = str(error).partition("\n")[0][:200]
        raise InputError(f"{file} cannot be read as Parquet ({said}): write it again, whole.") from None


def _flat(table: Any) -> Any:
    """Return a table in which fields of structures are columns, called ``usage.prompt_tokens``."""
    for _ in range(DEEPEST):
        if not any(_is_struct(one.type) for one in table.schema):
            break
        table = table.flatten()
    return table


def _leaves(schema: Any) -> list[str]:
    return [one.name for one in _flat(schema.empty_table()).schema if one.type.num_fields == 0]


def _is_struct(type_: Any) -> bool:
    return str(type_).startswith("struct<")
