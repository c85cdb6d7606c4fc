"""Which files are opened, and what is said of the others."""

from __future__ import annotations

import os
import socket

import pytest

from wattquery.errors import InputError
from wattquery.inputs.files import check_regular, content_of
from wattquery.inputs.formats import binary_format, text_format

WANTED = "A readable CSV file"


def refused(path, **options) -> str:
    with pytest.raises(InputError) as caught:
        content_of(path, WANTED, **options)
    with pytest.raises(InputError):
        check_regular(path, WANTED, **options)
    return str(caught.value)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    assert "this is a pipe" in refused(path)
    (tmp_path / "link.csv").symlink_to(path)
    assert "this is a pipe" in refused(tmp_path / "link.csv")


def test_a_pipe_that_took_the_place_of_a_file_is_not_waited_for(tmp_path, monkeypatch):
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    monkeypatch.setattr("wattquery.inputs.files.check_regular", lambda *arguments, **options: None)
    with pytest.raises(InputError, match="this is a pipe"):
        content_of(path, WANTED)


def test_sockets_devices_and_folders_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s.csv")
        assert "this is a socket" in refused("s.csv")
    for device in ("/dev/zero", "/dev/null"):
        assert "this is a device" in refused(device)
    assert "this is a folder" in refused(tmp_path)


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "sparse.csv"
    with path.open("wb") as file:
        file.truncate(2**40)
    assert "the file has 1,099,511,627,776 bytes" in refused(path)
    path.write_bytes(b"12345")
    assert "5 bytes" in refused(path, largest=4)
    assert content_of(path, WANTED, largest=5) == b"12345"


@pytest.mark.parametrize("path", ["a\0b", "missing", "missing/deep", "x" * 5000, "\ud800"])
def test_paths_that_lead_nowhere(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    message = refused(path)
    assert message.isprintable()
    assert len(message) < 500


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml", "an Excel workbook (.xlsx)"),
        (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)"),
        (b"PK\x03\x04" + b"\0" * 26 + b"table.csv", "a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a spreadsheet or document of an old Office (.xls)"),
        (b"\x1f\x8b\x08", "compressed with gzip"),
        (b"BZh91AY", "compressed with bzip2"),
        (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
        (b"\xfd7zXZ\x00", "compressed with xz"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"%PDF-1.7", "a PDF document"),
        ("Model,Hardware\n".encode("utf-16"), "UTF-16 text"),
        ("Model,Hardware\n".encode("utf-16-le"), "UTF-16 text"),
        ("Model,Hardware\n".encode("utf-16-be"), "UTF-16 text"),
        ("Model,Hardware\n".encode("utf-32"), "UTF-32 text"),
        (b"\x89HDF\r\n\x1a\n", "a netCDF or HDF5 file"),
        (bytes(range(256)) * 4, "a binary file"),
    ],
)
def test_binary_formats_are_told(content, name):
    assert binary_format(content).name == name


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b'[{"Model": "x"}]', "JSON"),
        (b'\xef\xbb\xbf{\n  "Model": "x"\n}', "JSON"),
        (b"[1, 2]", "JSON"),
        (b'{"Model": "x"}\n{"Model": "y"}\n', "JSON with an object per line (JSONL)"),
        (b"\n<!DOCTYPE html><html>", "a web page (HTML)"),
        (b"<HTML>", "a web page (HTML)"),
        (b'<?xml version="1.0"?>', "XML"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "a pointer to a file in Git LFS"),
    ],
)
def test_text_formats_are_told(content, name):
    assert text_format(content).name == name


@pytest.mark.parametrize("content", [b"", b"Model,Hardware\n", b"[pue]\nhigh = 1.1\n", b"model = 'x'\n"])
def test_tables_and_toml_are_not_taken_for_others(content):
    assert binary_format(content) is None
    assert text_format(content) is None
