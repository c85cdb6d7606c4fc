"""The fields of one object of JSON: each read as what it is, or refused in a sentence that names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wattquery.errors import InputError, quoted
from wattquery.inputs.names import problem

__all__ = ["Entry"]

_MOST = 1e15
_MILLI = 1e-3


class Entry:
    """An object of JSON of a file.

    Parameters
    ----------
    values
        Its fields.
    shown
        What messages call the file.
    line
        Its number there.
    tool
        What wrote it, for messages.
    path
        The fields that lead to it, for messages.
    part
        Which of several runs of an object it is, for messages.
    """

    def __init__(
        self, values: Mapping[str, Any], shown: str, line: int, tool: str, path: str = "", part: str = ""
    ) -> None:
        self.values, self.shown, self.line, self.tool, self._path, self._part = values, shown, line, tool, path, part

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{quoted(self.shown, 300)}, entry {self.line}{self._part}"

    def refused(self, sentence: str) -> InputError:
        """Return an error about this entry."""
        return InputError(f"{self.place} ({self.tool}): {sentence}")

    def within(self, name: str) -> Entry:
        """Return the object that a field holds, empty where there is none."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, Mapping):
            raise self.refused(f"{self._named(name)} must be an object of JSON, got {quoted(value)}: {_AGAIN}")
        return Entry(value or {}, self.shown, self.line, self.tool, f"{self._path}{name}.", self._part)

    def runs(self, name: str) -> list[Entry]:
        """Return the objects of a list that a field holds, each a run."""
        value = self.values.get(name)
        if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
            raise self.refused(f"{self._named(name)} must be a list of objects of JSON, got {quoted(value)}: {_AGAIN}")
        if not value:
            raise self.refused(f"{self._named(name)} is empty, so that nothing was measured: {_AGAIN}")
        return [
            Entry(one, self.shown, self.line, self.tool, part=f", {name} {number}")
            for number, one in enumerate(value, 1)
        ]

    def number(self, *names: str) -> float | None:
        """Return the first of some fields that holds a number of 0 or more; None where none does or it is NaN."""
        for name in names:
            value = self.values.get(name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise self.refused(f"{self._named(name)} must be a number, got {quoted(value)}: {_AGAIN}")
            if value != value:
                continue
            if not 0 <= value <= _MOST:
                raise self.refused(
                    f"{self._named(name)} must be a number from 0 to 1e15, got {_brief(value)}: {_AGAIN}"
                )
            return float(value)
        return None

    def positive(self, *names: str) -> float | None:
        """Return the first of some fields that holds a number above 0; None where none does: a time of 0 is none."""
        return self.number(*names) or None

    def seconds(self, *names: str) -> float | None:
        """Return a time that fields hold in milliseconds [s]."""
        value = self.positive(*names)
        return None if value is None else value * _MILLI

    def needed(self, *names: str) -> float:
        """Return the first of some fields that holds a number above 0, without which a run says nothing."""
        value = self.number(*names)
        if value is None:
            raise self.refused(f"it has no number as {self._named(names[0])}: {_AGAIN}")
        if not value:
            raise self.refused(f"{self._named(names[0])} is 0, so that nothing was measured: {_AGAIN}")
        return value

    def count(self, *names: str) -> int | None:
        """Return the first of some fields that holds a whole number above 0, also as text."""
        for name in names:
            value = self.values.get(name)
            if isinstance(value, str) and value.isdecimal() and value.isascii() and len(value) < 8:
                value = int(value)
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**7:
                return value
        return None

    def text(self, *names: str) -> str:
        """Return the first of some fields that holds a text, without outer blanks; empty where none does."""
        for name in names:
            value = self.values.get(name)
            if isinstance(value, str) and value.strip() and value.strip().casefold() not in _NO_NAMES:
                if wrong := problem(value):
                    why = wrong.partition(". ")[0]
                    raise self.refused(
                        f"{self._named(name)} = {quoted(value)} {why}: write a name of visible characters."
                    )
                return value.strip()
        return ""

    def _named(self, name: str) -> str:
        return repr(f"{self._path}{name}"[:100])


_AGAIN = "run the benchmark again, or leave it out."
_NO_NAMES = ("none", "null", "n/a", "na", "unknown", "-")


def _brief(value: float) -> str:
    return "a number of many digits" if isinstance(value, int) and abs(value) > _MOST else repr(value)
