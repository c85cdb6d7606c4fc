"""A folder appears whole or not at all, and nobody else's files are lost."""

from __future__ import annotations

import pytest

import wattquery as wq
from wattquery.exports.folders import folder

OWN = ("figure-1a.png", "index.html")


@pytest.fixture
def there(tmp_path):
    place = tmp_path / "figures"
    place.mkdir()
    (place / "figure-1a.png").write_text("old")
    return place


def test_a_new_folder_is_there_when_all_went_well(tmp_path):
    place = folder(tmp_path / "figures", replace=False)
    with place.writing() as partial:
        (partial / "index.html").write_text("new")
        assert not (tmp_path / "figures").exists()
    assert [one.name for one in tmp_path.iterdir()] == ["figures"]
    assert (tmp_path / "figures" / "index.html").read_text() == "new"


def test_what_fails_leaves_nothing_and_what_was_there(tmp_path, there):
    def fail():
        with folder(there, True, OWN).writing() as partial:
            (partial / "index.html").write_text("new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [one.name for one in tmp_path.iterdir()] == ["figures"]
    assert [one.read_text() for one in there.iterdir()] == ["old"]


def test_figures_are_replaced_as_a_whole_and_only_if_asked(there):
    with pytest.raises(wq.InputError, match=r"exists. Choose another name, or allow it to be replaced: replace=True"):
        folder(there, False, OWN)
    with folder(there, True, OWN).writing() as partial:
        (partial / "index.html").write_text("new")
    assert [one.name for one in there.iterdir()] == ["index.html"]


def test_a_folder_with_other_files_is_never_replaced(there):
    (there / "thesis.tex").write_text("mine")
    with pytest.raises(wq.InputError, match=r"has 'thesis.tex', which is not among the files that go there"):
        folder(there, True, OWN)
    assert (there / "thesis.tex").read_text() == "mine"


def test_a_file_that_appears_meanwhile_is_kept(there):
    place = folder(there, True, OWN)
    with pytest.raises(wq.InputError, match=r"thesis.tex"), place.writing():
        (there / "thesis.tex").write_text("mine")
    assert (there / "thesis.tex").read_text() == "mine"


def test_an_empty_folder_may_be_used(tmp_path):
    (tmp_path / "empty").mkdir()
    with folder(tmp_path / "empty", replace=False).writing() as partial:
        (partial / "index.html").write_text("new")
    assert (tmp_path / "empty" / "index.html").is_file()


def test_the_folder_that_one_is_in_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    for name in (".", ".."):
        with pytest.raises(wq.InputError, match="is the folder that you are in"):
            folder(name, replace=True)


def test_what_is_no_place_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    for name, message in (("file", "is not a folder"), ("nowhere/figures", "No such file or directory")):
        with pytest.raises(wq.InputError, match=message):
            folder(tmp_path / name, replace=True)
    for odd in (3, None, "", "a\0b"):
        with pytest.raises(wq.InputTypeError, match=r"directory must be text or a pathlib\.Path"):
            folder(odd, replace=True)


def test_where_names_are_not_known_yet_none_is_foreign(there):
    (there / "thesis.tex").write_text("mine")
    assert folder(there, replace=True).path == there
    with pytest.raises(wq.InputError, match="exists"):
        folder(there, replace=False)
