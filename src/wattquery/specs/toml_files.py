"""TOML files that users write, read with a sentence for whatever may be wrong with the file itself."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from wattquery.errors import InputError

__all__ = ["read_toml"]


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises
    ------
    InputError
        If it cannot be read, is not UTF-8, is not TOML, or is nested too deeply.
    """
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: the file cannot be read ({error.strerror}). Check its name and folder.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: this is not UTF-8 text. Save the file again as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"{path}: this is not valid TOML: {error}. Text stands in quotes, lists in [], tables in {{}}."
        ) from error
    except ValueError as error:  # a NUL character in the path
        raise InputError(f"{path}: the file cannot be read ({error}). Check its name and folder.") from error
    except RecursionError as error:
        raise InputError(f"{path}: lists or tables are nested too deeply. One or two levels are enough.") from error
