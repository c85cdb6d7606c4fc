"""Pictures show what was computed, and what was published where it was published."""

from __future__ import annotations

import pytest

from wattquery import plot
from wattquery.paper.pictures.drawing import DRAWN_BY
from wattquery.paper.pictures.drawing import drawn as drawn_figure
from wattquery.paper.pictures.listing import FIGURES

BY_NAME = {figure.name: figure for figure in FIGURES}


@pytest.fixture
def drawn(found):
    return lambda name: drawn_figure(BY_NAME[name], found)


def diamonds(ax):
    """Return where diamonds stand."""
    return [tuple(float(one[0]) for one in line.get_data()) for line in ax.lines if line.get_marker() == "D"]


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_every_kind_has_a_picture():
    assert {figure.kind for figure in FIGURES} == set(DRAWN_BY)


def test_a_violin_has_the_published_median_below_and_both_in_words_beside(drawn):
    (ax,) = drawn("figure-1b").axes
    assert [x for x, _ in diamonds(ax)] == [0.308, 0.079, 0.113, 0.159]
    assert "ours 0.309 (0.162 to 0.607)" in words(ax)
    assert "published 0.308 (0.165 to 0.602)" in words(ax)
    assert "published: 8 to 20 times less" in words(ax)
    assert ax.get_xlabel() == "energy per query [Wh, facility]"
    ends = [line.get_xdata().tolist() for line in ax.lines if line.get_marker() == "|"]
    assert ends[0] == [0.165, 0.602]


def test_the_paper_looks_the_same_whatever_is_set_for_other_pictures(drawn):
    def look(figure):
        (ax,) = figure.axes
        return ax._left_title.get_fontsize(), ax.xaxis.label.get_color(), [line.get_color() for line in ax.lines]

    plain = look(drawn("public-estimates"))
    with plot.styled(size="slide", style="dark"):
        assert look(drawn("public-estimates")) == plain


def test_panels_of_input_lengths_share_their_axis(drawn):
    axes = drawn("supplement-input-length-long").axes
    assert len({ax.get_xlim() for ax in axes}) == 1
    assert [diamonds(ax)[0][0] for ax in axes] == [3.921, 5.115, 12.243]


def test_bars_add_up_to_the_day_and_diamonds_are_what_the_code_prints(drawn, found):
    first, second = drawn("figure-3").axes
    heights = {}
    for bar in second.patches:
        place = round(bar.get_x() + bar.get_width() / 2)
        heights[place] = heights.get(place, 0.0) + bar.get_height()
    for place, part in enumerate(("traditional", "mixed", "mixed_improved")):
        assert heights[place] == pytest.approx(found.main.fleet(part).value, rel=1e-12)
    assert [y for _, y in diamonds(second)] == [0.7314, 1.7112, 0.7997]
    assert [y for _, y in diamonds(first)] == [0.7314, 0.3272]
    assert "paper 1.7" in words(second)
    assert {"a billion web searches (0.3)", "data centre of 30 MW at 80 % (0.576)"} <= set(words(second))


def test_estimates_stand_at_their_ratio_between_the_published_ends(drawn):
    (ax,) = drawn("public-estimates").axes
    dots = [float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() in ("o", "s")]
    assert dots == [3.5, 1.0, 21.0]
    assert [x for x, _ in diamonds(ax)] == [4.0, 20.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Low", "Same", "<b>High</b>"]
