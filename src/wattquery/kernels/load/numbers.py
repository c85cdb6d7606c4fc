"""What the numbers of a cell hold, in which order: the interface between fitted parameters and the equations.

The numbers are an array whose first axis names the number: ``numbers[HOST_S]`` is a float in a kernel, and a row of
floats where many cells are computed at once.
"""

from __future__ import annotations

__all__ = [
    "ACCELERATORS",
    "AGE",
    "ATTENTION_RANKS",
    "BANDWIDTH",
    "BUSY_POWER",
    "CACHE_MEMORY_BYTES",
    "COMPUTE_POWER",
    "COMPUTE_S_PER_SEQUENCE",
    "EXPERT_WEIGHTS_S",
    "EXPERT_WEIGHT_BYTES",
    "FIRST_PASS",
    "FIRST_TOKEN_S",
    "FIRST_WEIGHTS_S",
    "FLOPS_PER_TOKEN",
    "FULL_ATTENTION_S",
    "FULL_CACHE_BYTES",
    "HOST_POWER",
    "HOST_S",
    "HOST_S_PER_SEQUENCE",
    "INDEXER_BYTES",
    "INTERFERENCE",
    "KEY_VALUE_BANDWIDTH",
    "LAUNCH_S",
    "LINK_S_PER_SEQUENCE",
    "LOAD_NUMBERS",
    "LOG_UNTOUCHED",
    "MAXIMUM_LOAD",
    "MEMORY_POWER",
    "MOST_SEQUENCES",
    "OVERLAP",
    "PEAK_FLOPS",
    "POWER_LIMIT_W",
    "PREFILLS_SHARED",
    "PREFILLS_WAITED",
    "PREFILL_S_PER_TOKEN",
    "PRODUCT_POWER",
    "SELECTED_TOKENS",
    "SHARED_WEIGHTS_S",
    "SHARED_WEIGHT_BYTES",
    "STAGES",
    "STATE_BYTES",
    "STEPS_PER_TOKEN",
    "STEPS_WAITED",
    "WINDOW_ATTENTION_S",
    "WINDOW_CACHE_BYTES",
    "WINDOW_TOKENS",
]

