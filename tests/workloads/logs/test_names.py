"""Which columns of a file hold what: those of common logs, and what is not clear."""

from __future__ import annotations

import pytest

from wattquery.errors import InputError, InputTypeError
from wattquery.workloads.logs.names import columns_of

LOGS = {
    "OpenTelemetry": (
        [
            "startTimeUnixNano",
            "attributes.gen_ai.usage.input_tokens",
            "attributes.gen_ai.usage.output_tokens",
            "attributes.gen_ai.usage.cache_read.input_tokens",
            "attributes.gen_ai.conversation.id",
            "status.code",
        ],
        (1, 2, 3, 0, 4),
    ),
    "vLLM": (
        [
            "created",
            "usage.prompt_tokens",
            "usage.total_tokens",
            "usage.completion_tokens",
            "usage.prompt_tokens_details.cached_tokens",
        ],
        (1, 3, 4, 0, None),
    ),
    "vLLM, offline": (["num_prompt_tokens", "num_generation_tokens", "num_cached_tokens"], (0, 1, 2, None, None)),
    "LiteLLM": (
        [
            "request_id",
            "total_tokens",
            "prompt_tokens",
            "completion_tokens",
            "startTime",
            "endTime",
            "session_id",
            "metadata.usage_object.prompt_tokens",
            "metadata.usage_object.completion_tokens",
            "status",
        ],
        (2, 3, None, 4, 6),
    ),
    "Azure": (["TIMESTAMP", "ContextTokens", "GeneratedTokens"], (1, 2, None, 0, None)),
    "Mooncake": (["timestamp", "input_length", "output_length"], (1, 2, None, 0, None)),
    "BurstGPT": (
        ["Timestamp", "Session ID", "Elapsed time", "Model", "Request tokens", "Response tokens", "Total tokens"],
        (4, 5, None, 0, 1),
    ),
}


@pytest.mark.parametrize("log", LOGS)
def test_columns_of_common_logs_are_known(log):
    there, places = LOGS[log]
    found = columns_of(there, {}, "log")
    inputs, output, cached, time, session = (None if place is None else there[place] for place in places)
    assert (found.input, found.output, found.cached) == ((inputs,), (output,), (cached,) if cached else ())
    assert (found.time, found.session, found.notes) == (time, session, ())
    assert found.status == tuple(name for name in there if name.startswith("status"))


def test_units_of_times_are_those_of_the_log():
    assert columns_of(LOGS["BurstGPT"][0], {}, "log").relative_times == ("s", True)
    assert columns_of(LOGS["Mooncake"][0], {}, "log").relative_times == ("ms", False)
    assert columns_of(LOGS["Azure"][0], {}, "log").relative_times == (None, False)


def test_input_that_counts_no_cached_tokens_is_summed():
    usage = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens"]
    found = columns_of(usage, {}, "log")
    assert found.input == ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    assert found.cached == ("cache_read_input_tokens",)
    assert columns_of(usage, {"input": "input_tokens"}, "log").input == ("input_tokens",)
    assert columns_of(["prompt_tokens", *usage[1:]], {}, "log").input == ("prompt_tokens",)


def test_bedrock_counts_the_cache_apart_too():
    names = ("usage.inputTokens", "usage.cacheReadInputTokens", "usage.cacheWriteInputTokens", "usage.outputTokens")
    assert set(columns_of(names, {}, "log").input) == set(names[:3])


@pytest.mark.parametrize(
    ("there", "status"),
    [
        (
            ["attributes.error.type", "status.status_code", "x.error.type"],
            ["attributes.error.type", "status.status_code"],
        ),
        (["call_type", "cache_hit"], ["cache_hit"]),  # of LiteLLM, a cache of answers
        (["cache_hit"], []),
    ],
)
def test_columns_that_say_that_a_request_failed_are_known(there, status):
    found = columns_of([*there, "prompt_tokens", "completion_tokens"], {}, "log")
    assert sorted(found.status) == sorted(status)


def test_names_that_are_given_go_first():
    there = ["input_tokens", "output_tokens", "a", "b"]
    found = columns_of(there, {"output": ["a", "b"], "time": "input_tokens"}, "log")
    assert (found.output, found.input, found.time) == (("a", "b"), ("input_tokens",), "input_tokens")


def test_of_two_times_none_is_taken():
    found = columns_of(["input_tokens", "output_tokens", "timestamp", "created"], {}, "log")
    assert found.time is None
    assert found.notes == (
        "'timestamp', 'created' may both hold the time of a request, and neither was taken: name it with time",
    )


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ({"session": ["a", "b"]}, InputTypeError, "session must be the name of a column"),
        ({"output": []}, InputTypeError, "output must be the name of a column"),
        ({"output": "input_tokens"}, InputError, "'input_tokens' was taken for output and for input"),
        ({"cached": "cached"}, InputError, "no column 'cached'.* Did you mean 'cached_tokens'"),
    ],
)
def test_names_that_are_none_are_refused(given, kind, said):
    with pytest.raises(kind, match=said):
        columns_of(["input_tokens", "output_tokens", "cached_tokens"], given, "log")
