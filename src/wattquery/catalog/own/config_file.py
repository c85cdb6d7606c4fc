"""A ``config.json`` from a path, a folder or a dict: entries, what the model is called, and what it is not.

Nothing of it is run: it is read as plain values, of a bounded size and depth.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wattquery.errors import InputError, InputTypeError, continued, did_you_mean, quoted
from wattquery.inputs.files import as_path, content_of, text_of
from wattquery.inputs.formats import text_format
from wattquery.inputs.names import name_of_file
from wattquery.specs.scalars import shown

__all__ = ["config_of"]

_FILE = "config.json"
_WANTED = "The config.json of a language model"
_NEEDED = "the config.json of a language model is needed"
_LARGEST = 2**24
"""Bytes: those with names of all classes have one million."""

_DEEPEST = 40
_MOST_ENTRIES = 1_000_000
_ACCEPT = "accept the licence there, log in, and download the file again"
_USUAL_FOLDERS = ("", ".", "config", "main", "snapshots", "model", "models")

_GATED = re.compile(
    r"gated|restricted|must be authenticated|access to model|entry not found|repository not found|invalid username|"
    r"unauthori[sz]ed|forbidden",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://|(www\.)?(huggingface\.co|hf\.co|github\.com)/", re.IGNORECASE)
"""How the address of a page begins, also without its protocol."""

_WEIGHTS = (b"GGUF", b"\x80\x02", b"\x80\x04")

_OTHERS: tuple[tuple[str, str, str], ...] = (
    ("weight_map", "the index of its weight files (model.safetensors.index.json)", ""),
    ("peft_type", "the configuration of an adapter (LoRA)", "name that of the model that it adapts"),
    ("_class_name", "the configuration of a diffusion model or of a part of one", ""),
    ("tokenizer_class", "the configuration of a tokenizer", ""),
    ("added_tokens", "a tokenizer", ""),
    ("feature_extractor_type", "the configuration of a preprocessor", ""),
    ("image_processor_type", "the configuration of a preprocessor", ""),
    ("processor_class", "the configuration of a processor", ""),
    ("temperature", "the settings of generation (generation_config.json)", ""),
    ("quant_method", "the configuration of a quantisation alone", ""),
    ("_from_model_config", "the settings of generation (generation_config.json)", ""),
)
"""Keys by which other files of a model's repository are told, where there are no layers."""

_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "hidden_size", "d_model", "n_embd")


def config_of(config: object) -> tuple[dict[str, Any], str, str]:
    """Return the entries of a configuration, what the model is called, and how messages name the configuration.

    Parameters
    ----------
    config
        The path of a file, or of a folder with a ``config.json``; or the content as a mapping.

    Raises
    ------
    InputError, InputTypeError
        If it is neither, cannot be read, or is something else.
    """
    if isinstance(config, Mapping):
        entries = _plain(config, "config", 0)
        _check_kind(entries, "config")
        return entries, _name_within(entries), "config"
    if not isinstance(config, (str, os.PathLike)):
        raise InputTypeError(
            f"config must be the path of a config.json, or its content as a dict, got {shown(config)}: pass "
            "'config.json'."
        )
    path = _path(config)
    path = path / _FILE if _is_folder(path) else path
    owner = quoted(str(path), 300)
    entries = _read(path, owner)
    _check_kind(entries, owner)
    return entries, _name_within(entries) or _name_of_folder(path), owner


