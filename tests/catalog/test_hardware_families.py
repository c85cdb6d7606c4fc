"""Generations of accelerators."""

from __future__ import annotations

import pytest

from wattquery.catalog.facts import accelerators
from wattquery.catalog.hardware_families import FAMILIES, family_of


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_members_and_no_other_has_them(family):
    members = [name for name in accelerators() if family_of(name) == family]
    assert members
    others = [begin for one, begin in FAMILIES.items() if one != family]
    assert not [name for name in members for begin in others if name.startswith(begin)]
