"""What a user writes for a model or an accelerator, in Python, a TOML file or a command line, to the thing itself."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wattquery.catalog.facts import Accelerator as AcceleratorFacts
from wattquery.catalog.facts import Architecture
from wattquery.catalog.own.accelerator import Accelerator
from wattquery.catalog.own.model import Model, known_label
from wattquery.errors import InputError, InputTypeError, continued, quoted
from wattquery.inputs.files import content_of, text_of
from wattquery.specs.entries import checked_entries
from wattquery.specs.scalars import shown
from wattquery.specs.toml_files import read_toml

__all__ = ["accelerator_facts", "beside", "model_facts", "read_accelerator"]

_CONFIG = ".json"
_SHEETS = (".toml", ".json")
_LARGEST = 2**20
"""Bytes of a file with the data sheet of one accelerator."""


def model_facts(value: object) -> Model:
    """Return the model that a user wrote, with its facts and its label.

    Parameters
    ----------
    value
        A `Model`; a name of the catalog ``default``; the path of a ``config.json``, or of a folder that has one; a
        mapping ``{"config": path, "name": ...}`` or ``{"name": ..., "total_parameters": ...}``.

    Raises
    ------
    InputError, InputTypeError
        If it is none of these.

    Examples
    --------
    >>> model_facts("qwen/qwen3-32b").label, model_facts({"name": "X", "total_parameters": 70}).label
    ('Qwen3-32B', 'X')
    """
    if isinstance(value, Model):
        return value
    if isinstance(value, Mapping):
        return _model_of(value)
    if isinstance(value, os.PathLike):
        return Model.from_config(value)
    if isinstance(value, Architecture):
        return Model(value.model)
    if not isinstance(value, str):
        raise InputTypeError(
            f"model must be a name, the path of a config.json or a wq.Model, got {shown(value)}: pass one of them."
        )
    is_path = value.casefold().endswith(_CONFIG) or (not known_label(value) and _has_config(value))
    return Model.from_config(value) if is_path else Model(value)


def accelerator_facts(value: object) -> Accelerator:
    """Return the accelerator that a user wrote, with its facts and its label.

    Parameters
    ----------
    value
        An `Accelerator`; a name of the catalog ``default``; the path of a ``.toml`` or ``.json`` file with its numbers;
        a mapping of its numbers, ``{"name": ..., "memory_gb": ...}``.

    Raises
    ------
    InputError, InputTypeError
        If it is none of these.

    Examples
    --------
    >>> accelerator_facts("nvidia h100").label
    'H100 SXM'
    """
    if isinstance(value, Accelerator):
        return value
    if isinstance(value, Mapping):
        return Accelerator.from_dict(value)
    if isinstance(value, AcceleratorFacts):
        return Accelerator(value.hardware)
    if isinstance(value, os.PathLike) or (isinstance(value, str) and value.casefold().endswith(_SHEETS)):
        return read_accelerator(value)
    if not isinstance(value, str):
        raise InputTypeError(
            f"hardware must be a name, a file with numbers of a data sheet or a wq.Accelerator, got {shown(value)}: "
            "pass one of them."
        )
    return Accelerator(value)


def read_accelerator(path: str | os.PathLike[str]) -> Accelerator:
    """Return the accelerator of a file: ``key = value`` as TOML has it, or JSON, with the arguments of `Accelerator`.

    Parameters
    ----------
    path
        The file. Without the key ``name``, the accelerator is called as the file is.

    Raises
    ------
    InputError, InputTypeError
        If it cannot be read, or says what is not allowed.
    """
    file = Path(os.fspath(path))
    entries = _read_json(file) if file.suffix.casefold() == ".json" else read_toml(file)
    try:
        return Accelerator.from_dict({"name": file.stem, **entries})
    except InputError as error:
        raise type(error)(f"{quoted(str(file), 300)}: {error}") from error


def beside(value: Any, folder: Path) -> Any:
    r"""Return what a file says of models or hardware, with the files that it names looked for beside it.

    Parameters
    ----------
    value
        A name, a path, a mapping, or a list or table of these.
    folder
        Where the file lies that says so.

    Examples
    --------
    >>> beside(["DeepSeek-R1", {"config": "mine/config.json"}], Path("study"))[1]["config"].replace("\\", "/")
    'study/mine/config.json'
    """
    if isinstance(value, str):
        return str(folder / value) if value.casefold().endswith(_SHEETS) else value
    if isinstance(value, list):
        return [beside(one, folder) for one in value]
    if isinstance(value, Mapping):
        return {
            key: str(folder / one) if key == "config" and isinstance(one, str) else beside(one, folder)
            for key, one in value.items()
        }
    return value


def _model_of(entries: Mapping[Any, Any]) -> Model:
    """Return the model of a mapping."""
    if "config" in entries:
        checked = checked_entries(entries, "model", ("config",), ("name",))
        return Model.from_config(checked["config"], checked.get("name"))
    checked = checked_entries(entries, "model", ("name",), ("total_parameters", "active_parameters"))
    return Model(checked.pop("name"), **checked)


def _has_config(value: str) -> bool:
    """Return whether a text names a folder with a configuration."""
    try:
        return bool(value) and (Path(value) / "config.json").is_file()
    except (OSError, ValueError):
        return False


def _read_json(path: Path) -> dict[str, Any]:
    wanted = "A JSON file with the numbers of an accelerator"
    needed = f"{continued(wanted)} is needed"
    text = text_of(content_of(path, wanted, largest=_LARGEST), path, wanted, "Save the file again as UTF-8.")
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{quoted(str(path), 300)} is no JSON ({error}), and {needed}: correct it, or write TOML."
        ) from None
    if not isinstance(entries, dict):
        raise InputError(
            f'{quoted(str(path), 300)} holds {shown(entries)}, and {needed}: write {{"memory_gb": 80, ...}}.'
        )
    return entries
