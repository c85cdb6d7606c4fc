"""`read_benchmarks`: files that benchmarks wrote to one catalog."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from wattquery.catalog.physics.benchmark_rows import row_findings
from wattquery.catalog.physics.screen import worth_a_look
from wattquery.catalog.row import BenchmarkRow
from wattquery.catalog.table import Catalog
from wattquery.errors import InputError, InputTypeError, listed, quoted
from wattquery.inputs.arguments import refuses_unknown
from wattquery.readers.documents import Document, document
from wattquery.readers.formats import runs_of
from wattquery.readers.plausible import check
from wattquery.readers.rows import row_of
from wattquery.readers.run import Run
from wattquery.readers.stated import Stated

__all__ = ["read_benchmarks", "rows_of_document"]

_MOST_FILES = 10_000
_ROUNDED = (
    *("input_tokens", "output_tokens", "concurrency", "running", "first_token", "per_token"),
    *("median_first_token", "median_per_token", "power", "system_power"),
)


@refuses_unknown
def read_benchmarks(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    model: str | None = None,
    hardware: str | None = None,
    accelerators: int | None = None,
    precision: str | None = None,
    serving: str | None = None,
) -> Catalog:
    """Read what benchmarks of serving systems wrote, each file in its own format, as a catalog.

    Which tool wrote a file is told by what stands in it. Lengths are the means of the requests that completed, rates
    are those of output tokens, scaled to the node that the hardware stands in. What a file does not say is passed here.

    Parameters
    ----------
    paths
        A file, or several.
    model
        What the model is called; wins over a file's own name for it.
    hardware
        The accelerator, such as ``"H200"``.
    accelerators
        How many accelerators a run had, all instances together [1].
    precision
        The precision of the weights, such as ``"FP8"``.
    serving
        The serving system, such as ``"vLLM"``.

    Returns
    -------
    Catalog
        A row for each run. `BenchmarkRow.others` has its accelerators, concurrency [1], times to the first and of each
        further token [s], and power [W], each where the file has it; `BenchmarkRow.notes` has what was done with it.

    Raises
    ------
    InputError, InputTypeError
        In one sentence: if a file cannot be read, is of no known format, holds an empty or impossible run, contradicts
        what is passed, or leaves open what is not passed.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> import wattquery as wq
    >>> result = {"backend": "vllm", "model_id": "meta-llama/Llama-3.1-8B-Instruct", "duration": 60.0, "completed": 120,
    ...           "total_input_tokens": 120_000, "total_output_tokens": 36_000, "max_concurrency": 16}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "result.json")
    ...     _ = path.write_text(json.dumps(result))
    ...     ours = wq.read_benchmarks(path, hardware="H200", accelerators=1, precision="BF16")
    >>> row = ours.rows[0]
    >>> row.hardware, row.tokens_per_second, row.input_tokens, row.output_tokens, dict(row.others)["Concurrency"]
    ('H200', 4800.0, 1000.0, 300.0, '16')
    """
    shown = _paths(paths)
    stated = Stated(model, hardware, accelerators, precision, serving)
    seen: dict[Run, str] = {}
    rows: list[BenchmarkRow] = []
    for path in shown:
        made = [_row(one) for one in rows_of_document(document(path), stated, seen)]
        _check_physics(made)
        rows += (row for _, row in made)
    return Catalog("benchmarks", tuple(rows), origin=_origin(shown))


def rows_of_document(
    content: Document, stated: Stated, seen: dict[Run, str]
) -> Iterator[tuple[str, BenchmarkRow] | InputError]:
    """Yield where each run of a file stands with its row, or why it has none.

    Parameters
    ----------
    content
        What stands in the file.
    stated
        What is said beside it.
    seen
        Where runs stand that were read before; those of this file are added.

    Raises
    ------
    InputError
        If the file is of no known format.
    """
    for run in runs_of(content):
        try:
            if isinstance(run, InputError):
                raise run
            yield run.place, row_of(_checked(run, stated, seen))
        except InputError as error:
            yield error


def _row(one: tuple[str, BenchmarkRow] | InputError) -> tuple[str, BenchmarkRow]:
    """Return where a run stands and its row, or raise what there is instead."""
    if isinstance(one, InputError):
        raise one
    return one


def _check_physics(made: Sequence[tuple[str, BenchmarkRow]]) -> None:
    """Refuse the first row that says what no machine can do."""
    for number, row, setting in worth_a_look(row for _, row in made):
        found = next((one for one, _, _ in row_findings(row, setting) if one.is_impossible), None)
        if found is not None:
            place, tool = made[number][0], row.source.partition(": ")[0]
            raise InputError(f"{place} ({tool}): {found.sentence}, or leave the run out.")


def _checked(run: Run, stated: Stated, seen: dict[Run, str]) -> Run:
    """Return a run with all that is known of it, which no other may be a copy of."""
    made = stated.completed(run)
    check(made)
    bare = _without_place(made)
    if bare in seen:
        raise InputError(
            f"{made.place} ({made.tool}): it is the same run as {seen[bare]}, and each may count once: name one."
        )
    seen[bare] = made.place
    return made


def _without_place(run: Run) -> Run:
    """Return a run without what tells it from its copy in another file: where it stands, and digits that one rounds."""
    said = {name: getattr(run, name) for name in _ROUNDED}
    rounded: dict[str, Any] = {name: float(f"{value:.3g}") for name, value in said.items() if value is not None}
    return replace(run, place="", line=0, notes=(), output_rate=float(f"{run.output_rate:.4g}"), **rounded)


def _paths(paths: object) -> list[str]:
    """Return the files that a user named."""
    if isinstance(paths, (str, os.PathLike)):
        return [_path(paths)]
    if isinstance(paths, (bytes, dict)) or not isinstance(paths, Iterable):
        raise InputTypeError(f"paths must be a path or a list of them, got {quoted(paths)}: pass ['result.json'].")
    found: list[str] = []
    for one in paths:
        found.append(_path(one))
        if len(found) > _MOST_FILES:
            raise InputError(f"paths has more than {_MOST_FILES:,} files: read them in parts.")
    if not found:
        raise InputError("paths is empty, and at least one file is needed: pass ['result.json'].")
    return found


def _path(path: object) -> str:
    if isinstance(path, (str, os.PathLike)) and isinstance(os.fspath(path), str):
        return os.fspath(path)
    raise InputTypeError(f"paths must be text or path objects, got {quoted(path)}: pass ['result.json'].")


def _origin(shown: list[str]) -> str:
    return shown[0] if len(shown) == 1 else listed(shown, 3)
