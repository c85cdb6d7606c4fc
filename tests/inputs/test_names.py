"""Names and labels: what looks alike is alike, and what cannot be seen is refused."""

from __future__ import annotations

import unicodedata

import pytest

from wattquery.errors import InputError, InputTypeError, printable
from wattquery.inputs.names import alike, clean_keys, clean_name, problem

BLANKS = [" ", "\t", "\n", "\r", "\u00a0", "\u2009", "\u202f", "\u3000", "\u2028", "\x1f", "\x85"]
UNSEEN = [
    *("\x00", "\x07", "\x1b", "\x7f", "\x9b", "\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u202e", "\u2060"),
    *("\u2066", "\ufeff", "\U000e0041", "\ufe0f", "\u034f", "\u3164", "\u2800", "\ue000", "\ud800", "\U000e0100"),
    *("\u115f", "\u180e", "\ufff9", "\U000f0000", "\u0378"),
]


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_outer_blanks_of_any_kind_are_dropped(blank):
    assert clean_name(f"{blank}Llama 3{blank}{blank}", "model") == "Llama 3"


@pytest.mark.parametrize("blank", [one for one in BLANKS if unicodedata.category(one) == "Zs"], ids=ascii)
def test_inner_blanks_become_single_spaces(blank):
    assert clean_name(f"Llama{blank}3{blank} 70B", "model") == "Llama 3 70B"


def test_composed_and_decomposed_letters_are_one_name():
    assert clean_name(unicodedata.normalize("NFD", "Modèle é"), "model") == unicodedata.normalize("NFC", "Modèle é")


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
@pytest.mark.parametrize("place", [0, 3, 7])
def test_what_cannot_be_seen_is_refused_with_its_code_and_place(unseen, place):
    text = "Llama 3"[:place] + unseen + "Llama 3"[place:]
    with pytest.raises(InputError) as caught:
        clean_name(text, "model")
    assert f"U+{ord(unseen):04X}" in str(caught.value)
    assert f"as character {place + 1}," in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("blank", ["\t", "\n", "\r", "\x85", "\u2028"], ids=ascii)
def test_blanks_that_break_a_line_are_refused_within(blank):
    assert f"U+{ord(blank):04X}" in problem(f"Llama{blank}3")


SHAPED = [
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian, with a non-joiner as its spelling wants
    "\u0645\u06cc\u064e\u200c\u062e",
    "\u0915\u094d\u200d\u0937 7B",  # Devanagari, with a joiner after a virama
    "\U0001f469\u200d\U0001f4bb Coder",  # emoji joined to one picture
    "\U0001f469\U0001f3fd\u200d\U0001f4bb Coder",
]


@pytest.mark.parametrize("text", SHAPED, ids=ascii)
def test_joiners_stay_where_neighbours_are_drawn_by_them(text):
    assert clean_name(text, "model") == text == printable(text)
    bare = text.replace("\u200c", "").replace("\u200d", "")
    assert alike([text, bare]) == [[text, bare]]


@pytest.mark.parametrize(
    "text",
    ["GPT\u200d4", "\u200d\U0001f4bb", "\U0001f4bb\u200d", "\U0001f4bb\u200d4", "\u0645\u200cx", "\u0645\u200d\u062e"],
)
def test_joiners_are_refused_elsewhere(text):
    assert "which cannot be seen" in problem(text)
    assert "\\u200" in printable(text)


@pytest.mark.parametrize(
    ("text", "clean"),
    [("\u26a1\ufe0f Flash", "\u26a1 Flash"), ("\u2764\ufe0e", "\u2764"), ("1\ufe0f\u20e3", "1\u20e3")],
)
def test_an_emoji_is_one_name_with_its_selector_or_without(text, clean):
    assert clean_name(text, "model") == clean_name(clean, "model") == clean
    assert "U+FE0F" in problem("Fl\ufe0fash")


@pytest.mark.parametrize("text", ["nan", "NaN", "#N/A", "#REF!", " #value! "])
def test_what_stands_for_a_missing_value_is_no_name(text):
    with pytest.raises(InputError, match="where a value is missing"):
        clean_name(text, "model")


@pytest.mark.parametrize("text", ["", " ", "\u00a0\t"])
def test_an_empty_name_is_refused(text):
    with pytest.raises(InputError, match=r"model = .* is empty"):
        clean_name(text, "model")


def test_an_overlong_name_is_refused_and_not_repeated():
    with pytest.raises(InputError, match="has 10,000,000 characters") as caught:
        clean_name("x" * 10_000_000, "model")
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("text", ["Qwen2.5-72B", "通义千问 72B", "Модель 7Б", "8\u00d7H100", "µ-model", "नमस्ते"])
def test_names_in_any_script_are_kept(text):
    assert clean_name(text, "model") == unicodedata.normalize("NFC", text)


def test_keys_that_become_one_are_refused():
    with pytest.raises(InputError, match="which are one name: 'a'"):
        clean_keys({"a": 1, " a": 2}, "shares")
    for key in (None, float("nan")):
        with pytest.raises(InputTypeError, match="Keys must be names"):
            clean_keys({key: 1}, "shares")


@pytest.mark.parametrize("twin", ["D-Ll\u0430ma", "D-Llam\uff41", "\u216e-Llama", "D\u2011Llama", "D\u2013Llama"])
def test_letters_that_are_drawn_alike(twin):
    assert alike(["D-Llama", twin, "Mistral"]) == [["D-Llama", twin]]


def test_names_that_differ_visibly_are_not_alike():
    assert alike(["m2", "m\u00b2", "Llama 3", "Llama-3", "llama 3"]) == []
    assert alike(["Llama 3", "Llama-3", "llama 3", "Qwen"], loosely=True) == [["Llama 3", "Llama-3", "llama 3"]]


def test_printable_writes_out_what_a_terminal_obeys_and_nothing_else():
    assert printable("\x1b]0;x\x07 \x9b31m \u202e \ud800 \U000e0041") == (
        "\\x1b]0;x\\x07 \\x9b31m \\u202e \\ud800 \\U000e0041"
    )
    assert printable("Modèle 通义\u00a0千问\tok\n") == "Modèle 通义\u00a0千问\tok\n"
