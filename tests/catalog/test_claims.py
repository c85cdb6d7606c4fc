"""The shipped claims against the facts of their sources, and what a table of claims may not hold."""

from __future__ import annotations

import csv
import io
import re
from importlib.resources import files
from pathlib import Path

import pytest

from wattquery import catalog
from wattquery.catalog.claim_columns import CLAIM_COLUMNS
from wattquery.claims import listing
from wattquery.errors import InputError, InputTypeError

DATA = files("wattquery.catalog") / "data" / "public_claims.csv"

# id, Wh, input tokens, output tokens, boundary, year, as their sources have them
FACTS = [
    ("google_search_2009", 0.3, None, None, "unknown", 2009),
    ("devries_2023_chatgpt", 2.9, None, None, "node", 2023),
    ("google_gemini_2025_full", 0.24, None, None, "facility+idle_reserve", 2025),
    ("google_gemini_2025_narrow", 0.1, None, None, "accelerator", 2025),
    ("epoch_base", 0.301, None, 500, "facility", 2025),
    ("epoch_100k_in", 40, 100_000, 500, "facility", 2025),
    ("cmp_iea_mixtral", 1.25, None, None, "unknown", 2026),
    ("cmp_iea_r1", 2.25, None, None, "unknown", 2026),
    ("cmp_aienergyscore_70b", 1.01, None, None, "accelerator", 2026),
    ("jegham_v6_gpt4o_s", 0.423, 100, 300, "facility", 2025),
    ("muxup_r1fp8_8k1k", 1.895, 8192, 1024, "facility", 2026),
    ("mittr_405b", 1.863, None, None, "facility", 2025),
    ("mistral_lca", None, None, 400, "unknown", 2025),
    ("samsi_2mwh", None, None, None, "unknown", 2023),
]


@pytest.fixture(scope="module")
def claims():
    return {one.id: one for one in catalog.public_claims()}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact[0])
def test_the_rows_are_those_of_their_sources(claims, fact):
    one = claims[fact[0]]
    assert (one.id, one.wh, one.input_tokens, one.output_tokens, one.boundary, one.year) == fact


def test_addresses_are_whole_or_absent(claims):
    for one in claims.values():
        assert re.fullmatch(r"(https?://[^\s.]+\.[^\s]+)?", one.url), one.id
        assert not one.url.endswith("...")
    assert claims["masley_agent"].url == ""
    assert claims["epri_2024_chatgpt"].url == "https://www.thestar.com.my/"


def test_the_papers_own_figures_are_no_public_claims(claims):
    own = {one.id for one in claims.values() if one.origin == "this method"}
    assert own == {name for name in claims if name.startswith("oviedo_")}
    assert all(claims[name].boundary == "facility" for name in own)


def test_what_is_inferred_is_said(claims):
    assert "model_class" in claims["epoch_base"].inferred
    assert "boundary" in claims["devries_2023_chatgpt"].inferred
    assert claims["google_gemini_2025_full"].inferred == ("model_class",)
    for one in claims.values():
        # A class is never stated by a source: it is either a catalog's model or our word.
        if one.model_class == "frontier" and one.origin == "public":
            assert "model_class" in one.inferred, one.id
        assert all(getattr(one, field) not in (None, "") for field in one.inferred), one.id


def test_derived_figures_agree_with_their_parts(claims):
    assert claims["devries_2023_chatgpt"].wh == pytest.approx(3617 * 6.5e3 * 24 / (13e6 * 15), rel=0.01)
    assert claims["newyorker_500mwh"].wh == pytest.approx(500e6 / 200e6)
    assert claims["mittr_405b"].wh == pytest.approx(6706 / 3600, rel=1e-3)
    assert claims["mittr_8b"].wh == pytest.approx(114 / 3600, rel=1e-2)
    for one in claims.values():
        if one.id.startswith("muxup_") and one.range_is:
            assert one.wh == pytest.approx((one.low * one.high) ** 0.5, rel=5e-3), one.id


def test_the_columns_are_in_their_order():
    header = next(csv.reader(io.StringIO(DATA.read_text(encoding="utf-8"))))
    assert header == [column.header for column in CLAIM_COLUMNS]


def spoiled(tmp_path, **cells: str) -> str:
    """Write the row of epoch_base with other cells, and return where."""
    rows = list(csv.DictReader(io.StringIO(DATA.read_text(encoding="utf-8"))))
    row = next(one for one in rows if one["id"] == "epoch_base") | cells
    path = tmp_path / "claims.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    return str(path)


