"""Shell completion: names that ship and files beside them, through click's own completion, without numpy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from click.shell_completion import BashComplete, get_completion_class

from wattquery.cli import main

CASES = {
    "estimate DeepSeek-R": "DeepSeek-R1",
    "estimate deepseek-r": "DeepSeek-R1",
    "estimate front": "frontier",
    "estimate x --hardware H2": "H200",
    "estimate x --workload azure_c": "azure_code",
    "estimate x --preset v2": "v2-text",
    "sweep x --catalog def": "default",
    "sweep x --load 1 --batch-workload ag": "agent",
    "estimate x --output-tokens lo": "long",
    "claims altman": "altman_2025",
    "claims --against google_s": "google_search_2009",
    "fleet traditional mixed-u": "mixed-under-load",
    "fleet --show ": "two-pools",
    "fleet mixed --hardware B2": "B200",
    "trajectory ad": "adoption",
    "plan-capacity two": "two-pools",
    "plan-capacity x --hardware MI3": "MI300X",
    "plot --kind ": "heatmap",
    "sensitivity x --index worth": "worth-measuring",
    "workloads servegen_m_l": "servegen_m_large",
    "catalog show ": "oviedo2026",
    "reproduce --preset unt": "untrimmed",
    "power-profile x --hardware L4": "L40S",
    "sw": "sweep",
    "sweep --dry": "--dry-run",
}


def offered(line: str) -> list[str]:
    *words, incomplete = line.split(" ")
    return [
        one.value
        for one in BashComplete(main, {}, "wattquery", "_WATTQUERY_COMPLETE").get_completions(words, incomplete)
    ]


@pytest.mark.parametrize("line", CASES)
def test_names_are_offered_and_none_that_begins_otherwise(line: str) -> None:
    found = offered(line)
    assert CASES[line] in found
    assert all(one.casefold().startswith(line.rpartition(" ")[2].casefold()) for one in found)
    assert len(found) == len(set(found))


def test_files_stand_beside_names_and_folders_can_be_gone_into(cli) -> None:
    cli.write("mixed-mine.toml", "")
    cli.write("mixed.txt", "")
    (cli.folder / "mixed-files").mkdir()
    cli.write("mixed-files/other.toml", "")
    found = offered("fleet mixed")
    assert {"mixed", "mixed-mine.toml", "mixed-files/"} <= set(found)
    assert "mixed.txt" not in found
    assert offered("fleet mixed-files/") == ["mixed-files/other.toml"]
    assert offered("fleet no-such-folder/") == []


def test_bash_gets_blanks_escaped_and_other_shells_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Llama 3.1 405B" in offered("estimate Llama")
    monkeypatch.setenv("_WATTQUERY_COMPLETE", "bash_complete")
    assert any(one.replace("\\\\", "\\") == r"Llama\ 3.1\ 405B" for one in offered("estimate Llama"))


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_itself_puts_a_name_with_blanks_on_the_line(tmp_path) -> None:
    program = tmp_path / "wattquery"
    program.write_text(f"#!{sys.executable}\nfrom wattquery.__main__ import run\nrun()\n", encoding="utf-8")
    program.chmod(0o755)
    script = """
        eval "$(_WATTQUERY_COMPLETE=bash_source wattquery)"
        COMP_WORDS=(wattquery estimate Llama); COMP_CWORD=2
        _wattquery_completion wattquery Llama estimate
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    environment = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    found = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert r"Llama\ 3.1\ 405B" in found.stdout.splitlines()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_calls_us(shell: str) -> None:
    source = get_completion_class(shell)(main, {}, "wattquery", "_WATTQUERY_COMPLETE").source
    if shell != "bash":  # whose version is looked up first
        assert "_WATTQUERY_COMPLETE" in source()


def test_completing_imports_nothing_that_is_slow() -> None:
    lines = [line for line in CASES if "--index" not in line]
    code = (
        "import sys\n"
        "from click.shell_completion import BashComplete\n"
        "from wattquery.cli import main\n"
        f"for line in {lines!r}:\n"
        "    *words, last = line.split(' ')\n"
        "    BashComplete(main, {}, 'wattquery', '_WATTQUERY_COMPLETE').get_completions(words, last)\n"
        "print(sorted({'numpy', 'pandas', 'scipy', 'xarray', 'numba', 'matplotlib'} & set(sys.modules)))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
