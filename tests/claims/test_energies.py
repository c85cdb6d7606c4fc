"""Energies as people write them."""

from __future__ import annotations

import pytest

from wattquery.claims.energies import read_energy
from wattquery.errors import InputError


@pytest.mark.parametrize(
    ("written", "wh"),
    [
        *(("3 Wh", 3.0), ("0.34Wh", 0.34), (" 2.9 ", 2.9), ("10 kJ", 10 / 3.6), ("6706 J", 6706 / 3600)),
        *(("3 wh", 3.0), ("3 KJ", 3 / 3.6), ("3 kwh", 3000.0), ("340 mWh", 0.34), ("340 mwh", 0.34), ("1 MWh", 1e6)),
        *(("1e-3 kWh", 1.0), ("0.003 MJ", 3 / 3.6), ("altman_2025", None), ("Wh 3", None)),
    ],
)
def test_read(written, wh):
    assert read_energy(written) == pytest.approx(wh)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("3 W", "W is a power"),
        ("3 kW", "kW is a power"),
        ("3 mJ", "must be in one of 'Wh'"),
        ("3 cal", "must be in one of 'Wh'"),
        ("3 Wh 4", "must be in one of 'Wh'"),
        ("0,34 Wh", "with a decimal point"),
        ("1.2.3 Wh", "with a decimal point"),
    ],
)
def test_a_mistake_is_one_sentence(written, message):
    with pytest.raises(InputError, match=message) as caught:
        read_energy(written)
    assert str(caught.value).count(". ") == 0
