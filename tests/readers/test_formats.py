"""A constructed sample of each format and version, against what its numbers give by hand.

The samples have the fields that each tool documents; what is asked of the user is what the file leaves open.
"""

from __future__ import annotations

import pytest

import wattquery as wq
from benchmark_samples import ASKED, SAMPLES

EXPECTED = {
    # 163,328 tokens in 160 s are 1020.8 tokens/s of 4 accelerators, and of a node of 8 twice that; lengths are those of
    # the 638 that completed: 653,312 and 163,328 tokens over 638.
    "vllm_0_11.json": [
        {
            "labels": ("meta-llama/Llama-3.1-70B-Instruct", "H200", "vLLM", "FP8"),
            "numbers": (2041.6, 1024.0, 256.0, 10.2),
            "others": {"Accelerators": "4", "Concurrency": "64", "TTFT (s)": "0.65", "TPOT (s)": "0.06"},
            "notes": ["2 requests failed and are not counted", "rate is that of 4 accelerators x 8/4"],
        }
    ],
    # 190,000 tokens in 250 s are 760 tokens/s, of a node eight times that. In flight: 4/s x (0.08 s + 189 x 0.02 s).
    "vllm_benchmark_serving_0_6.json": [
        {
            "labels": ("meta-llama/Meta-Llama-3.1-8B-Instruct", "H100 SXM", "vLLM", "BF16"),
            "numbers": (6080.0, 220.0, 190.0, 10.2),
            "others": {"Accelerators": "1", "Concurrency": "15.44", "TTFT (s)": "0.08", "TPOT (s)": "0.02"},
            "notes": ["concurrency is the mean number of requests in flight", "rate is that of 1 accelerator x 8/1"],
        }
    ],
    # 2,500 tokens in 25.6 s and 20,000 in 40.96 s, twice that for 8 accelerators.
    "vllm_appended.jsonl": [
        {"numbers": (195.312, 500.0, 250.0, 10.2), "others": {"Concurrency": "1"}, "tensor_parallel": 4},
        {"numbers": (976.562, 500.0, 250.0, 10.2), "others": {"Concurrency": "8"}, "tensor_parallel": 4},
    ],
    # 200,000 tokens in 100 s of 2 accelerators without a limit; 20,000 in 20 s, where 15.2 of 16 were in flight.
    "sglang_0_4.jsonl": [
        {
            "labels": ("Llama 3.1 8B", "H100 SXM", "SGLang", "FP8"),
            "numbers": (8000.0, 512.0, 200.0, 10.2),
            "others": {"Accelerators": "2", "Concurrency": "180", "TTFT (s)": "0.5", "TPOT (s)": "0.0879397"},
        },
        {"numbers": (4000.0, 512.0, 200.0, 10.2), "others": {"Concurrency": "16", "Speculation": "on"}},
    ],
    # 8 requests/s x 100 tokens with 16 streams, of which 1 + 15 requests came to nothing; 2 x 100 without a limit.
    "guidellm_0_5.json": [
        {
            "labels": ("Qwen/Qwen3-8B", "H100 SXM", "vLLM", "BF16"),
            "numbers": (6400.0, 256.0, 100.0, 10.2),
            "others": {"Concurrency": "16", "TTFT (s)": "0.2", "TPOT (s)": "0.018"},
            "notes": ["16 requests failed or did not end and are not counted"],
        },
        {"numbers": (1600.0, 256.0, 100.0, 10.2), "others": {"Concurrency": "3"}},
    ],
    "guidellm_0_3.json": [
        {
            "labels": ("Qwen/Qwen3-8B", "H100 SXM", "vLLM", "BF16"),
            "numbers": (1600.0, 128.0, 50.0, 10.2),
            "others": {"Concurrency": "4"},
        }
    ],
    # 1,200 tokens/s of 2 accelerators, whose power is (580 W + 600 W) / 2; in flight 10/s x 3.2 s.
    "aiperf_0_3.json": [
        {
            "labels": ("meta-llama/Llama-3.1-70B-Instruct", "H100 SXM", "Dynamo+vLLM", "FP8"),
            "numbers": (4800.0, 550.0, 120.0, 10.2),
            "others": {"Concurrency": "32", "TTFT (s)": "0.225", "TPOT (s)": "0.025", "GPU Power (W)": "590"},
            "notes": ["5 requests failed and are not counted"],
        }
    ],
    # The same, of 4 accelerators as the user says: two were metered, which tells nothing of the other two.
    "aiperf.csv": [
        {
            "labels": ("Llama 3.1 70B", "H100 SXM", "vLLM", "FP8"),
            "numbers": (2400.0, 550.0, 120.0, 10.2),
            "others": {"Concurrency": "32"},
            "absent": "GPU Power (W)",
            "notes": ["power is left out, as 2 accelerators were metered and the run had 4"],
        }
    ],
    "genai_perf_0_0_8.json": [
        {
            "labels": ("llama-3.1-8b-instruct", "H100 SXM", "TensorRT-LLM", "FP8"),
            "numbers": (9500.0, 200.0, 475.0, 10.2),
            "others": {"Concurrency": "10", "TTFT (s)": "0.208", "TPOT (s)": "0.008"},
        }
    ],
    "genai_perf.csv": [
        {
            "numbers": (9500.0, 200.0, 475.0, 10.2),
            "others": {"Concurrency": "10", "TTFT (s)": "0.208", "TPOT (s)": "0.008"},
        }
    ],
    # 250 tokens/s of each of 8 accelerators; 1880.064 J a query over 2.04 J a token are 921.6 tokens. Of the second
    # point power is not valid, so that its lengths are those asked for.
    "inferencex_list.json": [
        {
            "labels": ("deepseek-ai/DeepSeek-R1-0528", "H200", "SGLang", "FP8"),
            "numbers": (2000.0, 921.6, 921.6, 10.2),
            "others": {"Accelerators": "8", "Concurrency": "64", "GPU Power (W)": "510", "Version": "0.5.5"},
            "tensor_parallel": 8,
        },
        {
            "numbers": (300.0, 1024.0, 1024.0, 10.2),
            "others": {"Concurrency": "4", "Speculation": "on"},
            "absent": "GPU Power (W)",
            "tensor_parallel": 8,
            "notes": ["lengths are those that were asked for", "the benchmark found it not valid"],
        },
    ],
    "inferencemax_point.json": [
        {
            "labels": ("nvidia/DeepSeek-R1-0528-FP4-V2", "B200", "TensorRT-LLM", "FP4"),
            "numbers": (12000.0, None, None, 14.3),
            "others": {"Accelerators": "4", "Concurrency": "128", "EP Size": "4"},
            "tensor_parallel": 4,
        }
    ],
    "inferencex_dashboard.json": [
        {
            "labels": ("MiniMaxAI/MiniMax-M2.5", "B300", "vLLM", "FP8"),
            "numbers": (11125.6, 1024.0, 1024.0, 15.84),
            "others": {"Accelerators": "2", "Version": "0.17.0", "TPOT (s)": "0.0225", "Speculation": "off"},
            "tensor_parallel": 2,
            "notes": ["node power derived from TDP"],
        }
    ],
    # 800 tokens/s of each of 8 + 16 accelerators, and of the 72 of a rack.
    "inferencex_disaggregated.json": [
        {
            "labels": ("deepseek-ai/DeepSeek-R1-0528", "GB200 NVL72", "Dynamo+TensorRT-LLM", "FP4"),
            "numbers": (57600.0, 1024.0, 1024.0, 120.0),
            "others": {"Accelerators": "24", "Concurrency": "512"},
        }
    ],
    # 40 requests a minute x 12 s; time per token (12 s - 1.665 s) / 159.
    "llmperf_summary.json": [
        {
            "labels": ("01-ai/Yi-1.5-34B-Chat", "A100 SXM 80GB", "vLLM", "FP16"),
            "numbers": (213.334, 548.0, 160.0, 6.5),
            "others": {"Concurrency": "8", "TTFT (s)": "1.665", "TPOT (s)": "0.065"},
            "notes": ["4 requests failed and are not counted"],
        }
    ],
    # 54,600 J / 0.112 J = 487,500 tokens in 97.5 s, at 560 W.
    "ml_energy_run.json": [
        {
            "labels": ("Qwen/Qwen3-8B", "H100 SXM", "vLLM", "BF16"),
            "numbers": (40000.0, 250.0, 640.0, 10.2),
            "others": {"Accelerators": "1", "Concurrency": "128", "GPU Power (W)": "560"},
        }
    ],
    "ml_energy_leaderboard.json": [
        {
            "labels": ("Qwen/Qwen3-235B-A22B-Thinking-2507-FP8", "H100 SXM", "vLLM", "FP8"),
            "numbers": (2800.0, None, 9300.0, 10.2),
            "others": {
                "Accelerators": "8",
                "Concurrency": "128",
                "Mean Batch": "128",
                "DP Size": "1",
                "GPU Power (W)": "490",
                "Median TPOT (s)": "0.0455",
            },
            "absent": "TPOT (s)",
            "tensor_parallel": 1,
        }
    ],
    # 60 J for 400 tokens at 4,000 tokens/s are 600 W; the rate of one is that of a node times 8.
    "ml_energy_2.json": [
        {
            "labels": ("meta-llama/Meta-Llama-3.1-8B-Instruct", "H100 SXM", "vLLM", "BF16"),
            "numbers": (32000.0, None, 400.0, 10.2),
            "others": {"Accelerators": "1", "Concurrency": "120", "GPU Power (W)": "600", "TPOT (s)": "0.03"},
            "tensor_parallel": 1,
        }
    ],
    # The rate of a node of 8; 6,400 W of the system in the run of the same scenario. One of pictures is passed over.
    "mlperf_4_1_summary.csv": [
        {
            "labels": ("llama2-70b", "H200", "TensorRT-LLM", "FP8"),
            "numbers": (30000.5, None, None, 10.2),
            "others": {"Accelerators": "8", "System Power (W)": "6400"},
            "notes": ["1 rows of other benchmarks were passed over", "tokens/s by the rules of MLPerf"],
        },
        {"numbers": (28000.0, None, None, 10.2), "others": {"Accelerators": "16"}, "absent": "System Power (W)"},
    ],
    # Rates of one accelerator, times 8; of DEP4 all experts are apart and attention is not split.
    "tensorrt_llm_1_2.md": [
        {
            "labels": ("LLaMA v3.3 70B", "B200", "TensorRT-LLM", "FP4"),
            "numbers": (54400.0, 1024.0, 1024.0, 14.3),
            "others": {"Accelerators": "1"},
            "tensor_parallel": 1,
            "notes": ["rate is that of one accelerator x 8"],
        },
        {
            "labels": ("LLaMA v3.3 70B", "H200", "TensorRT-LLM", "FP8"),
            "numbers": (20000.0, 1024.0, 1024.0, 10.2),
            "others": {"Accelerators": "2"},
            "tensor_parallel": 2,
        },
        {
            "labels": ("LLaMA v3.3 70B", "H100 SXM", "TensorRT-LLM", "FP8"),
            "numbers": (3200.0, 8192.0, 1024.0, 10.2),
            "others": {"Accelerators": "4", "EP Size": "4"},
        },
        {
            "labels": ("LLaMA v3.3 70B", "RTX PRO 6000 Blackwell SE", "TensorRT-LLM", "FP4"),
            "numbers": (15200.0, 1000.0, 1000.0, 8.64),
            "others": {"Accelerators": "2", "PP Size": "2"},
            "tensor_parallel": 1,
        },
    ],
    # Rates of all accelerators of a run: of one of 8, of two of 8, of four of 8.
    "tensorrt_llm_1_0.md": [
        {"numbers": (23200.0, 1000.0, 1000.0, 10.2), "others": {"Accelerators": "1"}, "tensor_parallel": 1},
        {"numbers": (16800.0, 1000.0, 1000.0, 10.2), "others": {"Accelerators": "2"}, "tensor_parallel": 2},
        {
            "labels": ("Llama 3.3 70B", "RTX PRO 6000 Blackwell SE", "TensorRT-LLM", "FP4"),
            "numbers": (12000.0, 1000.0, 1000.0, 8.64),
            "others": {"Accelerators": "4"},
            "tensor_parallel": 2,
        },
    ],
    "tensorrt_llm_0_20.md": [
        {
            "labels": ("Llama 3.3 70B", "B200", "TensorRT-LLM", "FP4"),
            "numbers": (76003.7, 128.0, 2048.0, 14.3),
            "others": {"Accelerators": "1"},
            "tensor_parallel": 1,
        },
        {"numbers": (61601.4, 128.0, 2048.0, 14.3), "others": {"Accelerators": "2"}, "tensor_parallel": 2},
        {
            "labels": ("Llama 3.3 70B", "GB200 NVL72", "TensorRT-LLM", "FP4"),
            "numbers": (525600.0, 1000.0, 1000.0, 120.0),
            "others": {"Accelerators": "1"},
            "tensor_parallel": 1,
        },
    ],
    "tensorrt_llm_0_5.md": [
        {
            "labels": ("LLaMA 7B", "H100 SXM", "TensorRT-LLM", "FP8"),
            "numbers": (67200.0, 128.0, 2048.0, 10.2),
            "others": {"Accelerators": "1"},
            "tensor_parallel": 1,
        },
        {"numbers": (1680.0, 2048.0, 128.0, 10.2), "others": {"Accelerators": "4"}, "tensor_parallel": 4},
    ],
    "tensorrt_llm.csv": [
        {
            "labels": ("Qwen3 235B A22B", "B200", "TensorRT-LLM", "FP4"),
            "numbers": (10004.0, 1024.0, 1024.0, 14.3),
            "others": {"Accelerators": "8", "Concurrency": "256"},
            "tensor_parallel": 8,
        }
    ],
    # 10,000 tokens/s of 2 accelerators; in flight 10/s x (0.05 s + 999 x 0.05 s).
    "trtllm_bench_1_1.json": [
        {
            "labels": ("nvidia/Llama-3.3-70B-Instruct-FP4", "B200", "TensorRT-LLM", "FP4"),
            "numbers": (40000.0, 1024.0, 1000.0, 14.3),
            "others": {"Concurrency": "500", "TPOT (s)": "0.05", "Version": "1.1.0", "Speculation": "off"},
            "tensor_parallel": 2,
        }
    ],
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_sample_is_read_as_it_is_by_hand(name):
    rows = wq.read_benchmarks(SAMPLES / name, **ASKED[name]).rows
    assert len(rows) == len(EXPECTED[name])
    for row, expected in zip(rows, EXPECTED[name], strict=True):
        numbers = (row.tokens_per_second, row.input_tokens, row.output_tokens, row.node_power)
        assert numbers == expected["numbers"]
        if "labels" in expected:
            assert (row.model, row.hardware, row.serving, row.precision) == expected["labels"]
        assert dict(row.others).items() >= expected["others"].items()
        assert expected.get("absent") not in dict(row.others)
        assert row.tensor_parallel == expected.get("tensor_parallel")
        for note in expected.get("notes", ()):
            assert note in row.notes


def test_every_sample_is_expected():
    assert {path.name for path in SAMPLES.iterdir()} == set(EXPECTED) == set(ASKED)
