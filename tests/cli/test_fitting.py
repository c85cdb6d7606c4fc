"""Tables as narrow as the terminal."""

from __future__ import annotations

import pytest

from wattquery.catalog import public_claims
from wattquery.cli.fitting import fitted

HEADER, ROWS = ("id", "what", "Wh", "more"), [["a" * 20, "b" * 40, "1.25", "c" * 30], ["a", "b", "3", "c"]]


def test_texts_are_cut_then_columns_left_out_and_the_first_is_kept():
    wide = fitted(HEADER, ROWS, (0, 1, 3), drop=("more",), width=200)
    assert ROWS[0][1] in wide[2]
    assert ROWS[0][3] in wide[2]
    cut = fitted(HEADER, ROWS, (0, 1, 3), drop=("more",), width=60)
    assert max(map(len, cut)) <= 60
    assert "..." in cut[2]
    assert "more" in cut[0]
    left_out = fitted(HEADER, ROWS, (0, 1, 3), drop=("more",), width=45)
    assert "more" not in left_out[0]
    assert ROWS[0][0] in left_out[2]
    assert "1.25" in left_out[2]
    assert "Not shown" in left_out[-1] or "Not shown" in left_out[-2]


@pytest.mark.parametrize("columns", [80, 160])
def test_what_claims_print_fits(cli, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    compared = ["claims", "cmp_iea_r1", "uri_r1", "--compare"]
    for words in (["claims"], ["claims", "mistral_lca"], *([compared] if columns == 80 else [])):
        lines = cli.text(*words).splitlines()
        assert max(map(len, lines)) <= columns
    assert all(f"{one.id} " in cli.text("claims") for one in public_claims())
