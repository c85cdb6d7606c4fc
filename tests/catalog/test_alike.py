"""A model is one model, however its name is typed; and a name that cannot be typed again is refused."""

from __future__ import annotations

import dataclasses
import unicodedata

import pytest

from wattquery import catalog
from wattquery.catalog import BenchmarkRow, Catalog, PublicClaim
from wattquery.errors import InputError, InputTypeError

LABELS = {"Model": "model", "Hardware": "hardware", "Quantization": "precision", "Serving": "serving"}
SAME = [" {}", "{} ", "{}\u00a0", "\u2003{}", "\t{}"]
UNSEEN = ["{}\u200b", "\ufeff{}", "{}\x00", "{}\x1b[31m", "{}\u00ad", "\u202e{}", "{}\ufe0f", "{}\U000e0041"]


def spoil(table, row, column, form):
    place = table[0].index(column)
    table[row][place] = form.format(table[row][place])
    return table


@pytest.mark.parametrize("column", LABELS)
@pytest.mark.parametrize("form", SAME, ids=ascii)
def test_blanks_around_one_of_the_rows_make_no_other_label(written, table, column, form):
    whole = catalog.read_csv(written(table))
    changed = catalog.read_csv(written(spoil(table, 2, column, form)))
    assert changed.labels(LABELS[column]) == whole.labels(LABELS[column])
    assert changed.content_hash == whole.content_hash


def test_blanks_within_and_forms_of_letters_make_no_other_model(written, table):
    for row, name in enumerate(["Modèle 8B", unicodedata.normalize("NFD", "Modèle 8B"), "Modèle\u00a0 8B"], 1):
        table[row][0] = name
    assert catalog.read_csv(written(table)).labels("model") == ("Modèle 8B",)


@pytest.mark.parametrize("column", LABELS)
@pytest.mark.parametrize("form", UNSEEN, ids=ascii)
def test_what_cannot_be_seen_is_refused_with_its_place(written, table, column, form):
    with pytest.raises(InputError) as caught:
        catalog.read_csv(written(spoil(table, 2, column, form)))
    message = str(caught.value)
    assert f"mine.csv, row 3, column {column!r}: " in message
    assert "holds U+" in message
    assert message.replace("\n", "").isprintable()


def test_labels_that_look_the_same_are_refused(written, table):
    table[2][0] = "\u041eurs 8B"
    with pytest.raises(InputError, match=r"'Ours 8B' \(row 2\) and '\\u041eurs 8B' \(row 3\) look the same"):
        catalog.read_csv(written(table))


def test_rows_made_in_python_have_names_in_one_form(written, table):
    row = catalog.read_csv(written(table)).rows[0]
    assert dataclasses.replace(row, model=" Ours\u00a08B ") == row
    with pytest.raises(InputError, match=r"BenchmarkRow: model = 'Ours\\u200b' holds U\+200B"):
        dataclasses.replace(row, model="Ours\u200b")
    for label in (3, None, ["a"], float("nan")):
        with pytest.raises(InputTypeError, match="must be text, got"):
            dataclasses.replace(row, model=label)
    assert isinstance(row, BenchmarkRow)


def test_catalogs_presets_and_claims_are_asked_in_any_form():
    shipped = catalog.load(" oviedo2026 ")
    assert shipped.deployment("Llama 3.1 405B\u00a0") == shipped.deployment("Llama 3.1 405B")
    assert catalog.preset("v1 ") is catalog.preset("v1")
    assert Catalog(" mine ", shipped.rows, shipped.pooled, " FP8").default_precision == "FP8"
    assert PublicClaim(" mine ", "a claim").id == "mine"
    with pytest.raises(InputError, match=r"U\+200B"):
        PublicClaim("mine\u200b", "a claim")
    preset = dataclasses.replace(catalog.preset("v1"), node_power_by_model={"DeepSeek-R1 ": 12.0})
    assert dict(preset.node_power_by_model) == {"DeepSeek-R1": 12.0}


def test_many_names_that_are_drawn_alike_are_looked_up_once(written, table):
    """Some 20,000 groups in twice as many rows took minutes: rows were searched for each label."""
    header, first, *_ = table
    rows = [[f"{letter}{k}", *first[1:]] for k in range(3000) for letter in "M\u041c"]
    with pytest.raises(InputError, match=r"for 3,000 reasons") as caught:
        catalog.read_csv(written([header, *rows]))
    assert "'M2' (row 6) and '\\u041c2' (row 7) look the same" in str(caught.value)
