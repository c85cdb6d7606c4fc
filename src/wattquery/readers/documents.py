"""A file to what stands in it: objects of JSON, one or many after another, or the lines of a table.

Sizes are bounded, and what no reader could use is refused here: other encodings, values nested without end, no JSON.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wattquery.errors import InputError, quoted
from wattquery.inputs.files import content_of, text_of
from wattquery.inputs.formats import text_format

__all__ = ["LARGEST", "MOST_ENTRIES", "Document", "document"]

LARGEST = 2**28
"""Bytes of a benchmark file: those with the times of each token have some megabytes."""

MOST_ENTRIES = 100_000
"""Runs of one file."""

_WANTED = "A file that a benchmark wrote"


@dataclass(frozen=True)
class Document:
    """What stands in a file.

    Attributes
    ----------
    shown
        What messages call the file.
    entries
        Its objects of JSON, each with its number from 1 on; empty for a table.
    text
        Its text where it is a table; empty where it is JSON.
    """

    shown: str
    entries: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    text: str = ""


def document(path: str) -> Document:
    """Return what stands in a file.

    Parameters
    ----------
    path
        What the user named.

    Raises
    ------
    InputError
        If it cannot be read, is too large, empty, or broken.
    """
    shown = os.fspath(path)
    content = content_of(shown, _WANTED, largest=LARGEST)
    text = text_of(content, shown, _WANTED, "Save it again as UTF-8.")
    if not text.strip():
        raise InputError(f"{_file(shown)}: the file is empty: run the benchmark again, or leave it out.")
    if text.lstrip()[0] in "{[":
        return Document(shown, tuple(_flat(shown, text)))
    if (other := text_format(content)) is not None:
        raise InputError(f"{_file(shown)}: this is {other.name}, and what a benchmark wrote is needed: name that file.")
    return Document(shown, text=text)


def _flat(shown: str, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the objects of a text of JSON, with those of arrays one by one."""
    count = 0
    for line, value in _values(shown, text):
        for one in value if isinstance(value, list) else [value]:
            if not isinstance(one, Mapping):
                raise InputError(
                    f"{_file(shown)}, line {line}: {quoted(one)} is no object of JSON, and a run of a benchmark is "
                    f"one: {_NAME}"
                )
            count += 1
            if count > MOST_ENTRIES:
                raise InputError(f"{_file(shown)}: it has more than {MOST_ENTRIES:,} entries: split the file.")
            yield count, one


def _values(shown: str, text: str) -> Iterator[tuple[int, Any]]:
    """Yield the values of JSON that stand one after another, as appended files have them, each with its line."""
    decoder = json.JSONDecoder()
    place, line, end = 0, 1, len(text)
    while True:
        start = place
        while place < end and text[place] in " \t\r\n":
            place += 1
        line += text.count("\n", start, place)
        if place == end:
            return
        try:
            value, stop = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            raise InputError(
                f"{_file(shown)}, line {error.lineno}: this is no JSON ({error.msg}), as of a file that was cut off: "
                "write it again, or remove what is broken."
            ) from None
        except RecursionError:
            raise InputError(f"{_file(shown)}, line {line}: its values are nested too deeply: {_NAME}") from None
        except ValueError:  # of a whole number with more digits than Python reads
            raise InputError(f"{_file(shown)}, line {line}: a number has too many digits to be one: {_NAME}") from None
        yield line, value
        line += text.count("\n", place, stop)
        place = stop


_NAME = "name the file that the benchmark wrote."


def _file(shown: str) -> str:
    return quoted(shown, 300)
