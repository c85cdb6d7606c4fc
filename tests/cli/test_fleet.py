"""`wattquery fleet`: the same as in Python, said plainly, and one sentence for whatever is wrong."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys

import pytest
import xarray as xr

import wattquery as wq
from wattquery.cli import fleet_report

FAST = ["--no-structural"]
MINE = """
title = "Ours"
queries_per_day = 1e6
[classes.chat]
share = 0.75
model = "Llama 3.1 70B"
[classes.agents]
share = 0.25
model = "Llama 3.1 405B"
output_tokens = "long"
"""


@pytest.fixture
def mine(cli) -> str:
    return cli.write("mine.toml", MINE)


def plain(ds) -> object:
    """Return a dataset as JSON has it."""
    from wattquery.cli.output import _plain

    return json.loads(json.dumps(_plain(ds.to_dict())))


def section(text: str, title: str) -> list[list[str]]:
    """Return the rows of a table, in words."""
    lines = itertools.dropwhile(lambda line: not line.startswith(title), text.splitlines())
    return [line.split() for line in itertools.takewhile(bool, lines)][3:]


def test_json_is_the_dataset(cli):
    assert cli.json("fleet", "mixed") == plain(wq.fleet("mixed"))


def test_every_option_reaches_its_argument(cli, mine):
    cli.write("day.txt", "00-08=0.5  # night\n08-24=1.25\n")
    found = cli.json(
        *["fleet", mine, "--preset", "v1,v2-code", "--queries-per-day", "2e6", "--share", "agents=0,0.5"],
        *["--overhead", "net=1.05:https://example.org, by us", "--overhead", "x=LogNormal(p5=1.01, p95=1.1)"],
        *["--levers", "none", "--levers", "serving", "--pue", "1.1", "--power-utilization", "0.6"],
        *["--node-power", "LogNormal(p5=9, p95=11)", "--input-tokens", "700", "--load-profile", "day.txt"],
        *["--occupancy", "0.5", "--carbon-intensity", "300", "--water-intensity", "1.5", "--level", "0.9"],
        *["--scope", "node_power=query", "--draws", "2e3", "--seed", "3", "--no-throughput-fit", *FAST],
    )
    expected = wq.fleet(
        "mine.toml",
        preset=["v1", "v2-code"],
        queries_per_day=2e6,
        shares={"agents": [0.0, 0.5]},
        overhead={
            "net": {"factor": 1.05, "source": "https://example.org, by us"},
            "x": wq.LogNormal(p5=1.01, p95=1.1),
        },
        levers=["none", "serving"],
        pue=1.1,
        power_utilization=0.6,
        node_power=wq.LogNormal(p5=9, p95=11),
        input_tokens=700,
        load_profile={"00-08": 0.5, "08-24": 1.25},
        occupancy=0.5,
        carbon_intensity=300,
        water_intensity=1.5,
        level=0.9,
        scopes={"node_power": "query"},
        draws=2000,
        seed=3,
        throughput_fit=False,
        structural=False,
    )
    assert found == plain(wq.convert(expected, carbon_intensity=300))


def test_sampled_means_and_another_boundary(cli, mine):
    options = ["--method", "monte_carlo", "--draws", "500", "--threads", "1", "--boundary", "node", *FAST]
    expected = wq.fleet(mine, method="monte_carlo", draws=500, threads=1, boundary="node", structural=False)
    assert cli.json("fleet", mine, *options) == plain(expected)
    text = cli.text("fleet", mine, *options)
    assert "1 fleet, method monte_carlo, 500 draws a model, seed 0, preset v2-code, boundary node, " in text


@pytest.mark.parametrize(
    ("preset", "published", "words"),
    [
        ("v2-code", ["0.7", "1.7", "0.8"], ["reproduced"] * 3),
        ("v1", ["0.8", "1.8", "0.9"], ["reproduced", "NOT REPRODUCED", "reproduced"]),
    ],
)
def test_the_papers_totals(cli, preset, published, words):
    arguments = ["fleet", "traditional", "mixed", "mixed-improved", "--preset", preset, *FAST]
    result = cli(*arguments)
    rows = section(result.stdout, "Expected energy")
    assert [row[2] for row in rows] == published
    assert [" ".join(row[5:]) for row in rows] == words
    assert result.exit_code == 0
    assert cli(*arguments, "--check").exit_code == (1 if preset == "v1" else 0)


def test_everything_about_scenarios(cli, mine):
    text = cli.text("fleet", mine, "mixed")
    ds = wq.fleet([mine, "mixed"])
    own = section(text, "Expected energy")[0]
    assert own[:5] == ["mine", "facility", "1,000,000", f"{ds['energy_per_day'].values[0]:#.4g}", "-"]
    title = "Intervals [GWh/day], 95 %, +- standard error of the less certain end; structural: the range over 8 choices"
    intervals = section(text, title)[1]
    low, high = ds["energy_interval"].sel(scenario="mixed", interval="epistemic").values
    assert intervals[7:10] == [f"{low:#.3g}", "to", f"{high:#.3g}"]
    errors = ds["energy_interval_stderr"].sel(scenario="mixed", interval="epistemic").values
    assert intervals[10] == f"+-{100 * max(errors / [low, high]):.2g}"
    classes = section(text, "By class")
    assert [row[:3] for row in classes] == [
        ["mine", "chat", "0.75"],
        ["mine", "agents", "0.25"],
        ["mixed", "traditional", "0.9"],
        ["mixed", "long", "0.1"],
    ]
    components = section(text, "By component")
    assert [row[0] for row in components][-1] == "factor_3"
    assert " ".join(components[-1][3:]) == "not explained by the source"
    assert "\n  mine: Ours\n" in text
    assert "\nNotes\n" in text


def test_a_grid_is_cut_and_says_so(cli):
    lines = cli.text("fleet", "long-share", *FAST).splitlines()
    assert "48 more rows are not shown. Write all of them to a file with -o out.nc." in lines
    header = next(line for line in lines if line.startswith("long_share"))
    assert header.split() == [
        *["long_share", "levers", "energy", "[GWh/day]", "epistemic,", "95", "%", "mean", "power", "[MW]"],
        *["levers", "save"],
    ]
    assert any(line.endswith("energy and nodes") for line in lines)
    assert sum(line.startswith("0.") for line in lines) == 40 - 8  # the first eight are of no long query at all


def test_one_share_is_no_axis_and_what_was_replaced_is_said(cli):
    text = cli.text("fleet", "mixed", "--share", "long=0.2", "--pue", "1.2", *FAST)
    assert "long_share" not in text
    assert "\n  mixed: One billion queries a day, 10 % of them long; replaced: pue, shares\n" in text
    assert section(text, "By class")[1][:3] == ["mixed", "long", "0.2"]


def test_what_ships(cli):
    rows = {line.split()[0]: line for line in cli.text("fleet").splitlines()[2:] if line}
    assert set(wq.scenarios.names()) <= set(rows)
    assert "1,056  3 preset x 4 pue x 11 long_share x 8 levers" in rows["planning-grid"]
    listed = {one["name"]: one for one in cli.json("fleet")["scenarios"]}
    assert listed["long-share"]["axes"] == {"long_share": 11, "levers": 8}
    assert listed["long-share"]["combinations"] == 88


def test_a_shown_scenario_is_one_to_start_from(cli):
    cli.write("mine.toml", cli.text("fleet", "--show", "mixed"))
    shown, shipped = (cli.json("fleet", one, *FAST)["data_vars"] for one in ("mine.toml", "mixed"))
    assert shown == shipped


def test_a_file_a_picture_and_json_at_once(cli):
    result = cli(
        "fleet", "traditional", "mixed", "-o", "a.nc", "--plot", "a.svg", "--by", "query_class", "--json", *FAST
    )
    assert result.stderr == "a.nc: 2 fleets (2 scenario), method exact, seed 0\na.svg: fleet\n"
    assert json.loads(result.stdout)["dims"]["scenario"] == 2
    assert list(cli.files()) == ["a.nc", "a.svg"]
    drawn = (cli.folder / "a.svg").read_bytes()
    cli.text("plot", "a.nc", "--kind", "fleet", "--by", "query_class", "-o", "b.svg")
    assert (cli.folder / "b.svg").read_bytes() == drawn
    assert "'a.nc' exists" in cli.refused("fleet", "mixed", "-o", "a.nc")
    assert cli("fleet", "mixed", "-o", "a.nc", "--force", *FAST).exit_code == 0


def test_a_picture_of_a_selection(cli):
    message = cli.refused("fleet", "long-share", "--plot", "a.png", "-o", "a.nc", *FAST)
    assert "--select levers=none" in message
    cli.text("fleet", "long-share", "--plot", "a.pdf", "-o", "a.nc", "--select", "levers=serving", *FAST)
    assert list(cli.files()) == ["a.nc", "a.pdf"]


REST = '[classes.b]\nshare = "rest"\nmodel = "Llama 3.1 70B"\n'


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("queries_per_day = ", ["mine.toml: this is not valid TOML"]),
        (b"\xff\xfe", ["'mine.toml': this is UTF-16 text"]),
        (MINE.replace("0.25", "0.2"), ["chat = 0.75, agents = 0.2 must sum to 1, got 0.95", "'rest'"]),
        (MINE.replace("1e6", "-1"), ["queries_per_day must be above 0", "got -1"]),
        (MINE.replace("title", "titel"), ["'titel'", "Did you mean 'title'?"]),
        (MINE + "levrs = 'none'", ["class 'agents' has no key 'levrs'", "Did you mean 'levers'?"]),
        (MINE.replace("queries_per_day = 1e6", ""), ["without 'queries_per_day'"]),
        (
            MINE + "pue = [1.1, 1.2]",
            [
                "class 'agents': pue must be one value for one class of queries, got [1.1, 1.2]",
                "one value",
                "axes = {'pue'",
            ],
        ),
        (
            MINE + "pue = {a = 1.1}",
            ["class 'agents': pue must be one value", "got {'a': 1.1}"],
        ),
        (MINE + "serving = ['a', 'b']", ["class 'agents': serving", "Make another class of it."]),
        (MINE + "levers = 'serving+serving'", ["class 'agents': levers", "'serving' more than once"]),
        (MINE + "levers = ['serving', 'serving']", ["class 'agents': levers", "'serving' more than once"]),
        (MINE + "levers = [3]", ["class 'agents': levers must be names of levers, got [3]", "names of levers"]),
        (MINE + "levers = 'srving'", ["'srving'", "Did you mean 'serving'?"]),
        (MINE + "lever_factors.srving = 2.0", ["lever_factors names 'srving'", "Did you mean 'serving'?"]),
        ("node_time_levers = ['modl']" + MINE, ["node_time_levers names 'modl'", "Did you mean 'model'?"]),
        ("trajectory = 3" + MINE, ["trajectory = 3 is not a table"]),
        ("classes = 3\nqueries_per_day = 1", ["classes must be a table, got 3"]),
        ("load_profile = {'00-08' = 1, '09-24' = 1}" + MINE, ["a gap", "from 8:00"]),
        ("load_profile = {'00-08' = 1, '07-24' = 1}" + MINE, ["7:00 twice"]),
        ("overhead = {a = 0.9}" + MINE, ["Step 'a'", "0.9", "within 1 to 100"]),
        ("occupancy = 80" + MINE, ["got 80: the share of the time", "0.8"]),
        ("published = 'mixd'" + MINE, ["'mixd'", "Did you mean 'mixed'?"]),
        ("axes = {puee = [1.1]}" + MINE, ["'puee'", "Did you mean 'pue'?"]),
        (
            "axes = {chat_share = [0.5, 2]}" + MINE,
            ["chat_share must be different shares from 0 to 1, got [0.5, 2]"],
        ),
        (MINE + REST.replace("rest", "all"), ["got 'all'", "'rest'"]),
        (
            MINE.replace("70B", "7B"),
            ["class 'chat': model", "'Llama 3.1 7B'", "'Llama 3.1 70B'"],
        ),
        (MINE + "catalog = 'x.csv'", ["class 'agents' has no key 'catalog'"]),
        ("catalog = 'absent.csv'" + MINE, ["absent.csv", "no such file"]),
    ],
)
def test_wrong_files(cli, content, named):
    name = cli.write("mine.toml", content)
    message = " ".join(cli.refused("fleet", name, *FAST).split())
    for one in named:
        assert one in message


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["mixd"], ["'mixd'", "Did you mean 'mixed'?"]),
        (["absent.toml"], ["absent.toml", "no such file"]),
        (["mixed", "mixed"], ["'mixed' more than once"]),
        (["mixed", "long-share"], ["must have the same axes", "one scenario at a time"]),
        (["mixed", "--share", "long=2"], ["long_share", "from 0 to 1"]),
        (["mixed", "--share", "long"], ["--share must be CLASS=0.2", "got long", "CLASS=0.2"]),
        (["mixed", "--share", "long=x"], ["must be a finite number, got 'x'"]),
        (["mixed", "--share", "lng=0.1"], ["'lng'", "Did you mean 'long'?"]),
        (["mixed", "--share", "long=0.1", "--share", "long=0.2"], ["'long' more than once"]),
        (["mixed", "--share", "long=0.5", "--share", "traditional=0.6"], ["must sum to at most 1, got 1.1"]),
        (["mixed", "--queries-per-day", "-1"], ["queries_per_day must be above 0", "got -1"]),
        (["mixed", "--levers", "serving+serving"], ["'serving' more than once"]),
        (["mixed", "--pue", "0.9"], ["pue must be within 1 to 4, got 0.9"]),
        (["mixed", "--pue", "LogNorm(1, 2)"], ["'LogNorm'", "Did you mean 'LogNormal'?"]),
        (["mixed", "--boundary", "nod"], ["'nod'", "Did you mean 'node'?"]),
        (["mixed", "--overhead", "a"], ["--overhead must be NAME=1.05", "got a", "NAME=1.05"]),
        (["mixed", "--overhead", "a=x"], ["Step 'a'", "'x'"]),
        (["mixed", "--load-profile", "1,2,3"], ["3 numbers", "24"]),
        (["mixed", "--load-profile", "absent.txt"], ["absent.txt", "there is no such file"]),
        (["mixed", "--load-profile", "00-08=1,00-08=2"], ["'00-08=2'", "there already"]),
        (["mixed", "--load-profile", "00-08=1,2"], ["'2'", "without a span"]),
        (["mixed", "--load-profile", "a,b"], ["must be a finite number, got 'a'"]),
        (["mixed", "--occupancy", "0"], ["up to 1, got 0: the share of the time", "at least 0.0001"]),
        (["mixed", "--carbon-intensity", "-1"], ["carbon_intensity must be 0 or more", "got -1"]),
        (["mixed", "--level", "95"], ["level must lie between 0 and 1, got 95", "between 0 and 1"]),
        (["mixed", "--scope", "pue=each"], ["'each'", "'query', 'shared'"]),
        (["mixed", "--preset", "v3"], ["'v3'"]),
        (["mixed", "--preset", ","], ["--preset must be a name", "got ,"]),
        (["mixed", "--by", "component"], ["--by needs --plot"]),
        (["mixed", "--plot", "a.jpg"], ["'.jpg'"]),
        (["mixed", "-o", "a.ods"], ["'a.ods'"]),
        (["mixed", "--pue", "1.1", "--check", *FAST], ["--check needs a figure that was published"]),
        (["--preset", "v1"], ["--preset needs a scenario"]),
        (["--show", "mixd"], ["'mixd'", "Did you mean 'mixed'?"]),
        (["--show", "mixed", "--json"], ["--json cannot stand beside --show"]),
    ],
)
def test_wrong_options(cli, arguments, named):
    message = " ".join(cli.refused("fleet", *arguments).split())
    for one in named:
        assert one in message


def test_one_of_several_that_cannot_be_computed_is_named(cli, mine):
    cli.write("other.toml", MINE.replace("70B", "7B"))
    assert "scenario 'other': class 'chat': model" in cli.refused("fleet", mine, "other.toml", *FAST)


def test_the_list_is_light():
    code = (
        "import sys, atexit\n"
        "heavy = ['numba', 'pandas', 'xarray']\n"
        "atexit.register(lambda: print([m for m in heavy if m in sys.modules], file=sys.stderr))\n"
        "from wattquery.cli import main; main(['fleet'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr.splitlines()[-1] == "[]"


def test_an_end_that_nothing_bounds_is_not_printed_as_a_number():
    ds = wq.fleet("traditional", structural=False)
    ds["energy_interval"].loc[{"interval": "epistemic", "bound": "upper"}] = 1e200
    text = "\n".join(fleet_report.report(ds))
    low = ds["energy_interval"].sel(interval="epistemic", bound="lower").item()
    assert f"{low:#.3g} or more" in text
    assert "e+200" not in text


def test_progress_is_shown_where_someone_watches(cli, terminal):
    assert cli("fleet", "traditional", *FAST).exit_code == 0
    assert sum(terminal) == 1000
    terminal.clear()
    assert cli("fleet", "traditional", *FAST, "--no-progress").exit_code == 0
    assert not terminal


def test_a_fleet_under_load(cli):
    content = MINE.replace("[classes", "[axes]\nload = [0.1, 0.5]\n[classes", 1)
    name = cli.write("loaded.toml", content)
    found = cli.json("fleet", name, "--hardware", "B200", "--accelerators", "8", *FAST)
    assert found == plain(wq.fleet(name, hardware="B200", accelerators=8, structural=False))
    text = cli.text("fleet", name, "--hardware", "B200", "--load", "0.5", *FAST)
    assert "instance hours [h/day]  instances  accelerators each  accelerator hours [h/day]" in text
    assert "Power and instances" in text
    assert "of 8 accelerators each" in text
    assert "run on the same instances" not in text  # two models
    refused = cli.refused("fleet", name, "--load", "2", "--hardware", "H100 SXM", *FAST)
    assert "load" in refused


def test_a_store_has_what_memory_would(cli):
    options = ["--share", "agents=0,0.5", *FAST]
    printed = cli.text("fleet", cli.write("mine.toml", MINE), *options, "--store", "a.zarr")
    assert printed.strip() == "a.zarr: Energy of a fleet per day, 2 agents_share"
    stored = wq.stores.open("a.zarr")
    xr.testing.assert_equal(
        stored.drop_vars("done"), wq.fleet("mine.toml", shares={"agents": [0, 0.5]}, structural=False)
    )
    assert "agents_share lacks '0'" in cli.refused(
        "fleet", "mine.toml", *FAST, "--share", "agents=0.5,1", "--store", "a.zarr"
    )
    assert "--scheduler local:2 needs --store PATH" in cli.refused("fleet", "mine.toml", "--scheduler", "local:2")


def test_pools_are_printed_with_nodes_loads_and_power_in_units_of_their_size(cli):
    text = cli.text("fleet", "two-pools", "--by-hour", "--pool", "h100.load=50%", "--pool", "b200.reserve=0", *FAST)
    lines = text.splitlines()
    assert lines[0].startswith("Energy per day [MWh/day]: 1 fleet")
    start = next(i for i, line in enumerate(lines) if line.startswith("By pool, reserve included"))
    assert lines[start + 1].split()[:4] == ["scenario", "pool", "nodes", "accelerators"]
    rows = [line.split() for line in lines[start + 3 : start + 5]]
    assert [row[1] for row in rows] == ["h100", "b200"]
    assert "mean power [MW]" in lines[start + 1]
    hours = next(i for i, line in enumerate(lines) if line.startswith("By hour"))
    assert [line.split()[0] for line in lines[hours + 3 : hours + 27]][::23] == ["00-01", "23-24"]
    assert "pool b200: interactivity 50 in the highest hour; no reserve" in text
    assert "pool h100: load 0.5 in the highest hour; a reserve of 1" in text


@pytest.mark.parametrize(
    ("option", "named"),
    [
        ("load=0.5", "--pool must be NAME.KEY=VALUE, got load=0.5"),
        ("h100.lod=0.5", "Did you mean 'load'?"),
        ("h100.load=0.5 h100.load=0.6", "--pool must give each key once, got h100.load more than once"),
        ("h100.interactivity=4000", "no load gives interactivity of 4000 tokens/s per user or more"),
    ],
)
def test_options_of_pools_that_make_no_sense(cli, option, named):
    options = [part for one in option.split() for part in ("--pool", one)]
    assert named in cli.refused("fleet", "two-pools", *options, *FAST)
