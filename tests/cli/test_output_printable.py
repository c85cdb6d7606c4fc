"""Nothing that comes from a file or an argument reaches a terminal as a command to it; and files that never end."""

from __future__ import annotations

import json
import os

import pytest

HEADER = (
    "Model,Hardware,Quantization,Tokens per Second (TPS),Input Length,Output Length,Power for Node (kW),Source,Notes"
)
RED = "\x1b[31m"


def harmless(text: str) -> bool:
    return text.replace("\n", "").isprintable()


def table(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def test_prose_and_file_names_are_printed_without_escape_codes(cli):
    name = cli.write(f"mine{RED}\u202e.csv", table(f"Ours,8xH100,FP8,2000,500,300,10.2,{RED}me,\x9b1m\u200b"))
    for arguments in (["catalog", "show", name], ["catalog", "validate", name]):
        printed = cli.text(*arguments)
        assert harmless(printed)
        assert "\\x1b[31m" in printed
        raw = cli.text(*arguments, "--json")
        assert harmless(raw)
        assert RED in json.dumps(json.loads(raw), ensure_ascii=False).replace("\\u001b", "\x1b")


@pytest.mark.parametrize(
    "arguments",
    [
        ("catalog", "show", f"{RED}.csv"),
        ("catalog", "show", RED),
        ("catalog", f"sh{RED}ow"),
        (f"cat{RED}alog",),
        (f"--{RED}",),
        ("estimate", f"--{RED}", "x"),
        ("estimate", f"Llama{RED}"),
        ("estimate", "Llama 3.1 405B", "--draws", RED),
        ("estimate", "Llama 3.1 405B", "--pue", f"LogNormal({RED})"),
        ("estimate", "Llama 3.1 405B", "--preset", "\u202ev1"),
        ("sweep", f"{RED}.toml"),
        ("fleet", f"{RED}"),
        ("fleet", "mixed", "--share", f"{RED}=1"),
        ("claims", f"{RED}"),
        ("plot", f"{RED}.nc", "--kind", "sobol", "-o", "a.png"),
    ],
    ids=ascii,
)
def test_refusals_are_printable(cli, arguments):
    assert harmless(cli.refused(*arguments))


def test_a_refused_table_of_escape_codes_is_printable(cli):
    message = cli.refused("catalog", "validate", cli.write("mine.csv", table(f"{RED}Ours,8xH100,FP8,{RED},,,,,")))
    assert harmless(message)
    assert "holds U+001B" in message


def test_labels_that_differ_in_case_or_blanks_are_noted(cli):
    rows = [f"{name},8xH100,FP8,{2000 + i},500,300,10.2,me," for i, name in enumerate(["Ours 8B", "ours-8b", "Other"])]
    result = cli("catalog", "validate", cli.write("mine.csv", table(*rows)))
    assert result.exit_code == 0
    assert "note: model: 'Ours 8B', 'ours-8b' differ in case, blanks or hyphens alone" in result.stderr
    assert any(
        "'ours-8b'" in note for note in json.loads(cli("catalog", "validate", "mine.csv", "--json").stdout)["notes"]
    )


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ('[pue]\n"" = 1.1', "[pue]: key = '' is empty"),
        ('[pue]\n"a\\u200b" = 1.1', "U+200B"),
        ('[pue]\n"a" = 1.1\n"a " = 1.2', "which are one name: 'a'"),
        ('[pue]\n"A" = 1.1\n"\u0410" = 1.2', "look the same"),
        ('" " = 1', "is empty"),
        ('levers = ["model\\u200b"]', "U+200B"),
        ('[[levers]]\nlever = "\\u001b[31m"\ndistribution = 2', "U+001B"),
        ('boundary = "facility\\u202e"', "U+202E"),
        ("pue = " + "9" * 5000, "cannot be read"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_names_of_a_spec_are_checked(cli, lines, named):
    cli.write("spec.toml", f'model = "DeepSeek-R1"\n{lines}\n')
    message = cli.refused("sweep", "spec.toml", "-o", "out.nc")
    assert named in message
    assert harmless(message)
    assert len(message) < 500


def test_a_model_is_found_in_any_form(cli):
    usual = cli.json("estimate", "Llama 3.1 405B", "--method", "exact")
    assert cli.json("estimate", "Llama\u00a03.1  405B ", "--method", "exact") == usual


@pytest.mark.parametrize("arguments", [("sweep", "f.toml"), ("fleet", "f.toml"), ("sensitivity", "f.toml")])
def test_a_specification_of_another_format_is_named(cli, arguments):
    os.mkfifo(cli.folder / "f.toml")
    with pytest.raises(ValueError, match="this is a pipe"):
        raise ValueError(cli(*arguments).stderr)
    (cli.folder / "f.toml").unlink()
    for content, name in [(b'{"model": "x"}', "JSON"), (b"<html></html>", "HTML"), (b"\x1f\x8b\x08", "gzip")]:
        cli.write("f.toml", content)
        message = cli.refused(*arguments)
        assert name in message
        assert "toml file is needed" in message.lower()


def test_pipes_are_not_waited_for_wherever_a_file_is_named(cli):
    os.mkfifo(cli.folder / "f.csv")
    os.mkfifo(cli.folder / "f.nc")
    for arguments in [
        ("catalog", "validate", "f.csv"),
        ("estimate", "Llama 3.1 405B", "--catalog", "f.csv"),
        ("fleet", "mixed", "--load-profile", "f.csv"),
        ("plot", "f.nc", "--kind", "sobol", "-o", "a.png"),
    ]:
        assert "this is a pipe" in cli(*arguments).stderr
