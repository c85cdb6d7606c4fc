"""Logs read whole: the same workload from every format, what is left out and said, and the energy of its rows."""

from __future__ import annotations

import gzip
import json
import pickle

import numpy as np
import pytest

import wattquery as wq
from building.length_errors import EXAMPLE, fits
from wattquery.errors import InputError, InputTypeError
from wattquery.scenarios.load_profile import LoadProfile
from wattquery.specs.distributions.base import FloatArray
from wattquery.workloads.logs import blocks

ROWS, FEW = 3000, 900
SESSIONS = 700


@pytest.fixture(scope="module")
def columns():
    rng = np.random.default_rng(5)
    output, inputs = np.ceil(rng.exponential(200, ROWS)), np.ceil(rng.lognormal(6, 1, ROWS))
    return {
        "prompt_tokens": inputs.astype(int),
        "completion_tokens": output.astype(int),
        "cached_tokens": np.floor(inputs * rng.random(ROWS) * 0.9).astype(int),
        "startTime": 1_700_006_400 + rng.integers(0, 3 * 86_400, ROWS),
        "session_id": rng.integers(0, SESSIONS, ROWS),
    }


def csv_of(columns, order=slice(None), separator=",") -> str:
    lines = [separator.join(columns)]
    lines += [separator.join(map(str, row)) for row in np.stack([*columns.values()], axis=1)[order]]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def log(columns, tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "mine.csv"
    path.write_text(csv_of(columns))
    return wq.read_requests(path)


@pytest.fixture(scope="module")
def short(columns):
    return {name: column[:FEW] for name, column in columns.items()}


@pytest.fixture(scope="module")
def short_log(short, tmp_path_factory):
    path = tmp_path_factory.mktemp("short") / "mine.csv"
    path.write_text(csv_of(short))
    return wq.read_requests(path, time_unit="s")


def test_a_log_is_the_workload_of_its_pairs(columns, log):
    pairs = wq.Workload.from_pairs(columns["completion_tokens"], columns["prompt_tokens"], columns["cached_tokens"])
    assert isinstance(log, wq.Workload)
    assert log == pairs
    assert log.quantile_error == pairs.quantile_error > 0.0
    assert log.name == "mine"
    assert log.requests == ROWS
    assert not log.notes
    assert not log.left_out
    assert log.cached_share == pytest.approx(columns["cached_tokens"].sum() / columns["prompt_tokens"].sum(), rel=1e-9)
    assert pickle.loads(pickle.dumps(log)).load_profile == log.load_profile


def test_the_same_log_in_other_clothes(short, short_log, tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 10_000)
    shuffled = np.random.default_rng(1).permutation(FEW)
    texts = {
        "shuffled.csv": csv_of(short, shuffled),
        "semicolons.csv": "\ufeff" + csv_of(short, separator=";").replace("\n", "\r\n"),
        "tabs.tsv": csv_of(short, separator="\t"),
        "flat.jsonl": "".join(
            json.dumps({name: int(column[row]) for name, column in short.items()}) + "\n" for row in range(FEW)
        ),
    }
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text.encode())
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(texts["tabs.tsv"].encode()))
    for name in [*texts, "packed.csv.gz"]:
        other = wq.read_requests(tmp_path / name)
        assert other == short_log, name
        assert other.hourly == short_log.hourly, name
        assert other.requests_per_session == short_log.requests_per_session, name


def test_parquet_with_structures(short, short_log, tmp_path):
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    usage = pa.StructArray.from_arrays([pa.array(short[name]) for name in list(short)[:3]], list(short)[:3])
    rest = {name: pa.array(short[name]) for name in list(short)[3:]}
    parquet.write_table(pa.table({"usage": usage, **rest}), tmp_path / "log.parquet")
    other = wq.read_requests(tmp_path / "log.parquet")
    assert other == short_log
    assert other.hourly == short_log.hourly
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "log.parquet").read_bytes()[:500])
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        wq.read_requests(tmp_path / "cut.parquet")


