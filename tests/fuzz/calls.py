"""Python calls at random, as source text: every public function, its arguments found by their names."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import operator
from typing import Any, Never

from hypothesis import strategies as st

import wattquery as wq
from fuzz.odd_values import changed, odd_values
from fuzz.world import DAMAGES, DATASETS
from wattquery.inputs.arguments import RENAMED

__all__ = ["calls", "public"]

ROOMS = ("", "sensitivity", "claims", "catalog", "scenarios", "plot", "paper", "validation")
LEFT_OUT = ("warm", "figures", "Fold", "cross_validate", "folds", "grouped", "long_table", "scores", "verdicts")
"""The first compiles for minutes, the second draws for one; the others take what they return to each other, and no
input of a user's."""

SELDOM = (
    *("wq.claims.compare", "wq.claims.overstated", "wq.paper.audit", "wq.paper.reproduce", "wq.plot.claims"),
    "wq.report",
)
"""Take a second and more."""

NEVER = ("progress", "store", "client")
FEW = {"changes": "['sixteen-gpus']", "draws": "256", "shared_draws": "1024", "throughput_fit": "False"}
"""What calls are given where they do not say it, for speed."""

LATTICES = ("wq.sensitivity.sobol", "wq.sensitivity.sobol_of")
"""Take a power of two of draws, and more of them."""

FORMER = {new: [old for old in RENAMED if RENAMED[old] == new] for new in RENAMED.values()}
"""What arguments were called before: names that are refused in a sentence with the new one."""

