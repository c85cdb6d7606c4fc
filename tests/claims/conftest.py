"""Comparisons that several files of tests look at, made once."""

from __future__ import annotations

import pytest

from wattquery import claims


@pytest.fixture(scope="session")
def iea():
    return claims.compare("cmp_iea_mixtral")


@pytest.fixture(scope="session")
def devries():
    return claims.compare("devries_2023_chatgpt")


@pytest.fixture(scope="session")
def assumption():
    """Return what finds an assumption of a comparison by its name."""

    def find(found, name):
        return next(one for one in found.assumptions if one.name == name)

    return find