def _path(config: str | os.PathLike[str]) -> Path:
    """Return where a configuration lies, in the home folder too; refuse what is no path."""
    text = os.fspath(config)
    if not isinstance(text, str) or not text.strip():
        raise InputError(
            f"config must be the path of a config.json, or of the folder that has one, got {shown(text)}: write "
            "'config.json', or '.' for the folder you run from."
        )
    if _ADDRESS.match(text):
        raise InputError(
            f"config must be the path of a file on this machine, got the address {quoted(text, 200)}: download the "
            "config.json, and name the file."
        )
    path = as_path(text, "config")
    try:
        return path.expanduser()
    except RuntimeError:  # nobody of that name has a home
        return path


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _read(path: Path, owner: str) -> dict[str, Any]:
    """Return the entries of a file."""
    content = content_of(path, _WANTED, largest=_LARGEST)
    if content.startswith(_WEIGHTS) or content[8:10] == b'{"':
        raise InputError(f"{owner} holds weights of a model, and {_NEEDED}: name the config.json beside them.")
    text = text_of(content, path, _WANTED, "Save the file again as UTF-8.")
    try:
        entries = json.loads(text, parse_constant=_no_number, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{owner} {_what_it_is(content, text, error)}") from None
    if not isinstance(entries, dict):
        raise InputError(
            f"{owner} holds {shown(entries)}, and {_NEEDED}, a JSON object with keys such as num_hidden_layers: name "
            "that file."
        )
    plain: dict[str, Any] = _plain(entries, owner, 0)
    return plain


def _what_it_is(content: bytes, text: str, error: Exception) -> str:
    """Return what a file is that is no JSON, as the end of a sentence, and what to do."""
    other = text_format(content)
    if other is not None and not other.name.startswith("JSON"):
        return f"is {other.name}, and {_NEEDED}: {continued(other.fix)}"
    if len(text) < 4096 and _GATED.search(text):
        return (
            f"is a message of the server, {quoted(text.strip(), 100)}, as it gives for a gated repository, and "
            f"{_NEEDED}: {_ACCEPT}."
        )
    if not text.strip():
        return f"is empty, and {_NEEDED}: download it again."
    if isinstance(error, RecursionError):
        return f"is nested too deeply, and {_NEEDED}: check which file it is."
    return f"is not valid JSON ({error}), and {_NEEDED}: correct it, or download it again."


def _no_number(constant: str) -> float:
    raise ValueError(f"it has {constant}, which is no number")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the entries of an object, none of whose keys may come twice: which one counts nobody could say."""
    entries = dict(pairs)
    if len(entries) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, count in counts.items() if count > 1)
        raise ValueError(f"it has the key {quoted(twice)} more than once")
    return entries


def _plain(value: Any, owner: str, depth: int, counted: list[int] | None = None) -> Any:
    """Return a copy with plain dicts and lists, refused where it is nested too deep or too large."""
    counted = [0] if counted is None else counted
    counted[0] += 1
    if depth > _DEEPEST or counted[0] > _MOST_ENTRIES:
        raise InputError(
            f"{owner} is nested too deeply or has too many entries, of which at most {_DEEPEST} levels and "
            f"{_MOST_ENTRIES:,} entries are read: check which file it is."
        )
    if isinstance(value, Mapping):
        return {str(key): _plain(one, owner, depth + 1, counted) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one, owner, depth + 1, counted) for one in value]
    return value


def _check_kind(entries: Mapping[str, Any], owner: str) -> None:
    """Refuse what is another file of a model's repository, or a message of a server."""
    said = entries.get("error") or entries.get("message")
    if isinstance(said, str) and not any(key in entries for key in _LAYERS):
        raise InputError(
            f"{owner} is a message of the server, {quoted(said, 100)}, as it gives for a gated repository, and "
            f"{_NEEDED}: {_ACCEPT}."
        )
    if "dim" in entries and "n_layers" in entries and "hidden_size" not in entries:
        raise InputError(
            f"{owner} is in the format of the model's maker (params.json), and {_NEEDED}, in the format of Hugging "
            "Face: name that one."
        )
    if any(key in entries for key in _LAYERS) and "_class_name" not in entries:
        return
    if any(isinstance(one, Mapping) and any(key in one for key in _LAYERS) for one in entries.values()):
        return
    for key, kind, fix in _OTHERS:
        if key in entries and "model_type" not in entries:
            raise InputError(f"{owner} is {kind}, and {_NEEDED}: {fix or 'name the config.json beside it'}.")
    if not entries:
        raise InputError(f"{owner} is empty, and {_NEEDED}: give it with keys such as num_hidden_layers.")
    if "model_type" not in entries and "architectures" not in entries:
        meant = next((hint for key in entries if (hint := did_you_mean(key, _LAYERS[:1]))), "")
        raise InputError(
            f"{owner} has neither layers, num_hidden_layers, nor a hidden_size, and {_NEEDED}: check which file it "
            f"is.{meant}"
        )


def _name_within(entries: Mapping[str, Any]) -> str:
    """Return what a configuration says that the model is called, empty where it says a path of somebody's."""
    written = entries.get("_name_or_path")
    if not isinstance(written, str) or written.count("/") > 1 or "\\" in written or written.startswith((".", "/", "~")):
        return ""
    return _usable(written.rpartition("/")[2])


def _name_of_folder(path: Path) -> str:
    """Return what a file or its folder is called; in the cache of Hugging Face, the repository."""
    for part in path.parts:
        if part.startswith("models--"):
            return _usable(part.rpartition("--")[2])
    if path.name.casefold() != _FILE:
        return _usable(path.stem)
    try:
        return _usable(path.resolve().parent.name)
    except (OSError, RuntimeError):
        return ""


def _usable(name: str) -> str:
    """Return a name as results write it, empty where it says nothing."""
    return "" if name.casefold() in _USUAL_FOLDERS else name_of_file(name)
