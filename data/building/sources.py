"""The source of a row: its identity, and what the row is called within it."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from typing import Any

from building.cells import HERE, Row
from building.licences import allowed, decision

COLUMNS = ("source_id", "source", "url", "licence", "attribution", "second_hand", "rows")
_RESULT = re.compile(r"#v?(\d\.\d-\d{4})\b")
_THREAD = re.compile(r"InferenceX ((?:issue|PR) .*)")
_RUN = re.compile(r"run (\d+) artifact")
_COMMIT = re.compile(r"@[0-9a-f]{7,40}")
_NOTE = re.compile(r"\((?:read|second-hand|transcribed|fork|stored|figures|text)[^)]*\)|, via aiconfigurator.*")


@cache
def _entries() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads((HERE / "sources.toml").read_text(encoding="utf-8"))["source"]
    unknown = {entry["licence"] for entry in entries} - set(allowed())
    if unknown or len({entry["id"] for entry in entries}) < len(entries):
        raise SystemExit(f"sources.toml names a source twice, or licences {sorted(unknown)} that are not allowed.")
    return entries


class Sources:
    """The sources that rows name, with how many do."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()

    def find(self, text: str, licence: str | None) -> tuple[str, str]:
        """Return identity and reference of a source, for a row that ships.

        Parameters
        ----------
        text
            What the raw table says.
        licence
            What the raw table says of the licence; None where it has no such column.
        """
        for entry in _entries():
            for start in entry["match"]:
                if text.startswith(start):
                    self._check(entry, licence, text)
                    self.rows[entry["id"]] += 1
                    return entry["id"], reference(text, start)
        raise SystemExit(f"No entry of data/sources.toml fits the source {text!r}. Add one, with its licence.")

    def not_named(self) -> list[dict[str, Any]]:
        """Return the sources that no row that ships names: rows of theirs are in the raw tables alone."""
        return [entry for entry in _entries() if not self.rows[entry["id"]]]

    def table(self) -> list[Row]:
        """Return the table of the sources that rows name."""
        return [
            {
                "source_id": entry["id"],
                "source": entry["title"],
                "url": entry["url"],
                "licence": entry["licence"],
                "attribution": entry["attribution"],
                "second_hand": str(entry.get("second_hand", False)),
                "rows": str(self.rows[entry["id"]]),
            }
            for entry in sorted(_entries(), key=lambda entry: entry["id"])
            if self.rows[entry["id"]]
        ]

    @staticmethod
    def _check(entry: dict[str, Any], licence: str | None, text: str) -> None:
        if licence is not None and decision(licence).licence != entry["licence"]:
            raise SystemExit(f"{text!r}: sources.toml says {entry['licence']!r}, the row {licence!r}. Decide which.")


def reference(text: str, start: str) -> str:
    """Return what is left of a source's text: a run, a file, the number of a result.

    >>> reference("mlcommons/inference_results_v4.1:summary_results.json@4a0c874 #v4.1-0044", "mlcommons/")
    '4.1-0044'
    >>> reference("NVIDIA/TensorRT-LLM:docs/overview.md@9bd15f1937f5", "NVIDIA/TensorRT-LLM:docs/overview.md@9bd15f19")
    'overview.md'
    """
    if result := _RESULT.search(text):
        return result[1]
    if thread := _THREAD.match(text):
        return thread[1]
    if run := _RUN.search(text):
        return f"run {run[1]}"
    if "dump " in text[:30]:
        return _NOTE.sub("", text).strip()
    rest = text.removeprefix(start)
    if start[-1].isalnum() and re.match(r"\w", rest):  # the name that tells sources apart ends within a word
        rest = f"{start.rsplit('/', 1)[-1]}{rest}"
    return _COMMIT.sub("", _NOTE.sub("", rest)).split("exact path")[0].strip(" :,@/").removeprefix(")")