def test_what_is_left_out_is_counted_and_said(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(
        "prompt_tokens,completion_tokens,cached_tokens,status,startTime\n"
        + "100,10,,success,2026-01-01T00:00:00Z\n" * 200
        + "100,10,0,failure,x\n100,0,0,success,x\n0,10,0,success,x\n-5,10,0,success,x\n100,many,0,success,x\n"
        + "100,,0,success,x\n100,2e9,0,success,x\n100,10,101,success,x\n100,10,0,success,x,y\n100,10,50,,x\n"
    )
    log = wq.read_requests(path)
    reasons = ("failed", "not_a_number", "unknown", "negative", "no_output", "no_input", "too_many", "cached_above")
    assert log.left_out == dict.fromkeys((*reasons, "malformed"), 1)
    assert log.requests == 201
    assert log.mean("cached_tokens") == pytest.approx(50 / 201)
    assert "1 row that failed left out" in log.notes
    assert "1 row with negative tokens left out" in log.notes
    assert "1 request without a time that can be read" in log.notes
    result = wq.estimate("DeepSeek-R1", workload=log, method="exact")
    assert "1 row that failed left out" in str(result)


def test_numbers_that_may_be_others_are_said(tmp_path):
    path = tmp_path / "log.csv"
    days = "".join(f"2026-01-01T{hour:02}:30:00Z;1.234;10\n" for hour in range(24))
    path.write_text(f"startTime;prompt_tokens;completion_tokens\n2016-01-01T00:00:00Z;100;10\n{days}")
    notes = " ".join(wq.read_requests(path).notes)
    assert "24 requests with lengths that are no whole numbers, taken as they are: check that their points" in notes
    assert "times reach over 8.77e+04 hours, and all but 1 % of requests are within 23" in notes


def energies(columns) -> FloatArray:
    """Return the energy of each row, of a model whose throughput follows the lengths [Wh]."""
    output, inputs = columns["completion_tokens"], columns["prompt_tokens"]
    rates = np.exp(fits()[0].log_rate(np.log(inputs), np.log(output)))
    return 1.1 * 0.5 * 10.2 / 3.6 * (output + inputs / 30.0) / rates


@pytest.mark.parametrize(("method", "draws"), [("exact", None), ("monte_carlo", 40_000), ("quasi_monte_carlo", 2**14)])
def test_energies_are_those_of_the_rows(columns, log, method, draws):
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    ds = wq.sweep(
        EXAMPLE,
        workload=log,
        pue=1.1,
        power_utilization=0.5,
        prefill_weight=1 / 30,
        method=method,
        quantiles=levels,
        **({"draws": draws, "seed": 4} if draws else {}),
    )
    rows = energies(columns)
    stderr = rows.std() / np.sqrt(draws) if draws else 0.0
    assert float(ds["energy_mean"]) == pytest.approx(rows.mean(), rel=1e-3, abs=4.0 * stderr)
    errors = 4.0 * ds["energy_stderr"].values if draws else 0.0
    off = np.abs(ds["energy"].values - np.quantile(rows, levels))
    assert (off <= log.quantile_error * rows.mean() * 2.0 + errors).all()
    assert (off <= 0.03 * np.quantile(rows, levels) + errors).all()


def test_energy_of_a_session_is_the_sum_over_its_requests(columns, log):
    ds = wq.sweep(
        EXAMPLE, workload=log.in_sessions, pue=1.1, power_utilization=0.5, prefill_weight=1 / 30, method="exact"
    )
    sums = np.bincount(columns["session_id"], energies(columns), SESSIONS)
    seen = np.bincount(columns["session_id"], minlength=SESSIONS) > 0
    assert log.requests_per_session == ROWS / seen.sum()
    assert float(log.per_session(ds["energy_mean"])) == pytest.approx(sums[seen].mean(), rel=1e-3)


def test_requests_outside_of_sessions_are_none_of_theirs(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("Request tokens,Response tokens,Session ID\n10,20,a\n10,30,a\n10,40,b\n500,900,\n500,700, \n")
    log = wq.read_requests(path)
    assert (log.requests, log.session_requests, log.sessions, log.requests_per_session) == (5, 3, 2.0, 1.5)
    assert log.in_sessions == wq.Workload([20, 30, 40], 10)
    assert log == wq.Workload([20, 30, 40, 900, 700], [10, 10, 10, 500, 500])
    assert "2 requests in no session" in log.notes


def test_a_fleet_takes_the_load_profile(log):
    profile = LoadProfile.parse(log.load_profile)
    assert profile.peak_to_mean == pytest.approx(max(log.load_profile) / np.mean(log.load_profile))
    assert log.requests_per_day == pytest.approx(ROWS / 3, rel=0.01)


def test_what_is_not_known_is_one_sentence(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("prompt_tokens,completion_tokens\n10,20\n")
    log = wq.read_requests(path)
    with pytest.raises(InputError, match="no column that is known to hold times: name one with time"):
        _ = log.load_profile
    with pytest.raises(InputError, match="which session a request belongs to: name its column"):
        log.per_session(1.0)


@pytest.mark.parametrize(
    ("text", "given", "said"),
    [
        ("a,b\n1,2\n", {}, "no column that is known to hold output tokens: name one of its columns with output"),
        ("a,b\n1,2\n", {"output": "c", "input": "b"}, "no column 'c', which was named with output: its columns are"),
        ("output_tokens,completion_tokens,a\n1,2,3\n", {"input": "a"}, "may both hold output tokens: name one"),
        ("output_tokens,input_tokens\n", {}, "no request with output and input tokens: check"),
        ("output_tokens,input_tokens\n0,5\n0,7\n", {}, r"\(2 rows without output tokens\)"),
        ("output_tokens,input_tokens,cached_tokens\n1,5,9\n1,7,9\n", {}, "more cached than input tokens in 2 of 2"),
        ("output_tokens,input_tokens\n1,5\n", {"time_unit": "h"}, "time_unit must be one of"),
        ("output_tokens,input_tokens\n1,5\n", {"time_unit": ["s"]}, "time_unit must be one of"),
        ("output_tokens,input_tokens\n1,5\n", {"output": 3}, "output must be the name of a column"),
        ('output_tokens,input_tokens\n1,"5\n', {}, "cannot be read as CSV from line 1 on"),
        ('{\n"a": 1\n}\n', {}, "no JSON object in a line of its own"),
        ('[{"a": 1}]', {}, "this is JSON, .* write an object per line"),
        ("", {}, "is empty"),
        ("\n\n", {}, "is empty"),
        ("a,a,b\n1,2,3\n", {}, "has the column 'a' more than once"),
        ("<html><body>", {}, "this is a web page"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(text, given, said, tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=said) as caught:
        wq.read_requests(path, **given)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_log(tmp_path, monkeypatch):
    path = tmp_path / "log.csv"
    valid = b"output_tokens,input_tokens,text\n1,2,x\n"
    packed = gzip.compress(valid * 50)
    monkeypatch.setattr(blocks, "LARGEST_LINE", 2000)
    monkeypatch.setattr(blocks, "BLOCK", 1000)
    for content, said in (
        (valid + "3,4,é\n".encode("latin-1"), "not UTF-8 text .byte 0xe9 in line 3"),
        (valid.decode().encode("utf-16"), "this is UTF-16 text"),
        (packed[: len(packed) // 2], "cannot be read to its end"),
        (b"\x28\xb5\x2f\xfd" + valid, "compressed with zstd"),
        (valid + b"3,4," + b"x" * 9000 + b"\n", "a line of more than 2,000 bytes from line 3 on"),
        (valid + b'3,4,"' + b"x\n" * 9000, "a quote that is not closed of more than"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=said):
            wq.read_requests(path)
    with pytest.raises(InputError, match="this is a folder"):
        wq.read_requests(tmp_path)
    with pytest.raises(InputTypeError, match="path must be a str"):
        wq.read_requests(3)


def test_parquet_without_its_package(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "log.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match=r"pip install 'wattquery\[parquet\]'"):
        wq.read_requests(tmp_path / "log.parquet")


def test_quotes_hold_lines_and_commas(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 40)
    path = tmp_path / "log.csv"
    path.write_text("text,input_tokens,output_tokens\n" + '"one, ""two""\nthree",10,20\n' * 30)
    assert wq.read_requests(path) == wq.Workload([20], [10])
