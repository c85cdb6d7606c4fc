"""The entries of a configuration, each checked when it is read, with a record of which were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wattquery.errors import InputError, InputTypeError
from wattquery.specs.scalars import is_number, is_whole, shown

__all__ = ["LAYERS", "LEFT_OUT", "MOST_LAYERS", "Entries"]

LEFT_OUT = "not understood, and left out"
"""How a note on what was not understood begins: what has such parts is not taken for a model of the tables."""

LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
"""Keys of the number of layers, the first that is there."""

MOST_LAYERS = 10_000
MOST = 10_000_000
"""Of a width or a number: the largest published vocabulary has a million entries, the largest width 20,000."""


class Entries:
    """What a configuration says, by key; a number is known by several keys.

    Parameters
    ----------
    entries
        Keys and values.
    owner
        How messages name the configuration.
    model_type
        What the configuration says of which kind the model is.
    """

    def __init__(self, entries: Mapping[str, Any], owner: str) -> None:
        self._entries, self.owner = entries, owner
        self._read = {"model_type"}
        self.notes: list[str] = []
        written = entries.get("model_type")
        self.model_type = written.casefold() if isinstance(written, str) else ""

    def __contains__(self, key: str) -> bool:
        return self._entries.get(key) is not None

    def has_any(self, *keys: str) -> bool:
        """Return whether one of several keys is there, if only with null."""
        return any(key in self._entries for key in keys)

    def get(self, *keys: str) -> Any:
        """Return what stands under the first of several keys that is there and not null."""
        return self._first(keys)[1]

    def whole(self, *keys: str, least: int = 1, most: int = MOST) -> int | None:
        """Return a whole number, None where it is not there.

        Raises
        ------
        InputError, InputTypeError
            If it is none, or outside what is allowed.
        """
        key, value = self._first(keys)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, list) and key not in LAYERS:
            value = self._same_in_all(key, value)
        if not is_whole(value):
            fix = "numbers that differ by layer are not read" if isinstance(value, list) else "correct it"
            fix = "write the number without quotes" if isinstance(value, str) else fix
            raise InputTypeError(
                f"{self.owner}: {key} must be a whole number from {least:,} to {most:,}, got {shown(value)}: {fix}."
            )
        if not least <= value <= most:
            raise InputError(
                f"{self.owner}: {key} must be a whole number from {least:,} to {most:,}, got {shown(value)}: check "
                "which number was meant."
            )
        return int(value)

    def needed(self, *keys: str, what: str, most: int = MOST) -> int:
        """Return a whole number that must be there."""
        found = self.whole(*keys, most=most)
        if found is None:
            raise InputError(
                f"{self.owner} does not say {what}, for which the key {keys[0]} is needed: add it, or take the whole "
                "config.json."
            )
        return found

    def number(self, *keys: str) -> float | None:
        """Return a positive number, None where it is not there."""
        key, value = self._first(keys)
        if value is None:
            return None
        if not is_number(value) or not 0.0 < value < MOST:
            raise InputTypeError(
                f"{self.owner}: {key} must be a number above 0 and below {MOST:,}, got {shown(value)}: correct it."
            )
        return float(value)

    def flag(self, *keys: str) -> bool | None:
        """Return whether something holds, None where it is not said."""
        key, value = self._first(keys)
        if value is None or isinstance(value, bool):
            return value
        if value in (0, 1):
            return bool(value)
        raise InputTypeError(f"{self.owner}: {key} must be true or false, got {shown(value)}: write one of the two.")

    def text(self, *keys: str) -> str:
        """Return a text in small letters, empty where it is not there."""
        value = self.get(*keys)
        return value.casefold() if isinstance(value, str) else ""

    def by_layer(self, key: str, layers: int) -> list[Any] | None:
        """Return a list with an entry for each layer, None where it is not there.

        Raises
        ------
        InputError
            If it has more or fewer entries.
        """
        value = self.get(key)
        if value is None:
            return None
        if not isinstance(value, list) or len(value) != layers:
            count = f"{len(value):,} entries" if isinstance(value, list) else shown(value)
            raise InputError(
                f"{self.owner}: {key} must be a list with an entry for each of its {layers:,} layers, got {count}: "
                "correct one of the two."
            )
        return value

    def left_out(self, what: str) -> None:
        """Note what was not understood, so that the configuration is not taken for a model of the tables."""
        self.notes.append(f"{LEFT_OUT}: {what}")

    def refuse(self, problem: str, allowed: str, fix: str = "correct one of the two") -> InputError:
        """Return an error about numbers that contradict each other: what they are, what is allowed, what to do."""
        return InputError(f"{self.owner}: {problem}, and {allowed}: {fix}.")

    def unread(self) -> Iterator[tuple[str, Any]]:
        """Yield the keys that say something and were not read, with their values."""
        for key, value in self._entries.items():
            if key not in self._read and value not in (None, False, 0, "", [], {}):
                yield key, value

    def _same_in_all(self, key: str, values: list[Any]) -> Any:
        """Return what a list has for every layer, the list itself where its entries differ."""
        if not values or any(one != values[0] for one in values):
            return values
        layers = next((self._entries[one] for one in LAYERS if self._entries.get(one) is not None), None)
        if is_whole(layers) and len(values) != layers:
            raise InputError(
                f"{self.owner}: {key} must be a number, or a list with one for each of its {layers:,} layers, got "
                f"{len(values):,} entries: correct one of the two."
            )
        return values[0] if is_whole(layers) else values

    def _first(self, keys: tuple[str, ...]) -> tuple[str, Any]:
        self._read.update(keys)
        for key in keys:
            if self._entries.get(key) is not None:
                return key, self._entries[key]
        return keys[0], None
