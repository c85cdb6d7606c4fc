"""A combination that no row has and the load model knows: the message says that a load would do, from every door."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import wattquery as wq
from wattquery.cli import main

HINT = "Under a load no row is needed: pass load=0.5 (--load 0.5 in the shell)"
KNOWN = {"model": "Llama 3.1 70B", "hardware": "H100 SXM"}
FLEET = {"queries_per_day": 1e6}


def refusal(function, *arguments: object, **options: object) -> str:
    with pytest.raises(wq.InputError) as caught:
        function(*arguments, **options)
    return str(caught.value)


@pytest.mark.parametrize("function", [wq.estimate, wq.sweep, wq.sensitivity.sobol, wq.sensitivity.tornado])
def test_functions_offer_a_load(function) -> None:
    said = refusal(function, KNOWN["model"], hardware=KNOWN["hardware"])
    assert "is in no row of catalog 'oviedo2026'" in said
    assert said.endswith(f"{HINT}.")


def test_fleets_offer_a_load() -> None:
    assert HINT in refusal(wq.fleet, classes={"chat": {"share": 1, **KNOWN}}, **FLEET)
    known = {"model": "Llama 3.1 8B", "hardware": "MI355X", "precision": "FP8"}
    said = refusal(wq.fleet, classes={"chat": {"share": 1, **known}}, catalog="default", **FLEET)
    assert "has no rows of 'Llama 3.1 8B' for this class" in said
    assert HINT in said


def test_the_shell_and_files_offer_a_load(tmp_path: Path) -> None:
    spec = tmp_path / "spec.toml"
    spec.write_text('model = "Llama 3.1 70B"\nhardware = "H100 SXM"\n')
    for arguments in (["estimate", KNOWN["model"], "--hardware", KNOWN["hardware"]], ["sweep", str(spec)]):
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 2
        assert HINT in " ".join(result.output.split())


def test_rows_that_are_missing_offer_a_load() -> None:
    said = refusal(wq.estimate, "DeepSeek-R1", hardware="H100 80GB HBM3")
    assert "has no rows of 'DeepSeek-R1'" in said
    assert ("Under a load" in said) == ("H100 80GB HBM3" in _accelerators())
    assert HINT in refusal(wq.estimate, "Llama 3.1 8B", hardware="MI355X", precision="FP8", catalog="default")


def _accelerators() -> set[str]:
    return {alias for aliases in wq.catalog.load("default").known["hardware"].values() for alias in aliases}


def test_without_an_accelerator_one_is_asked_for() -> None:
    assert f"{HINT}, and a hardware such as 'H100 SXM'." in refusal(wq.estimate, "gpt-oss-120b")


@pytest.mark.parametrize(
    "unknown", [{"model": "Abacus 3"}, {"hardware": "Abacus"}, {"model": ["Llama 3.1 70B", "Abacus 3"]}], ids=str
)
def test_what_no_load_model_knows_gets_no_offer(unknown: dict[str, object]) -> None:
    said = refusal(wq.sweep, **{**KNOWN, **unknown})
    assert "is in no row" in said
    assert "Under a load" not in said
