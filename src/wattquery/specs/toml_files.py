"""TOML files that users write, read with a sentence for whatever may be wrong with the file itself."""

from __future__ import annotations

import os
import tomllib
from typing import Any

from wattquery.errors import InputError, quoted
from wattquery.inputs.files import content_of, text_of
from wattquery.inputs.formats import text_format
from wattquery.inputs.names import clean_keys

__all__ = ["read_toml"]

LARGEST = 2**24
"""Bytes: a scenario with a million samples."""

_WANTED = "A TOML file"


def read_toml(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the tables of a TOML file, keys in their one form.

    Raises
    ------
    InputError
        If it cannot be read, is not UTF-8, is not TOML, is nested too deeply, or has a key that is no name.
    """
    content = content_of(path, _WANTED, largest=LARGEST)
    text = text_of(content, path, _WANTED, "Save the file again as UTF-8.")
    try:
        return {key: _clean(value, key) for key, value in _top(tomllib.loads(text), path).items()}
    except tomllib.TOMLDecodeError as error:
        if other := text_format(content):
            raise InputError(
                f"{quoted(str(path), 300)}: this is {other.name}. {_WANTED} is needed. Write keys and values: "
                'model = "DeepSeek-R1".'
            ) from error
        raise InputError(
            f"{path}: this is not valid TOML: {error}. Text stands in quotes, lists in [], tables in {{}}."
        ) from error
    except RecursionError as error:
        raise InputError(f"{path}: lists or tables are nested too deeply. One or two levels are enough.") from error
    except InputError as error:  # a key
        raise type(error)(f"{path}: {error}") from error
    except ValueError as error:  # numbers of more digits than Python reads
        raise InputError(f"{path}: a value cannot be read ({error}). Correct it.") from error


def _top(entries: dict[str, Any], path: str | os.PathLike[str]) -> dict[str, Any]:
    return clean_keys(entries, f"the top level of {os.path.basename(path)}")  # noqa: PTH119 - of text and paths alike


def _clean(value: Any, owner: str) -> Any:
    """Return a value in which the keys of all tables have their one form; ``owner`` is the key that it stands under."""
    if isinstance(value, dict):
        return {key: _clean(one, f"{owner}.{key}") for key, one in clean_keys(value, f"[{owner}]").items()}
    if isinstance(value, list):
        return [_clean(one, owner) for one in value]
    return value
