"""What a user writes for a workload: a name, a workload, a request log, or a dict of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from wattquery.errors import InputError, InputTypeError, listed
from wattquery.inputs.files import as_path, check_regular
from wattquery.specs.entries import checked_entries
from wattquery.specs.scalars import shown
from wattquery.specs.workload import Workload
from wattquery.workloads.named import load, names

__all__ = ["beside", "is_log", "workload"]

_LOGS = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
_OPTIONS = ("input", "output", "cached", "time", "session", "status", "time_unit", "name")


def workload(value: object) -> Workload:
    """Return the workload that a value stands for.

    Parameters
    ----------
    value : str, Workload or mapping
        The name of a shipped one, a workload, the path of a request log (``"log.csv,input=prompt,output=answer"`` with
        the names of its columns), a dict with the key ``file`` and the arguments of `wattquery.read_requests`, or a
        dict with the keys ``output_tokens`` and ``input_tokens``.

    Raises
    ------
    InputError, InputTypeError
        If it is none.
    """
    if isinstance(value, str) and is_log(value):
        return _of_text(value)
    if isinstance(value, (str, Workload)):
        return load(value)
    if isinstance(value, Mapping) and "file" in value:
        entries = checked_entries(value, "workload", ("file",), _OPTIONS)
        return _read(entries.pop("file"), entries)
    if isinstance(value, Mapping):
        return Workload.from_dict(value)
    raise InputTypeError(
        f"workload must be a name, a wq.Workload or a dict with output_tokens and input_tokens, got {shown(value)}: "
        f"name one of {listed(names())}, or make one with wq.Workload.from_pairs(output_tokens, input_tokens)."
    )


def is_log(text: str) -> bool:
    """Return whether a text names a request log, with or without its columns.

    Examples
    --------
    >>> is_log("log.csv.gz"), is_log("log.jsonl,output=answer"), is_log("azure_code")
    (True, True, False)
    """
    return text.partition(",")[0].strip().casefold().removesuffix(".gz").endswith(_LOGS)


def beside(value: Any, folder: Path) -> Any:
    r"""Return what a file says of workloads, with the logs that it names looked for beside it.

    Parameters
    ----------
    value
        A name, a path, a mapping, or a list or table of these.
    folder
        Where the file lies that says so.

    Examples
    --------
    >>> beside({"chat": {"file": "chat.csv"}}, Path("study"))["chat"]["file"].replace("\\", "/")
    'study/chat.csv'
    """
    if isinstance(value, str):
        return str(folder / value) if is_log(value) else value
    if isinstance(value, list):
        return [beside(one, folder) for one in value]
    if not isinstance(value, Mapping):
        return value
    if isinstance(value.get("file"), str):
        return {**value, "file": str(folder / value["file"])}
    # Of a mixture, the logs are keys.
    return {beside(key, folder): beside(one, folder) for key, one in value.items()}


def _of_text(text: str) -> Workload:
    file, *said = (part.strip() for part in text.split(","))
    entries: dict[str, object] = {}
    for part in said:
        name, _, column = (one.strip() for one in part.partition("="))
        if name not in _OPTIONS or not column:
            raise InputError(
                f"workload = {shown(text)} must have columns as output=NAME after its commas, got {shown(part)}: write "
                f"one of {listed(_OPTIONS)}, and the name of a column."
            )
        entries[name] = [one.strip() for one in column.split("+")] if "+" in column else column
    return _read(file, entries)


def _read(file: object, entries: Mapping[str, Any]) -> Workload:
    """Read a log, which is done once as long as the file stays as it is."""
    path = as_path(file, "workload: file")
    check_regular(path, "A request log", largest=None)
    state = path.stat()
    key = tuple((name, tuple(one) if isinstance(one, list) else one) for name, one in sorted(entries.items()))
    try:
        return _kept(str(path), (state.st_mtime_ns, state.st_size, state.st_ino), key)
    except TypeError as error:  # a table in the place of a column
        if isinstance(error, InputError):
            raise
        raise InputTypeError(
            f"workload: columns of a log must be text, got {shown(dict(entries))}: name them in quotes."
        ) from None


@lru_cache(maxsize=16)
def _kept(path: str, state: tuple[int, ...], entries: tuple[tuple[str, Any], ...]) -> Workload:
    from wattquery.workloads.logs.read import read_requests

    return read_requests(path, **dict(entries))