def test_a_table_of_ones_own(tmp_path):
    (one,) = catalog.read_claims(spoiled(tmp_path, id="ours", wh="0.5"))
    assert (one.id, one.wh, one.line) == ("ours", 0.5, 2)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"id": ""}, "row 2, column 'id': '' is not allowed"),
        ({"wh": "about 3"}, "column 'wh': 'about 3' is not allowed; a positive number, 1e-09 to 1e+09 Wh, or an"),
        ({"wh": "-1"}, "column 'wh'"),
        ({"kind": "poem"}, "column 'kind': 'poem' is not allowed; one of 'llm_query'"),
        ({"origin": ""}, "column 'origin'"),
        ({"statistic": "mode"}, "column 'statistic'"),
        ({"boundary": "rack"}, "column 'boundary': 'rack' is not allowed; one of 'accelerator'"),
        ({"model_class": "frontir"}, "Did you mean 'frontier'?"),
        ({"low": "0.5", "range_is": "IQR"}, "low, wh and high do not increase"),
        ({"low": "0.2"}, "'' stands beside a range"),
        ({"range_is": "IQR"}, "'IQR' stands without a range"),
        ({"output_is": ""}, "does not go with output_tokens 500.0"),
        ({"url": "ftp://somewhere"}, "column 'url': 'ftp://somewhere' is not allowed; a whole address"),
        ({"url": "https://a.site/cut-off-..."}, "Leave out one that was cut off"),
        ({"second_hand": "no"}, "'true' or 'false'"),
        ({"batch": "0.5"}, "column 'batch': '0.5' is not allowed; a positive number, 1 to 1e+06 queries, or an"),
        (
            {"power_utilization": "70"},
            "column 'power_utilization': '70' is not allowed; a positive number, 0.001 to 1, or",
        ),
        (
            {"pue": "0.9"},
            "column 'pue': '0.9' is not allowed; a positive number, 1 to 4, or an empty cell",
        ),
        ({"year": "25"}, "a year of four digits"),
        ({"inferred": "boundry"}, "'boundry' is not a column. Name columns. Did you mean 'boundary'?"),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_what_a_row_may_not_hold(tmp_path, cells, message):
    with pytest.raises(InputError) as caught:
        catalog.read_claims(spoiled(tmp_path, **cells))
    assert message in str(caught.value)
    assert "cannot be used, for 1 reason" in str(caught.value)


def test_an_id_stands_once(tmp_path):
    path = Path(spoiled(tmp_path))
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.splitlines()[1].replace("0.301", "0.302") + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="'epoch_base' is that of row 2"):
        catalog.read_claims(path)


@pytest.mark.parametrize("written", ["TRUE", "True", "true"])
def test_truth_as_a_spreadsheet_writes_it(tmp_path, written):
    (one,) = catalog.read_claims(spoiled(tmp_path, second_hand=written))
    assert one.second_hand is True


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"wh": -3.0}, "PublicClaim 'ours': wh must be a positive number within 1e-09 to 1e+09 Wh, got -3."),
        ({"wh": 0}, "wh must be a positive number within 1e-09 to 1e+09 Wh, got 0."),
        ({"wh": float("nan")}, "wh must be a positive number within 1e-09 to 1e+09 Wh, got nan."),
        ({"wh": "3"}, "wh must be a number, 1e-09 to 1e+09 Wh, or None, got '3'"),
        ({"wh": True}, "wh must be a number, 1e-09 to 1e+09 Wh, or None, got True"),
        ({"output_tokens": -5}, "output_tokens must be a positive number within 0 to 1e+09 tokens, got -5."),
        ({"batch": 0}, "batch must be a positive number within 1 to 1e+06 queries, got 0."),
        ({"pue": 0.5}, "pue must be within 1 to 4, got 0.5."),
        ({"power_utilization": 2.0}, "power_utilization must be within 0.001 to 1, got 2."),
        ({"boundary": "rack"}, "'unknown', got 'rack'"),
        ({"statistic": "p95"}, ", got 'p95'"),
        ({"kind": "query"}, "Did you mean 'llm_query'?"),
    ],
)
def test_what_a_claim_in_python_may_not_hold(fields, message):
    with pytest.raises(InputError, match=re.escape(message)):
        catalog.PublicClaim("ours", "Our own", **{"wh": 1.0, **fields})


def test_a_year_is_a_number():
    assert len(claims_of(2025)) > 50
    for wrong in ("2025", True, 2025.5):
        with pytest.raises(InputTypeError, match=r"year must be a whole number, got .*year=2025"):
            claims_of(wrong)


def claims_of(year):
    return listing.chosen(year=year)


def test_pessimistic_parameters_are_not_those_of_the_base(claims):
    for name in ("epoch_pessimistic", "epoch_pessimistic_long"):
        assert (claims[name].power_utilization, claims[name].pue) == (None, None)


def test_what_is_no_path():
    with pytest.raises(InputTypeError, match="must be a str or a path object, got"):
        catalog.read_claims(3)
