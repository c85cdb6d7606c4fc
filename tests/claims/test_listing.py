"""The table of claims, and its filters."""

from __future__ import annotations

import numpy as np

from wattquery import claims

FRONTIER = ("DeepSeek-R1", "Llama 3.1 405B", "Llama-3.1 Nemotron Ultra 253B")


def test_the_table_filters():
    every = claims.table()
    assert claims.table(year=10**400).empty
    assert len(every) == 134
    assert every["wh"].dtype == np.float64
    assert every["wh"].isna().sum() == 2
    own = claims.table(origin="this method")
    assert len(own) == 19
    assert set(claims.table(model_class="DeepSeek-R1", origin="public").index) >= {"cmp_iea_r1", "uri_r1"}
    assert set(claims.table(kind="image").index) == {"mittr_image", "luccioni_image"}
    assert (claims.table(year=2023)["year"] == 2023).all()
