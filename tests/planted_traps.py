"""Tables with one mistake of a unit or a count each, and what is to be said of it.

Each mistake was found in published tables: rates of all tokens, of one accelerator or of one phase, times in
milliseconds, power in the wrong unit or of something else, parallelism that was multiplied, counts that were mixed up.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["RIGHT", "TRAPS", "Trap"]

RIGHT = {
    "Model": "Llama 3.1 70B",
    "Hardware": "8xH100",
    "Quantization": "FP8",
    "Tokens per Second (TPS)": "6400",
    "Input Length": "1024",
    "Output Length": "1024",
    "Power for Node (kW)": "10.2",
}
AT_A_CONCURRENCY = {"Concurrency": "256", "TTFT (s)": "0.5", "TPOT (ms)": "39"}
"""256 * 1024 / (0.5 s + 1023 * 39 ms) = 6,490 tokens/s."""


@dataclass(frozen=True)
class Trap:
    """What is wrong with a table, and what is to be said of it."""

    cells: dict[str, str]
    words: tuple[str, ...]
    is_refused: bool = False
    right: dict[str, str] = field(default_factory=dict)


REFUSED, NOTED = True, False
TRAPS = {
    "input and output tokens counted, by arithmetic": Trap(
        {"Tokens per Second (TPS)": "40000", "Input Length": "8192"},
        ("looks like input + output tokens", "then 4,444 of it are output"),
        NOTED,
        {"Tokens per Second (TPS)": "4444", "Input Length": "8192"},
    ),
    "input and output tokens counted, beside measured rows": Trap(
        {"Tokens per Second (TPS)": "36000", "Input Length": "1024"},
        ("the most that was measured of it", "looks like input + output tokens", "then 18,000 of it are output"),
        NOTED,
        {"Tokens per Second (TPS)": "18000", "Input Length": "1024"},
    ),
    "input and output tokens counted, by the times": Trap(
        {**AT_A_CONCURRENCY, "Tokens per Second (TPS)": "12800"},
        ("2 times what 256 concurrent requests", "counts input + output tokens: write 6,400"),
        REFUSED,
        AT_A_CONCURRENCY,
    ),
    "a rate of one accelerator": Trap(
        {**AT_A_CONCURRENCY, "Tokens per Second (TPS)": "800"},
        ("the factor is the number of accelerators", "multiply it by 8"),
        NOTED,
        AT_A_CONCURRENCY,
    ),
    "decode alone": Trap({"Phase": "decode only"}, ("one phase (decode only)",), NOTED, {"Phase": "both"}),
    "prefill alone": Trap({"Phase": "Prefill only"}, ("one phase (prefill only)", "counts input tokens")),
    "milliseconds in a column of seconds": Trap(
        {"Concurrency": "256", "TTFT (s)": "0.5", "TPOT (s)": "39"},
        ("time per output token of 39 s", "in milliseconds: write 0.039"),
        REFUSED,
        {"Concurrency": "256", "TTFT (s)": "0.5", "TPOT (s)": "0.039"},
    ),
    "milliseconds in a column without a unit": Trap(
        {"TPOT": "39"}, ("time per output token of 39 s", "write 0.039"), REFUSED, {"TPOT": "0.039"}
    ),
    "both times in milliseconds": Trap(
        {"Concurrency": "256", "TTFT": "500", "TPOT": "39"},
        (
            "time to first token of 500 s and a time per output token of 39 s",
            "write 0.5 s (500 ms) and 0.039 s (39 ms)",
        ),
        REFUSED,
        {"Concurrency": "256", "TTFT": "0.5", "TPOT": "0.039"},
    ),
    "a time to the first token in milliseconds": Trap(
        {"Concurrency": "256", "TTFT (s)": "500", "TPOT (ms)": "39"},
        (
            "time to first token of 500 s",
            "256 requests and 6,400 tokens/s tell another",
            "in milliseconds: write 0.5 s",
        ),
        REFUSED,
        AT_A_CONCURRENCY,
    ),
    "a time to the first token in milliseconds, which nothing else tells": Trap(
        {"TTFT (s)": "500"}, ("time to first token of 500 s", "in milliseconds: write 0.5 s"), NOTED, {"TTFT (s)": "20"}
    ),
    "a time to the first token in milliseconds, beside a time per token": Trap(
        {"TTFT": "500", "TPOT": "0.05"}, ("time to first token of 500 s", "in milliseconds"), NOTED, {"TTFT": "0.5"}
    ),
    "a time to the first token in seconds": Trap(
        {"TTFT (ms)": "0.5"}, ("time to first token of 0.5 ms", "in seconds: write 0.5 s (500 ms)")
    ),
    "seconds in a column of milliseconds": Trap(
        {"Concurrency": "256", "TTFT (ms)": "0.5", "TPOT (ms)": "0.039"},
        ("time per output token of 0.039 ms", "in seconds: write 0.039 s (39 ms)"),
        REFUSED,
        {"Concurrency": "256", "TTFT (ms)": "500", "TPOT (ms)": "39"},
    ),
    "seconds in a column of milliseconds, which nothing else tells": Trap(
        {"Mean ITL (ms)": "0.025"}, ("no measured row is faster", "in seconds: write 0.025 s (25 ms)"), REFUSED
    ),
    "decode alone, in a word": Trap(
        {"Phase": "Decode"}, ("one phase (decode only)",), NOTED, {"Phase": "prefill+decode"}
    ),
    "decode alone, with a hyphen": Trap({"Phase": "decode-only"}, ("one phase (decode only)",)),
    "prefill alone, in a word": Trap({"Phase": "prefill"}, ("one phase (prefill only)",), NOTED, {"Phase": "mixed"}),
    "input and output tokens counted, of fewer accelerators than a node has": Trap(
        {
            "Model": "Llama 3.1 8B",
            "Hardware": "1xH100",
            "Tokens per Second (TPS)": "27000",
            "Input Length": "8192",
            "Power for Node (kW)": "1.3",
        },
        ("1 H100 SXM", "looks like input + output tokens", "then 3,000 of it are output"),
        NOTED,
        {
            "Model": "Llama 3.1 8B",
            "Hardware": "1xH100",
            "Tokens per Second (TPS)": "3000",
            "Input Length": "8192",
            "Power for Node (kW)": "1.3",
        },
    ),
    "input and output tokens counted, within the peak": Trap(
        {
            "Model": "DeepSeek-R1",
            "Hardware": "8xB200",
            "Tokens per Second (TPS)": "45000",
            "Input Length": "8192",
            "Power for Node (kW)": "14.3",
        },
        ("0.82 times its dense peak", "looks like input + output tokens", "then 5,000 of it are output"),
    ),
    "more concurrency than the cache of one accelerator holds": Trap(
        {
            "Model": "Llama 2 7B",
            "Hardware": "1xA100 40GB",
            "Quantization": "FP16",
            "Tokens per Second (TPS)": "3000",
            "Power for Node (kW)": "0.7",
            "Concurrency": "64",
        },
        ("the cache of 64 concurrent sequences", "1 A100 SXM 40GB has 43 GB"),
    ),
    "the rate of one accelerator and the power of its node": Trap(
        {
            **AT_A_CONCURRENCY,
            "Model": "Llama 3.1 8B",
            "Hardware": "H100",
            "GPUs": "1",
        },
        (
            "a rate of 1 H100 SXM has a node power of 10.2 kW, which is that of 8",
            "multiply the rate by 8, or write 1.27",
        ),
        NOTED,
        {
            **AT_A_CONCURRENCY,
            "Model": "Llama 3.1 8B",
            "Hardware": "1xH100",
            "Power for Node (kW)": "1.275",
        },
    ),
    "the rate of some accelerators and the power of a rack": Trap(
        {
            "Model": "DeepSeek-R1",
            "Hardware": "GB200",
            "Quantization": "FP4",
            "Tokens per Second (TPS)": "20000",
            "Power for Node (kW)": "120",
            "GPUs": "4",
        },
        ("a rate of 4 GB200 NVL72 has a node power of 120 kW, which is that of 72", "18 times too high", "6.67 kW"),
    ),
    "input and output tokens counted, of half a node": Trap(
        {
            "Hardware": "4xB200",
            "Tokens per Second (TPS)": "2538",
            "Input Length": "1000",
            "Output Length": "1000",
            "Power for Node (kW)": "7.15",
            "Concurrency": "64",
            "TTFT (s)": "0.5",
            "TPOT (ms)": "50",
            "GPUs": "4",
        },
        ("2 times what 64 concurrent requests", "counts input + output tokens: write 1,269"),
        REFUSED,
        {
            "Hardware": "B200",
            "Tokens per Second (TPS)": "1269",
            "Input Length": "1000",
            "Output Length": "1000",
            "Power for Node (kW)": "7.15",
            "Concurrency": "64",
            "TTFT (s)": "0.5",
            "TPOT (ms)": "50",
            "GPUs": "4",
        },
    ),
    "faster than the memory of one accelerator": Trap(
        {
            "Hardware": "1xH100",
            "Model": "Llama 3.1 8B",
            "Tokens per Second (TPS)": "20000",
            "Power for Node (kW)": "1.3",
            "Concurrency": "1",
        },
        ("on 1 H100 SXM at 1 concurrent requests", "faster than the memory can"),
        REFUSED,
    ),
    "the power of a node of more than the name says": Trap(
        {"Hardware": "4xH100"},
        ("a rate of 4 H100 SXM has a node power of 10.2 kW", "2 times too high", "or write 5.1 kW"),
    ),
    "accelerators on fewer nodes than they need": Trap(
        {"Hardware": "H100", "Accelerators": "64", "Nodes": "1"}, ("64 accelerators on 1 node",)
    ),
    "millijoules in a column of joules": Trap(
        {"Joules per Output Token": "800", "Total Power (W)": "5120"},
        ("800 J per output token", "in millijoules: write 0.8 J"),
    ),
    "a concurrency with its unit": Trap(
        {"Concurrency": "64 users"}, ("'64 users' is no positive number", "write digits")
    ),
    "a concurrency with thousands separators": Trap({"Concurrency": "1,024"}, ("'1,024' is no positive number",)),
    "a negative time": Trap({"TPOT (ms)": "-5"}, ("'-5' is no positive number",), NOTED, {"TPOT (ms)": "n/a"}),
    "two columns of one thing": Trap(
        {"Power per GPU (W)": "500", "GPU Power (W)": "4400"},
        ("'Power per GPU (W)' is 500 and 'GPU Power (W)' is 4400", "rename"),
        NOTED,
        {"Mean TTFT (s)": "2", "Median TTFT (s)": "1"},
    ),
    "kilowatts in a column of watts": Trap(
        {"Power per GPU (W)": "0.65"},
        ("less than any accelerator in use draws", "in kilowatts: write 650 W"),
        REFUSED,
        {"Power per GPU (W)": "650"},
    ),
    "watts in a column of kilowatts": Trap(
        {"Power per GPU (kW)": "650"},
        ("650 kW for one H100 SXM", "a thousand times too large: write 650 W"),
        REFUSED,
        {"Power per GPU (kW)": "0.65"},
    ),
    "watts of a node in a column of kilowatts": Trap(
        {"Average Power (kW)": "6800"},
        ("6,800 kW for the node", "a thousand times too large: write 6.8 kW"),
        REFUSED,
        {"Average Power (kW)": "6.8"},
    ),
    "the power of all for that of one": Trap(
        {"Power per GPU (W)": "5200"},
        ("5.2 kW for one H100 SXM", "the total of 8 accelerators: write 650 W"),
        REFUSED,
    ),
    "the power of one for that of all": Trap(
        {"Total Power (W)": "650"},
        ("650 W for 8 H100 SXM", "of one accelerator: multiply it by 8"),
        NOTED,
        {"Total Power (W)": "5200"},
    ),
    "wall power for that of accelerators": Trap(
        {"Power per GPU (W)": "1180"},
        ("1,180 W for one H100 SXM", "the power of the node at the wall"),
        REFUSED,
    ),
    "more than the node is rated at": Trap(
        {"Wall Power (kW)": "14.3"},
        ("14.3 kW for the node", "its rating of 10.2 kW"),
        REFUSED,
        {"Wall Power (kW)": "8"},
    ),
    "tensor x expert parallelism for accelerators": Trap(
        {"Accelerators": "64", "TP Size": "8", "EP Size": "8", "Hardware": "H100"},
        ("64 accelerators are tensor x expert parallelism (8 x 8)", "write 8"),
        NOTED,
        {"Accelerators": "8", "TP Size": "8", "EP Size": "8", "Hardware": "H100"},
    ),
    "all parameters active": Trap(
        {"Model": "Mixtral 8x22B", "Active Parameter Count (B)": "141", "Total Parameter Count (B)": "141"},
        ("141 billion active parameters are all of 141 billion", "write 39.1"),
        NOTED,
        {"Model": "Mixtral 8x22B", "Active Parameter Count (B)": "39", "Total Parameter Count (B)": "141"},
    ),
    "all parameters active, of a model that is not known": Trap(
        {
            "Model": "Ours 60B-A6B",
            "Type (Dense / MoE)": "MoE",
            "Active Parameter Count (B)": "60",
            "Total Parameter Count (B)": "60",
        },
        ("60 billion active parameters are all of 60 billion", "write those that one token uses"),
    ),
    "another size's active parameters": Trap(
        {"Model": "Mixtral 8x22B", "Active Parameter Count (B)": "22"}, ("22 billion active", "write 39.1")
    ),
    "active and total swapped": Trap(
        {"Model": "Ours", "Active Parameter Count (B)": "235", "Total Parameter Count (B)": "22"},
        ("235 billion active of 22 billion parameters", "swapped"),
        REFUSED,
    ),
    "above the peak": Trap(
        {"Tokens per Second (TPS)": "150000"},
        ("150,000 output tokens/s", "1.3 times what its dense peak computes"),
        REFUSED,
    ),
    "above the peak, of a model that only its own table knows": Trap(
        {"Model": "Ours 70B", "Active Parameter Count (B)": "70", "Tokens per Second (TPS)": "150000"},
        ("150,000 output tokens/s of Ours 70B", "its dense peak"),
        REFUSED,
        {"Model": "Ours 70B", "Active Parameter Count (B)": "70"},
    ),
    "a precision that the rate belies": Trap(
        {"Quantization": "BF16", "Tokens per Second (TPS)": "65000"},
        ("in BF16", "probably the weights have 8 bits"),
        REFUSED,
        {"Tokens per Second (TPS)": "25000", "Input Length": "128"},
    ),
    "more concurrency than the cache holds": Trap(
        {"Model": "Llama 2 7B", "Quantization": "FP16", "Hardware": "H100", "Accelerators": "1", "Concurrency": "2048"},
        ("the cache of 2,048 concurrent sequences of 1,536 tokens", "fewer run at a time"),
    ),
    "a running batch that the cache cannot hold": Trap(
        {"Average Batch Size": "20000"},
        ("the cache of 20,000 running sequences", "the largest batch and not the average"),
        REFUSED,
        {"Average Batch Size": "200"},
    ),
    "weights that do not fit": Trap(
        {"Model": "DeepSeek-R1", "Hardware": "GH200", "Tokens per Second (TPS)": "50"},
        ("671 GB", "1 GH200 has 103 GB", "probably there were more accelerators"),
        REFUSED,
    ),
    "sixteen accelerators taken for eight": Trap(
        {"Model": "Llama 3.1 405B", "Quantization": "FP16", "Tokens per Second (TPS)": "580"},
        ("take 812 GB", "8 H100 SXM have 687 GB", "probably there were more accelerators"),
    ),
    "faster than memory at that concurrency": Trap(
        {"Concurrency": "1"},
        ("at 1 concurrent requests", "faster than the memory can"),
        REFUSED,
        {"Concurrency": "128"},
    ),
    "nominal lengths, by energies": Trap(
        {"Joules per Output Token": "0.8", "Joules per Request": "737"},
        ("an output length of 1,024 tokens", "probably the stated length is nominal: write 921"),
        NOTED,
        {"Joules per Output Token": "0.8", "Joules per Request": "819"},
    ),
    "nominal lengths, by rates": Trap(
        {"Requests per Second": "6.94"}, ("output tokens/s / requests per second, which is 922", "nominal"), NOTED
    ),
    "energy of all tokens": Trap(
        {"Energy (J/token)": "0.4", "Total Power (W)": "5120"},
        ("0.4 J per output token", "0.5 times the power of 5.12 kW", "per input + output token"),
        NOTED,
        {"Energy (J/token)": "0.8", "Total Power (W)": "5120"},
    ),
    "a node rating that counts the accelerators alone": Trap(
        {"Power for Node (kW)": "5.6"}, ("0.55 times the 10.2 kW", "counts the accelerators and not the rest")
    ),
}