RESULTS = tuple(f"result({name!r})" for name in DATASETS)
DAMAGED = tuple(f"result({name!r}, {damage!r})" for name in DATASETS for damage in DAMAGES)
MATRIX = "[[1, 0.5], [0.5, 1]]"
VALID: dict[str, tuple[str, ...]] = {
    "model": ("'DeepSeek-R1'", "['DeepSeek-R1', 'Llama 3.1 405B']", "wq.ALL", "pd.Series(['DeepSeek-R1'])"),
    "labels": (
        "2",
        "['DeepSeek-R1', 'Llama 3.1 405B']",
        "['Llama 3.1 405B', 'DeepSeek-R1']",
        "np.array(['DeepSeek-R1'])",
    ),
    "weights": (
        "[0.3, 0.7]",
        "{'Llama 3.1 405B': 0.3, 'DeepSeek-R1': 0.7}",
        "pd.Series({'Llama 3.1 405B': 0.3, 'DeepSeek-R1': 0.7})",
        "xr.DataArray([0.3, 0.7], {'model': ['Llama 3.1 405B', 'DeepSeek-R1']}, dims='model')",
        "{'model': {'DeepSeek-R1': 0.5, 'Llama 3.1 405B': 0.5}}",
        "{'model': pd.Series({'DeepSeek-R1': 0.5, 'Llama 3.1 405B': 0.5})}",
    ),
    "correlation": (
        "{'model+serving': 0.5}",
        f"pd.DataFrame({MATRIX}, ['serving', 'model'], ['serving', 'model'])",
        MATRIX,
        "np.eye(3)",
    ),
    "changes": ("['sixteen-gpus']", "'corrected'"),
    "levers": ("'serving'", "['none', 'model+serving']", "'model+serving'", "wq.Lever('x', wq.Fixed(2))"),
    "trim": ("(0.14, 0.86)", "[0.1, 0.9]", "(0.5, 0.5)"),
    "over": ("'model'", "'levers'", "['model']", "{'model': None}", "'boundary'", "'quantile'"),
    "facet": ("'model'", "'levers'", "'output_tokens'", "'boundary'", "'growth'"),
    "size": ("'column'", "'page'", "'slide'"),
    "style": ("'default'", "'grey'", "'dark'"),
    "ds": RESULTS,
    "result": RESULTS,
    "carbon_intensity": ("350", "{'SE': 30, 'PL': {'00-08': 600, '08-24': 700}}", "wq.LogNormal(200, 500)", "0.4"),
    "wue": ("1.8", "[1.8] * 24", "wq.unchecked(1800)"),
    "electricity_price": ("0.1", "{'value': 0.1, 'source': 'x'}", "pd.Series({'SE': 0.1, 'PL': 0.2})"),
    "scenario": ("'traditional'", "'mixed'", "'adoption'", "'fleet.toml'", "['traditional', 'mixed']"),
    "preset": ("'v2-code'", "'v1'", "'untrimmed'", "wq.catalog.preset('v2-text')"),
    "catalog": ("'oviedo2026'", "'mine.csv'", "wq.catalog.load('oviedo2026')", "'pipe.csv'", "'folder'"),
    "path": ("'mine.csv'", "'claims.csv'", "'empty.csv'", "'pipe.csv'", "'out.svg'", "'out.html'"),
    "subject": ("'DeepSeek-R1'", "'3 Wh'", "'mixed'", "'v1'", "['DeepSeek-R1', 'Llama 3.1 405B']", *RESULTS, *DAMAGED),
    "kind": ("'claim'", "'fleet'", "'model'", "'preset'"),
    "table": (
        "'measured.csv'",
        "pd.read_csv('measured.csv')",
        "pd.read_csv('points.csv').T",
        "'mine.csv'",
        "'pipe.csv'",
    ),
    "given": ("'points.csv'", "pd.read_csv('points.csv')", "'folder'"),
    "method": ("'exact'", "'monte_carlo'", "'quasi_monte_carlo'"),
    "quantiles": (
        "[0.5]",
        "(0.05, 0.5, 0.95)",
        "np.array([0.1, 0.9])",
        "pd.Series([0.5])",
        "[1e-320]",
        "[0.999999999]",
    ),
    "draws": ("1", "5", "256", "1024", "10**30"),
    "relative_stderr": ("0.1", "1e-300"),
    "seed": ("0", "2**64", "None"),
    "shared_draws": ("1024", "4096", "63"),
    "samples": ("[1.1, 1.2]", "np.array([1, 2, 2])", "1024"),
    "bins": ("4", "[0.1, 0.9]"),
    "factor": ("'pue'", "wq.Fixed(1.1)"),
    "factors": ("['pue']", "['pue', 'power_utilization']", "{'a': wq.Uniform(0, 1), 'b': 2}"),
    "function": ("(lambda **x: sum(x.values()))", "(lambda a, b: a * b)"),
    "groups": ("{'x': ['pue', 'power_utilization']}",),
    "pue": ("1.1", "[1.1, 1.2]", "wq.LogNormal(1.05, 1.6)", "{'low': 1.1, 'high': 1.2}"),
    "power_utilization": ("0.7", "wq.LogNormal(0.4, 0.9)", "wq.ThroughputProportional(0.24, 0.56)"),
    "node_power": ("10.2", "[10, 11]"),
    "output_tokens": ("300", "'traditional'", "['traditional', 'long']", "wq.Exponential(300)"),
    "input_tokens": ("500", "wq.Uniform(1, 1000)", "[500, 5000]"),
    "boundary": ("'node'", "'facility'", "['node', 'facility']", "wq.Boundary('node')"),
    "classes": ("{'a': {'share': 1, 'model': 'DeepSeek-R1'}}", "{'a': wq.scenarios.QueryClass(1.0, 'DeepSeek-R1')}"),
    "shares": ("{'long': 0.2}", "{'long': [0, 0.1]}", "[0.1, 0.5]", "(0.0, 1.0)"),
    "adoption": ("{'serving': 0.5}", "{'serving': {'2026-01-01': 0.1, '2027-01-01': 0.5}}"),
    "dates": ("['2026-01-01', '2027-01-01']", "pd.date_range('2026-01-01', periods=2)", "(dt.date(2026, 1, 1),)"),
    "start": ("'2026-01-01'",),
    "stop": ("'2027-01-01'", "dt.date(2027, 1, 1)"),
    "step": ("'year'", "'month'"),
    "growth": ("0.1", "{'2026-01-01': 1e9, '2027-01-01': 2e9}"),
    "rebound": ("0.2",),
    "overhead": ("{'idle': 1.1}", "1.1"),
    "load_profile": ("[1] * 24", "np.ones(24)", "{'00-08': 0.5, '08-24': 1.2}", "pd.Series([1.0] * 24)"),
    "measured_to": ("{'pue': 0.02}", "{'benchmark': 0.1}"),
    "length_uncertainty": ("0.2",),
    "of": ("'mean'", "'median'"),
    "scopes": ("{'pue': 'query'}",),
    "claim": ("'google_gemini_2025_full'", "0.3", "wq.claims.get('google_gemini_2025_full')"),
    "first": ("'google_gemini_2025_full'", "0.1"),
    "second": ("'epri_2024_chatgpt'",),
    "which": ("['google_gemini_2025_full', 'epri_2024_chatgpt']",),
    "wh": ("0.3", "1e308"),
    "source": ("'facility'", "'somebody'"),
    "target": ("'accelerator'",),
    "prepared": ("wq.prepare('DeepSeek-R1')", "wq.prepare('DeepSeek-R1', hardware='H200', load=0.5)"),
    "loads": ("(0, 0.5, 1)", "np.linspace(0, 1, 5)", "0.5", "pd.Series([0, 1])"),
    "cached_tokens": ("0", "100", "0.5"),
    "distribution": ("wq.Normal(1, 0.1)", "wq.Empirical([1, 2, 3])", "1.1", "wq.Fixed(2)", "wq.Triangular(1, 2, 3)"),
    "low": ("1", "0.5", "3"),
    "mode": ("2",),
    "high": ("3", "2.5"),
    "p5": ("1.05",),
    "p95": ("1.6",),
    "mu": ("1",),
    "sigma": ("0.1",),
    "median": ("300",),
    "value": ("1.1", "{'serving': 0.5}", "0.1"),
    "values": ("[1, 2]", "pd.Series([1, 2])"),
    "probabilities": ("[0, 1]", "np.array([0, 1])"),
    "name": ("'x'", "'serving'", "'v2-code'"),
    "counted": ("'node'", "'facility'"),
    "curve": ("'table'", "'logistic'"),
    "hourly": ("(1.0,) * 24",),
    "share": ("1.0", "'rest'"),
    "rate": ("0.1",),
    "rows": ("wq.catalog.load('oviedo2026').rows",),
    "queries_per_day": ("1e9",),
    "requests_per_hour": ("1e5", "[1.0] * 24", "{'00-08': 5, '08-24': 1}"),
    "interactivity": ("20",),
    "minimize": ("'nodes'", "'energy'"),
    "against": ("'interactivity'",),
    "variable": ("'energy'", "'energy_mean'", "'histogram'"),
    "quantile": ("0.5",),
    "axes": ("['model']",),
    "ax": ("axes()", "None"),
    "order": ("1", "2"),
    "level": ("0.95", "0.5", "(0.5, 0.9)", "[0.95]"),
    "levels": ("[0.1, 0.9]",),
    "ends": ("(0.1, 0.9)",),
    "keep_histogram": ("True",),
    "node_time_levers": ("('serving',)",),
}
"""Valid values by the argument's name; an argument that is missing here gets odd ones alone, or is left out."""


