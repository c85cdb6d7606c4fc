"""Old names of options and of keys in files: refused with the new name, wherever one of that name is taken."""

from __future__ import annotations

import click
import pytest

from wattquery.cli import main
from wattquery.cli.group import CommandLine
from wattquery.cli.specfile import check_keys
from wattquery.errors import InputError
from wattquery.inputs.arguments import RENAMED


@pytest.mark.parametrize("old", RENAMED)
def test_every_option_that_was_renamed_says_its_new_name(cli, monkeypatch, old):
    @click.command("spare")
    @click.option(f"--{RENAMED[old].replace('_', '-')}")
    def spare(**options):
        raise AssertionError("the command ran")

    monkeypatch.setitem(main.commands, "spare", spare)
    option = f"--{old.replace('_', '-')}"
    message = cli.refused("spare", option, "3")
    assert f"{option} is now called --{RENAMED[old].replace('_', '-')}." in message
    assert "No such option" not in message


def test_an_option_that_was_never_there_is_as_before(cli):
    message = cli.refused("claims", "--samples", "3")
    assert "No such option" in message
    assert "now called" not in message


def test_a_renamed_option_is_refused_by_a_command(cli):
    assert "--samples is now called --draws. Write that." in cli.refused("estimate", "DeepSeek-R1", "--samples", "9")
    assert "--confidence is now called --level." in cli.refused("fleet", "mixed", "--confidence", "0.9")
    assert "--level 0.9 reaches from" in cli.refused("fleet", "mixed", "--credible", "0.05,0.5")


@pytest.mark.parametrize("written", ["--shared_draws", "--shared_draws=256"])
def test_an_option_with_underscores_is_told_its_dashes(cli, written):
    message = cli.refused("fleet", "mixed", written, "256")
    assert "'--shared_draws': options are written with dashes. Write --shared-draws." in message


@pytest.mark.parametrize("old", RENAMED)
def test_every_key_that_was_renamed_says_its_new_name(old):
    with pytest.raises(InputError, match=f"a.toml: the key '{old}' is now called '{RENAMED[old]}'"):
        check_keys([old], ["model", RENAMED[old]], "a.toml")
    with pytest.raises(InputError, match=f"a.toml has no key '{old}'"):
        check_keys([old], ["model"], "a.toml")


def test_a_renamed_key_of_a_file(cli):
    cli.write("spec.toml", 'model = "DeepSeek-R1"\nsamples = 1000')
    assert "'samples' is now called 'draws'" in cli.refused("sweep", "spec.toml")


def test_the_group_is_the_one_that_words_errors():
    assert isinstance(main, CommandLine)
