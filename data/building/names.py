"""Labels in their one form: models by the aliases of their architecture, accelerators, stacks, precisions, versions."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache

from building.cells import HERE, ROOT, Row

sys.path.insert(0, str(ROOT / "src"))

from wattquery.catalog.stack_versions import stack_version  # that of this checkout, installed or not

_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_STATED = re.compile(r"other/unstated:\s*(.*)")


@cache
def labels(axis: str) -> dict[str, list[str]]:
    """Return the labels of an axis with what else is read as each of them."""
    return tomllib.loads((HERE / "names.toml").read_text(encoding="utf-8"))[axis]


def by_any_name(labelled: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return the label by every name of it, in small letters; a name of two labels stops the build."""
    found: dict[str, str] = {}
    for label, names in labelled.items():
        for name in (label, *names):
            if found.setdefault(name.casefold(), label) != label:
                raise SystemExit(f"{name!r} would be read as {found[name.casefold()]!r} and as {label!r}.")
    return found


@cache
def _known(axis: str) -> dict[str, str]:
    return by_any_name(labels(axis))


def hardware(cell: str) -> str:
    """Return the label of an accelerator; one that has none stops the build."""
    try:
        return _known("hardware")[cell.casefold()]
    except KeyError:
        raise SystemExit(f"The accelerator {cell!r} has no label in data/names.toml. Add it there.") from None


def precision(cell: str) -> str:
    """Return the label of a precision; one that has none stops the build."""
    try:
        return _known("precision")[cell.casefold()]
    except KeyError:
        raise SystemExit(f"The precision {cell!r} has no label in data/names.toml. Add it there.") from None


def serving_and_version(serving: str, version: str) -> tuple[str, str]:
    """Return the label of a serving stack and its version, which what is no stack moves into."""
    if stated := _STATED.fullmatch(serving):
        text = version or stated[1]
        serving, version = "not stated", "" if text == "TODO" else text  # a source's own word for not known
        for label, mark in (("llm-d", "LLM-D"), ("LLMBoost", "LLMBoost")):
            if mark in text:
                serving = label
    label = _known("serving").get(serving.casefold())
    if label is None:
        raise SystemExit(f"The serving stack {serving!r} has no label in data/names.toml. Add it there.")
    return label, stack_version(version)


def date(cell: str) -> str:
    """Return a date as year, month and day as far as they are known; of a span its end."""
    found = _DATE.findall(cell)
    return found[-1] if found and "/" in cell.split("(")[0] else found[0] if found else ""


class Models:
    """The architectures by every name that a table has for them."""

    def __init__(self, architectures: Iterable[Row]) -> None:
        rows = list(architectures)
        self._model = {row["architecture"]: row["model"] for row in rows}
        self._known = by_any_name(
            {row["architecture"]: [row["model"], *filter(None, row["aliases"].split("|"))] for row in rows}
        )

    def find(self, name: str) -> tuple[str, str] | None:
        """Return architecture and label of a model; None where no architecture has that name."""
        found = self._known.get(name.casefold())
        return None if found is None else (found, self._model[found])
