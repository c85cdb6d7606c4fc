"""A workload beside a length is refused in one sentence, from every door."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import wattquery as wq
from wattquery.cli import main
from wattquery.specs.joint_lengths.beside import check_alone

CHAT = wq.Workload([100, 300], [1000, 10], name="chat")
SENTENCE = r"workload takes the place of output_tokens and input_tokens and must be given without them, got .* beside"


@pytest.mark.parametrize("beside", [{"output_tokens": 300}, {"input_tokens": 500}, {"output_tokens": "traditional"}])
def test_in_python(beside) -> None:
    for function in (wq.sweep, wq.estimate, wq.sensitivity.sobol, wq.sensitivity.tornado, wq.sensitivity.nested):
        with pytest.raises(wq.InputError, match=rf"{SENTENCE} {next(iter(beside))} = .*Leave out"):
            function("Llama 3.1 405B", workload=CHAT, **beside)
    with pytest.raises(wq.InputError, match=SENTENCE):
        wq.scenarios.QueryClass(1, "Llama 3.1 405B", workload=CHAT, **beside)


def test_both_are_named() -> None:
    with pytest.raises(wq.InputError, match=r"beside output_tokens and input_tokens = 300 and 500\. Leave out"):
        check_alone({"workload": CHAT, "output_tokens": 300, "input_tokens": 500})


def test_what_a_preset_says_of_inputs_is_not_beside() -> None:
    check_alone({"workload": CHAT, "output_tokens": None, "input_tokens": None})
    assert wq.estimate("Llama 3.1 405B", workload=CHAT, method="exact").assumptions["workload"] == "chat"


def test_an_axis_of_inputs_over_a_class_with_a_workload() -> None:
    classes = {"chat": wq.scenarios.QueryClass(1, "Llama 3.1 405B", workload=CHAT)}
    with pytest.raises(wq.InputError, match=rf"class 'chat': {SENTENCE} input_tokens"):
        wq.fleet(classes=classes, queries_per_day=1e6, input_tokens=[100, 500])


def test_in_a_file(tmp_path) -> None:
    spec = tmp_path / "spec.toml"
    spec.write_text(
        'model = "Llama 3.1 405B"\ninput_tokens = 500\nmethod = "exact"\n'
        "workload = { output_tokens = [100, 300], input_tokens = [1000, 10] }\n"
    )
    for command in ("sweep", "sensitivity"):
        result = CliRunner().invoke(main, [command, str(spec), "--no-progress"])
        assert result.exit_code == 2
        assert "must be given without them" in " ".join(result.output.split())


def test_as_an_option() -> None:
    arguments = ["estimate", "Llama 3.1 405B", "--workload", "mine", "--output-tokens", "300"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "got workload = 'mine' beside output_tokens = 300" in " ".join(result.output.split())


@pytest.mark.parametrize("workload", ["no_such", 300, 1.5, ["no_such"], {"a": 300}])
def test_what_is_no_workload(workload) -> None:
    with pytest.raises(wq.InputError, match=r"workload"):
        wq.sweep("Llama 3.1 405B", workload=workload)


def test_an_output_length_by_an_unknown_name_points_to_workloads() -> None:
    with pytest.raises(wq.InputError, match=r"is not a workload of the preset.*or workload= for pairs"):
        wq.sweep("Llama 3.1 405B", output_tokens="azure_conversation")
