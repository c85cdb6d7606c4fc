"""`wattquery power-profile`."""

import json

from click.testing import CliRunner

import wattquery as wq
from wattquery.cli import main

ASKED = ["power-profile", "Llama 3.1 70B", "--hardware", "H100 SXM", "--output-tokens", "300", "--loads", "0,10%,1"]


def test_it_prints_a_table_and_writes_what_python_writes(tmp_path):
    path = tmp_path / "profile.json"
    done = CliRunner().invoke(main, [*ASKED, "--level", "50%", "-o", str(path)])
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == "Llama 3.1 70B: Llama 3 / 3.1 / 3.3 70B on 2 x H100 SXM, W per accelerator"
    assert [line.split()[0] for line in lines[3:]] == ["0.00", "0.100", "1.00"]
    expected = wq.power_profile("Llama 3.1 70B", hardware="H100 SXM", output_tokens=300, loads=(0, 0.1, 1), level=0.5)
    assert wq.PowerProfile.read(path) == expected
    again = CliRunner().invoke(main, [*ASKED, "-o", str(path)])
    assert again.exit_code == 2
    assert "--force" in again.output
    printed = CliRunner().invoke(main, [*ASKED, "--level", "0.5", "--json"])
    assert json.loads(printed.stdout) == expected.to_dict()
