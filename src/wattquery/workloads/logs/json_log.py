"""Logs in JSON with an object per line: nested ones by paths such as ``usage.prompt_tokens``, and spans as requests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from wattquery.errors import InputError
from wattquery.workloads.logs.blocks import blocks, unpacked
from wattquery.workloads.logs.names import Columns, Finder

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["json_tables"]

DEEPEST = 6
"""Objects in objects that are looked at."""

MOST_PATHS = 10_000
MOST_LOOKED_AT = 20_000
"""Objects of the first block whose keys are looked at, half of them from all over it; of others a tenth of these."""

Objects = list[dict[str, Any]]
Path = tuple[str, ...]


def json_tables(path: str, file: str, finder: Finder) -> Iterator[tuple[Columns, pd.DataFrame, int]]:
    """Yield which columns hold what, rows with these columns, and how many lines are no rows."""
    import pandas as pd

    columns: Columns | None = None
    paths: dict[str, Path] = {}
    with unpacked(path, file) as content:
        for _, block in blocks(content, file):
            objects, malformed = _objects(block)
            known = len(paths)
            if known <= MOST_PATHS:
                for name, place in _paths(_sample(objects, MOST_LOOKED_AT // (1 if columns is None else 10))).items():
                    paths.setdefault(name, place)
            if not paths:
                raise InputError(
                    f"{file} has no JSON object in a line of its own: write an object per line, as jq -c does."
                )
            if columns is None:
                columns = finder(list(paths))
            elif len(paths) > known:
                columns = _extended(columns, paths, finder)
            rows = {name: pd.Series(_column(objects, paths[name]), dtype=object) for name in columns.all}
            yield columns, pd.DataFrame(rows), malformed


def _objects(block: bytes) -> tuple[Objects, int]:
    """Return the objects of the lines, and how many lines are none."""
    lines = [line for line in block.split(b"\n") if line and not line.isspace()]
    try:
        found = json.loads(b"[" + b",".join(lines) + b"]")  # a third of the time of line by line
    except (ValueError, RecursionError):
        found = []
    if len(found) != len(lines):
        found = [_object(line) for line in lines]
    objects = [one for one in found if isinstance(one, dict)]
    malformed = len(lines) - len(objects)
    if any("resourceSpans" in one for one in objects[:1]):
        objects = list(_spans(objects))
    elif objects and isinstance(objects[0].get("attributes"), list):
        objects = [{**one, "attributes": _attributes(one.get("attributes"))} for one in objects]
    return objects, malformed


def _extended(columns: Columns, paths: dict[str, Path], finder: Finder) -> Columns:
    """Return the columns with those that appear later: requests before the first hit of a cache may lack its field."""
    try:
        found = finder(list(paths))
    except InputError:  # two that may be meant: what was found first goes on
        return columns
    before = (*columns.output, *columns.input, *columns.cached, columns.time, columns.session)
    after = (*found.output, *found.input, *found.cached, found.time, found.session, None)
    return found if set(before) <= set(after) else columns


def _sample(objects: Objects, most: int) -> Objects:
    """Return some objects: the first ones, others at even distances, and the last: a field that has appeared stays."""
    half = most // 2
    return [*objects[:half], *objects[half :: max(1, len(objects) // half)], *objects[-1:]]


def _object(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _column(objects: Objects, path: Path) -> list[Any]:
    """Return what stands under a path in each object, None where nothing does."""
    first, *others = path
    found: list[Any] = [one.get(first) for one in objects]
    for key in others:
        found = [one.get(key) if isinstance(one, dict) else None for one in found]
    return found


def _paths(objects: Objects) -> dict[str, Path]:
    """Return the paths to all that is no object, by their names."""
    paths: dict[str, Path] = {}
    for one in objects:
        for path in _leaves(one, ()):
            paths.setdefault(".".join(path), path)
        if len(paths) > MOST_PATHS:
            break
    return paths


def _leaves(value: dict[str, Any], before: Path) -> Iterator[Path]:
    for key, inner in value.items():
        path = (*before, key)
        if isinstance(inner, dict):
            if len(path) < DEEPEST:
                yield from _leaves(inner, path)
        elif not isinstance(inner, list):
            yield path


def _spans(objects: Objects) -> Iterator[dict[str, Any]]:
    """Yield the spans of OpenTelemetry's files (OTLP) that have attributes of generative AI."""
    for resources in objects:
        for resource in _dicts(resources.get("resourceSpans")):
            for scope in _dicts(resource.get("scopeSpans")):
                for span in _dicts(scope.get("spans")):
                    attributes = _attributes(span.get("attributes"))
                    if any(key.startswith(("gen_ai.usage.", "llm.")) for key in attributes):
                        yield {**span, "attributes": attributes}


def _attributes(pairs: Any) -> dict[str, Any]:
    """Return attributes as a dict: in files they are a list of keys with a value of a stated type each."""
    found = {}
    for pair in _dicts(pairs):
        value = pair.get("value")
        found[str(pair.get("key"))] = next(iter(value.values()), None) if isinstance(value, dict) else value
    return found


def _dicts(value: Any) -> Sequence[dict[str, Any]]:
    items: Iterable[Any] = value if isinstance(value, list) else ()
    return [one for one in items if isinstance(one, dict)]