LOAD_NUMBERS = (
    # the instance
    "accelerators",
    "stages",
    "attention_ranks",
    # one decode step
    "host_s",
    "host_s_per_sequence",
    "link_s_per_sequence",
    "shared_weights_s",
    "expert_weights_s",
    "log_untouched",
    "key_value_bandwidth",
    "compute_s_per_sequence",
    "overlap",
    "age",
    "steps_per_token",
    # the cache
    "full_cache_bytes",
    "window_cache_bytes",
    "indexer_bytes",
    "state_bytes",
    "window_tokens",
    "selected_tokens",
    "cache_memory_bytes",
    "most_sequences",
    # the input
    "prefill_s_per_token",
    "full_attention_s",
    "window_attention_s",
    "first_weights_s",
    "launch_s",
    "first_pass",
    "interference",
    # a closed loop, and maximum load
    "first_token_s",
    "steps_waited",
    "prefills_shared",
    "prefills_waited",
    "maximum_load",
    # power
    "power_limit_w",
    "host_power",
    "busy_power",
    "memory_power",
    "compute_power",
    "product_power",
    "shared_weight_bytes",
    "expert_weight_bytes",
    "bandwidth",
    "peak_flops",
    "flops_per_token",
)
"""Names of the numbers of a cell, by place. For each name there is a constant here, its place, in capital letters.

``accelerators``, ``stages``, ``attention_ranks``
    G, S and D of one instance: its accelerators, pipeline stages, and groups that keep attention weights and caches of
    their own [1].
``host_s``, ``host_s_per_sequence``, ``link_s_per_sequence``
    Time of the host in a step, for each running sequence of an attention rank, and of the links for each sequence [s].
``shared_weights_s``, ``expert_weights_s``
    Time of reading all weights that every token uses, and all routed experts [s].
``log_untouched``
    ln(1 - k/E), of the share of experts that one token does not use; minus infinity for dense models [1].
``key_value_bandwidth``
    At which an attention rank reads its caches [bytes/s].
``compute_s_per_sequence``
    Time of the products of one token [s].
``overlap``
    Share of the shorter of host and device time that is hidden behind the longer [1].
``age``
    Factor of a step's time for the date of the build [1].
``steps_per_token``
    Steps for each output token; below 1 with speculative decoding [1].
``full_cache_bytes``, ``window_cache_bytes``, ``indexer_bytes``, ``state_bytes``
    Cache per token of layers without and with a window and of a sparse attention's indexer [bytes/token], and the
    fixed state of a sequence [bytes].
``window_tokens``, ``selected_tokens``
    Context that windows and sparse attention see; infinite where there are none [tokens].
``cache_memory_bytes``
    Memory for caches, counted as often as it is repeated [bytes].
``most_sequences``
    Which the scheduler lets run at once [1].
``prefill_s_per_token``, ``full_attention_s``, ``window_attention_s``
    Time per input token of products and links [s/token], and of attention, per token and token of its context, in
    layers without and with a window [s/token2].
``first_weights_s``, ``launch_s``, ``first_pass``
    Time of reading all weights once, and of the host in a first pass [s], and a factor of that pass [1].
``interference``
    Share of prefill time that decoding sequences wait for [1].
``first_token_s``, ``steps_waited``
    Fixed time to first token [s], and decode steps that a new request waits for [1].
``prefills_shared``, ``prefills_waited``
    How much of each other prefill under way, and of each other request, a new request waits for [1].
``maximum_load``
    Factor of the throughput where all requests are queued at once [1].
``power_limit_w``
    Which saturated power tends to [W per accelerator].
``host_power``, ``busy_power``, ``memory_power``, ``compute_power``, ``product_power``
    Shares of it: while the host is waited for, while the device is busy, at full bandwidth, at peak compute, and
    while products take the time, at whatever rate [1].
``shared_weight_bytes``, ``expert_weight_bytes``
    Weights that every token uses, on all attention ranks, and of all routed experts [bytes].
``bandwidth``, ``peak_flops``, ``flops_per_token``
    Of an accelerator's memory [bytes/s], of its arithmetic units [FLOP/s], and what a token takes [FLOP]."""

ACCELERATORS = 0
STAGES = 1
ATTENTION_RANKS = 2
HOST_S = 3
HOST_S_PER_SEQUENCE = 4
LINK_S_PER_SEQUENCE = 5
SHARED_WEIGHTS_S = 6
EXPERT_WEIGHTS_S = 7
LOG_UNTOUCHED = 8
KEY_VALUE_BANDWIDTH = 9
COMPUTE_S_PER_SEQUENCE = 10
OVERLAP = 11
AGE = 12
STEPS_PER_TOKEN = 13
FULL_CACHE_BYTES = 14
WINDOW_CACHE_BYTES = 15
INDEXER_BYTES = 16
STATE_BYTES = 17
WINDOW_TOKENS = 18
SELECTED_TOKENS = 19
CACHE_MEMORY_BYTES = 20
MOST_SEQUENCES = 21
PREFILL_S_PER_TOKEN = 22
FULL_ATTENTION_S = 23
WINDOW_ATTENTION_S = 24
FIRST_WEIGHTS_S = 25
LAUNCH_S = 26
FIRST_PASS = 27
INTERFERENCE = 28
FIRST_TOKEN_S = 29
STEPS_WAITED = 30
PREFILLS_SHARED = 31
PREFILLS_WAITED = 32
MAXIMUM_LOAD = 33
POWER_LIMIT_W = 34
HOST_POWER = 35
BUSY_POWER = 36
MEMORY_POWER = 37
COMPUTE_POWER = 38
PRODUCT_POWER = 39
SHARED_WEIGHT_BYTES = 40
EXPERT_WEIGHT_BYTES = 41
BANDWIDTH = 42
PEAK_FLOPS = 43
FLOPS_PER_TOKEN = 44