@functools.cache
def public() -> dict[str, tuple[list[inspect.Parameter], bool]]:
    """Return the arguments of every public function and class by its dotted name, and whether it takes sweep's too."""
    found = {}
    for room in ROOMS:
        home = getattr(wq, room) if room else wq
        for name in home.__all__:
            value: Any = getattr(home, name)
            error = isinstance(value, type) and (issubclass(value, Exception) or inspect.isabstract(value))
            if not callable(value) or error or name in LEFT_OUT or _is_result(value):
                continue
            parameters = list(inspect.signature(value).parameters.values())
            dotted = ".".join(filter(None, ("wq", room, name)))
            found[dotted] = (
                [one for one in parameters if one.kind is not one.VAR_KEYWORD and one.name not in NEVER],
                any(one.kind is one.VAR_KEYWORD and one.annotation not in ("Never", Never) for one in parameters),
            )
    return found


def _is_result(value: Any) -> bool:
    """Return whether a class is what functions return, and not what users write."""
    is_record = isinstance(value, type) and (dataclasses.is_dataclass(value) or issubclass(value, tuple))
    return is_record and value.__name__ in (
        [
            "Estimate",
            "LoadEstimate",
            "OperatingPoint",
            "PowerProfile",
            "PreparedQuery",
            "RequestEnergy",
            "SweepPlan",
            "Convergence",
            "Comparison",
            "Reconciliation",
            "Restated",
            "Verdict",
            "BenchmarkRow",
            "Deployment",
            "Preset",
            "PublicClaim",
        ]
    )


def _argument(name: str) -> st.SearchStrategy[str]:
    valid = VALID.get(name)
    if name in ("ds", "result"):
        return st.one_of(st.sampled_from(RESULTS), st.sampled_from(DAMAGED), odd_values)
    return odd_values if valid is None else changed(st.sampled_from(valid))


def _plain(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(VALID[name]) if name in VALID else odd_values


@functools.cache
def _call(name: str) -> st.SearchStrategy[str]:
    parameters, takes_more = public()[name]
    # Where Python itself would refuse a name, there is no sentence of ours.
    kinds = [
        one.kind for one in inspect.signature(operator.attrgetter(name.removeprefix("wq."))(wq)).parameters.values()
    ]
    names_any = inspect.Parameter.VAR_KEYWORD in kinds
    known = [one.name for one in parameters]
    required = [one.name for one in parameters if one.default is one.empty]
    more = [one for one in inspect.signature(wq.sweep).parameters if one not in (*known, *NEVER)] if takes_more else []
    optional = [one for one in known if one not in required] + more

    @st.composite
    def text(draw: st.DrawFn) -> str:
        arguments = {one: draw(_plain(one)) for one in required}
        chosen = draw(st.lists(st.sampled_from(optional), max_size=2, unique=True)) if optional else []
        arguments |= {one: draw(_argument(one) if draw(st.booleans()) else _plain(one)) for one in chosen}
        if required and draw(st.booleans()):
            changing = draw(st.sampled_from(required))
            arguments[changing] = draw(_argument(changing))
        given = "relative_stderr" in arguments or "exact" in arguments.get("method", "")
        quasi = "quasi" in arguments.get("method", "")
        for one, few in FEW.items():
            if one in (*known, *more) and one not in arguments and not (one == "draws" and given):
                arguments[one] = "1024" if one == "draws" and (quasi or name in LATTICES) else few
        if names_any and draw(st.integers(0, 15)) == 0:
            former = {key: draw(st.sampled_from(FORMER[key])) for key in known if key in FORMER}
            arguments = {former.get(key, key): value for key, value in arguments.items()}
        return f"{name}({', '.join(f'{key}={value}' for key, value in arguments.items())})"

    return text()


calls = st.sampled_from([name for name in sorted(public()) for _ in range(1 if name in SELDOM else 6)]).flatmap(_call)
