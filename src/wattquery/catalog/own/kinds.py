"""Which part of a configuration describes the decoder of text, and what has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wattquery.catalog.own.entries import Entries
from wattquery.errors import InputError, quoted

__all__ = ["text_entries"]

_WITHIN = (
    ("text_config",),
    ("llm_config",),
    ("language_config",),
    ("text_model_config",),
    ("thinker_config", "text_config"),
)
"""Where the decoder of a model that takes pictures or sounds too is described."""

_PARTS = ("attn_config", "ffn_config", "attention_config", "moe_config")
"""Tables of a configuration whose keys are read as its own."""

_FROM_ABOVE = ("quantization_config", "tie_word_embeddings", "torch_dtype", "dtype", "compression_config")
_BASIC = ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "hidden_size", "d_model", "n_embd")

_ENCODERS = (
    "bert",
    "electra",
    "mpnet",
    "vit",
    "clip",
    "siglip",
    "dino",
    "beit",
    "swin",
    "deit",
    "xlnet",
    "layoutlm",
    "esm",
)
_NOT_ENCODERS = ("bert-generation", "vitmatte")
_SOUNDS = (
    "whisper",
    "wav2vec",
    "hubert",
    "wavlm",
    "encodec",
    "musicgen",
    "bark",
    "speech",
    "seamless",
    "tts",
    "mimi",
    "dac",
)
_DIFFUSION = ("dream", "llada", "diffusion", "unet", "flux", "sdar")
_TASKS = (
    "ForSequenceClassification",
    "ForTokenClassification",
    "ForMaskedLM",
    "ForImageClassification",
    "ForQuestionAnswering",
    "ForMultipleChoice",
    "ForAudioClassification",
    "ForCTC",
    "RewardModel",
)
_FIX = "name a model that generates text token by token."


def text_entries(config: Mapping[str, Any], owner: str) -> Entries:
    """Return the entries that describe the decoder of text.

    Raises
    ------
    InputError
        If there is none.
    """
    found = _within(config)
    _check_generates(found, owner)
    entries = dict(found)
    if found is not config:
        entries |= {key: config[key] for key in _FROM_ABOVE if key in config and entries.get(key) is None}
        entries.setdefault("model_type", config.get("model_type"))
    for part in _PARTS:
        if isinstance(entries.get(part), Mapping):
            entries = {**entries.pop(part), **entries}
    made = Entries(entries, owner)
    made.get(*_FROM_ABOVE)
    if found is not config:
        made.notes.append("only the decoder of text counts, without encoders of pictures or sounds")
    return made


def _within(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part with the decoder of text, the whole where there is no such part."""
    for path in _WITHIN:
        found: Any = config
        for key in path:
            found = found.get(key) if isinstance(found, Mapping) else None
        if isinstance(found, Mapping) and (found.keys() & set(_BASIC)):
            return found
    return config


def _check_generates(config: Mapping[str, Any], owner: str) -> None:
    """Refuse what does not generate text token by token."""
    kind = config.get("model_type")
    kind = kind.casefold() if isinstance(kind, str) else ""
    names = config.get("architectures")
    names = [one for one in names if isinstance(one, str)] if isinstance(names, list) else []
    if any(word in kind for word in _DIFFUSION):
        raise _refused(owner, kind, "a diffusion model, which makes many tokens at once")
    if any(word in kind for word in _SOUNDS):
        raise _refused(owner, kind, "a model of sound")
    if config.get("is_encoder_decoder") is True or kind in ("t5", "mt5", "umt5", "bart", "mbart", "pegasus", "marian"):
        raise _refused(owner, kind, "an encoder with a decoder")
    if any(word in kind for word in _ENCODERS) and kind not in _NOT_ENCODERS:
        raise _refused(owner, kind, "an encoder alone")
    for name in names:
        if task := next((one for one in _TASKS if name.endswith(one)), ""):
            raise _refused(owner, name, f"made for another task ({task})")


def _refused(owner: str, name: str, what: str) -> InputError:
    return InputError(f"{owner} describes {quoted(name)}, {what}, and a decoder of text is needed: {_FIX}")
