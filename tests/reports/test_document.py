"""Colours of the style sheet can be read, in the light and in the dark, and it prints."""

import re
from importlib.resources import files

import pytest

SHEET = files("wattquery.reports").joinpath("style.css").read_text(encoding="utf-8")
PAIRS = [
    *[(ink, "paper") for ink in ("ink", "quiet", "link", "accent")],
    *[(ink, "panel") for ink in ("ink", "quiet", "link")],
    *[(ink, "mark-panel") for ink in ("ink", "mark", "link")],
]


def colours(block):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_reckoned_as_the_guidelines_do():
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize(("ink", "paper"), PAIRS)
def test_text_can_be_read(scheme, ink, paper):
    blocks = re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)
    assert len(blocks) == 3
    found = colours(blocks[("light", "dark", "print").index(scheme)])
    assert contrast(found[ink], found[paper]) >= 4.5


def test_it_prints_on_a4_and_loads_nothing():
    assert "@page { size: A4" in SHEET
    assert "url(" not in SHEET
    assert "@import" not in SHEET
