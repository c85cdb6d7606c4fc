"""The columns that common logs have, and which of a file's columns hold what.

Names are compared without case, and without what stands between words. A name that stands deeper, as in
``usage.prompt_tokens``, is found by its end; of several the least deep is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed
from wattquery.specs.scalars import shown

__all__ = ["KNOWN", "ROLES", "Columns", "columns_of"]

ROLES = {
    "output": "output tokens",
    "input": "input tokens",
    "cached": "cached tokens",
    "time": "the time of a request",
    "session": "the session of a request",
    "status": "whether a request failed",
}
"""What `read_requests` calls a column, and what it holds."""

KNOWN: Mapping[str, tuple[str, ...]] = {
    "output": (
        "gen_ai.usage.output_tokens",  # OpenTelemetry's semantic conventions of generative AI, and their former name
        "gen_ai.usage.completion_tokens",
        "completion_tokens",  # usage of OpenAI's interface, which vLLM and SGLang answer with; LiteLLM's spend logs
        "output_tokens",  # usage of OpenAI's responses and of Anthropic's messages
        "num_generation_tokens",  # vLLM's statistics of a finished request
        "num_output_tokens",
        "GeneratedTokens",  # Azure LLM inference traces
        "generated_tokens",
        "output_length",  # Mooncake
        "Response tokens",  # BurstGPT
        "llm.token_count.completion",  # OpenInference
        "llm.usage.completion_tokens",  # OpenLLMetry
    ),
    "input": (
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.prompt_tokens",
        "prompt_tokens",
        "input_tokens",
        "num_prompt_tokens",
        "num_input_tokens",
        "ContextTokens",
        "input_length",
        "Request tokens",
        "llm.token_count.prompt",
        "llm.usage.prompt_tokens",
    ),
    "cached": (
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
        "prompt_tokens_details.cached_tokens",
        "input_tokens_details.cached_tokens",
        "cached_tokens",
        "num_cached_tokens",
        "cache_read_input_tokens",
        "llm.token_count.prompt_details.cache_read",
    ),
    "time": (
        "timestamp",  # Azure, Mooncake, BurstGPT
        "startTime",  # LiteLLM
        "start_time",
        "startTimeUnixNano",  # OpenTelemetry's files
        "arrival_time",  # vLLM
        "request_time",
        "created_at",
        "created",
        "time",
    ),
    "session": ("session_id", "Session ID", "gen_ai.conversation.id", "conversation_id", "session.id"),
    "status": (
        "status",
        "status_code",
        "status.code",
        "status.status_code",  # spans as OpenTelemetry prints them
        "http_status",
        "http.response.status_code",
        "error",
        "error.type",
        "error.message",
        "exception",
        "success",
        "finish_reason",
        "gen_ai.operation.name",
    ),
}
"""Names that are known, by what the column holds."""

_OF_A_WRITTEN_CACHE = (
    {"cachecreationinputtokens", "cachereadinputtokens"},  # of Anthropic's messages
    {"cachewriteinputtokens", "cachereadinputtokens"},  # of Bedrock's
)
"""Where usage has both beside ``input_tokens``, the latter counts neither."""

_OF_LITELLM = "call_type"
"""Beside this ``cache_hit`` says that no model answered; elsewhere it may mean the cache of a prompt."""

_RELATIVE = {"requesttokens": ("s", True), "inputlength": ("ms", False)}
"""Input columns of logs whose times count from their first day: the unit, and whether they begin at midnight."""

_BETWEEN = re.compile(r"[\s._\-]+")


@dataclass(frozen=True)
class Columns:
    """Which columns of a file hold what.

    Attributes
    ----------
    output, input, cached
        Columns whose sum is the length; of cached tokens there may be none.
    time, session
        One column, or none.
    status
        Columns that say whether a request failed.
    notes
        What was left out for want of a name.
    """

    output: tuple[str, ...]
    input: tuple[str, ...]
    cached: tuple[str, ...] = ()
    time: str | None = None
    session: str | None = None
    status: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def all(self) -> tuple[str, ...]:
        """All of them, each once."""
        single = [one for one in (self.time, self.session) if one is not None]
        return tuple(dict.fromkeys((*self.output, *self.input, *self.cached, *single, *self.status)))

    @property
    def relative_times(self) -> tuple[str | None, bool]:
        """The unit of times that count from the first day, None where it is not known; whether they begin at 0:00."""
        return _RELATIVE.get(_plain(self.input[0]), (None, False))


def columns_of(there: Sequence[str], named: Mapping[str, object], file: str) -> Columns:
    """Return which columns of a file hold what.

    Parameters
    ----------
    there
        The columns of the file.
    named
        What a user said: a column, or for lengths several whose sum is meant; None to look for known names.
    file
        The file, for messages.

    Raises
    ------
    InputError, InputTypeError
        If a column that was named is not there, or lengths are in no known column, or in two.
    """
    if len(set(there)) < len(there):
        twice = [name for place, name in enumerate(there) if name in there[:place]]
        raise InputError(f"{file} has the column {listed(twice[:1])} more than once: rename one of them.")
    chosen = {role: _named(role, named.get(role), there, file) for role in ROLES}
    notes = []
    for role in ("output", "input", "cached"):
        if chosen[role] is None:
            found = _known(role, there)
            if len(found) > 1 or (not found and role != "cached"):
                raise InputError(_unclear(role, found, there, file))
            chosen[role] = found
    if twice := [name for name in chosen["output"] or () if name in (chosen["input"] or ())]:
        raise InputError(
            f"{file}: {listed(twice[:1])} was taken for output and for input tokens, and holds one of them: name "
            "another column with output or with input."
        )
    if named.get("input") is None:
        chosen["input"] = _with_cache(chosen["input"] or (), there)
    for role in ("time", "session"):
        if chosen[role] is None:
            found = _known(role, there)
            chosen[role] = found if len(found) == 1 else ()
            if len(found) > 1:
                notes.append(f"{listed(found)} may both hold {ROLES[role]}, and neither was taken: name it with {role}")
    if chosen["status"] is None:
        chosen["status"] = _known("status", there)
    time, session = (next(iter(chosen[role] or ()), None) for role in ("time", "session"))
    output, inputs, cached, status = (chosen[role] or () for role in ("output", "input", "cached", "status"))
    return Columns(output, inputs, cached, time, session, status, tuple(notes))


def _named(role: str, said: object, there: Sequence[str], file: str) -> tuple[str, ...] | None:
    """Return the columns that a user named; None where nothing was said."""
    if said is None:
        return None
    several = isinstance(said, (list, tuple)) and bool(said) and role not in ("time", "session")
    names: list[str] = []
    for name in said if several and isinstance(said, (list, tuple)) else [said]:
        if not isinstance(name, str):
            raise InputTypeError(
                f"{role} must be the name of a column of {file}, got {shown(said)}: its columns are {listed(there)}."
            )
        if name not in there:
            raise InputError(
                f"{file} has no column {shown(name)}, which was named with {role}: its columns are "
                f"{listed(there)}.{did_you_mean(name, there)}"
            )
        names.append(name)
    return tuple(dict.fromkeys(names))


def _unclear(role: str, found: Sequence[str], there: Sequence[str], file: str) -> str:
    if found:
        return f"{file} has {listed(found)}, which may both hold {ROLES[role]}: name one of them with {role}."
    return (
        f"{file} has no column that is known to hold {ROLES[role]}: name one of its columns with {role}, of "
        f"{listed(there)}."
    )


def _known(role: str, there: Sequence[str]) -> tuple[str, ...]:
    """Return the columns whose name is known; only the least deep ones, unless they say whether requests failed."""
    ends = {_plain(name) for name in KNOWN[role]}
    depths = {name: depth for name in there if (depth := _depth(name, ends)) is not None}
    if role == "status":
        hits = tuple(name for name in there if _plain(name) == "cachehit" and _OF_LITELLM in there)
        return (*(name for name, depth in depths.items() if depth == name.startswith("attributes.")), *hits)
    return tuple(name for name, depth in depths.items() if depth == min(depths.values()))


def _depth(name: str, ends: set[str]) -> int | None:
    """Return how many parts stand before the part of a name that is known; None where none is."""
    parts = name.split(".")
    return next((depth for depth in range(len(parts)) if _plain(".".join(parts[depth:])) in ends), None)


def _with_cache(chosen: tuple[str, ...], there: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of the input, with those of tokens that are counted apart from it."""
    if len(chosen) != 1 or _plain(chosen[0].rpartition(".")[2]) != "inputtokens":
        return chosen
    before = chosen[0].rpartition(".")[0]
    beside = {_plain(name.rpartition(".")[2]): name for name in there if name.rpartition(".")[0] == before}
    apart = next((names for names in _OF_A_WRITTEN_CACHE if names <= set(beside)), set())
    return (*chosen, *(beside[name] for name in sorted(apart)))


def _plain(name: str) -> str:
    return _BETWEEN.sub("", name).casefold()


Finder = Callable[[Sequence[str]], Columns]
"""Tells which columns of a file hold what."""
