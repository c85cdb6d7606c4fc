"""`wattquery workloads`: the named workloads, and what there is to know about one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from wattquery.cli import completing
from wattquery.cli.examples import examples
from wattquery.cli.options import json_option
from wattquery.cli.output import aligned, echo, echo_json
from wattquery.cli.wrong_files import takes

if TYPE_CHECKING:
    from wattquery.specs.workload import Workload
    from wattquery.workloads.logs import RequestLog

__all__ = ["workloads_command"]

HELP = """List the named workloads: lengths of queries of real services.

With a NAME, show what there is to know about that one. A request log has the NAME of its file, with its columns where
these are not known: log.csv,input=prompt,output=answer.
"""

PERCENTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


EXAMPLES = examples(
    {
        "wattquery workloads": "the list",
        "wattquery workloads azure_conversation": "one of them",
        "wattquery workloads planner/requests.csv": "a log of requests of your own",
    }
)


@click.command("workloads", help=HELP, epilog=EXAMPLES)
@click.argument(
    "name",
    metavar="[NAME]",
    required=False,
    callback=takes("the name of a workload, or a log of requests", "table"),
    shell_complete=completing.workloads,
)
@json_option
def workloads_command(name: str | None, as_json: bool) -> None:
    """List the named workloads, or show one."""
    from wattquery.workloads.converters import workload as chosen
    from wattquery.workloads.named import load, names

    if name is not None:
        workload = chosen(name)
        if as_json:
            echo_json(_plain(workload))
        else:
            echo("\n".join(_lines(workload)))
        return
    plain = [_plain(load(one)) for one in names()]
    if as_json:
        echo_json({"workloads": plain})
    else:
        echo("\n".join(_table(plain)))


def _plain(workload: Workload) -> dict[str, Any]:
    """Return what there is to know about a named workload as plain values; its nodes are not among them."""
    from wattquery.workloads.logs import RequestLog
    from wattquery.workloads.named import described

    if isinstance(workload, RequestLog):
        return _of_log(workload)
    row = described()[workload.name]
    plain: dict[str, Any] = {"name": workload.name, "title": row["title"], **_lengths(workload)}
    plain |= {"rank_correlation": float(row["rank_correlation"]) if row["rank_correlation"] else None}
    plain |= {"independent": workload.independent, "quantile_error": workload.quantile_error, "nodes": workload.size}
    plain |= {"requests": int(row["requests"]) if row["requests"] else None}
    plain |= {key: row[key] for key in ("source", "url", "date", "licence", "attribution")}
    return plain | {"notes": list(workload.notes)}


def _lengths(workload: Workload) -> dict[str, Any]:
    plain = {}
    for column in ("output_tokens", "input_tokens", "cached_tokens"):
        quantiles = dict(zip(map(str, PERCENTILES), workload.quantile(PERCENTILES, column).tolist(), strict=True))
        plain[column] = {"mean": workload.mean(column), "quantiles": quantiles}
    return plain


def _of_log(log: RequestLog) -> dict[str, Any]:
    """Return what a request log says as plain values."""
    plain: dict[str, Any] = {"name": log.name, "title": "a request log", **_lengths(log)}
    plain |= {"quantile_error": log.quantile_error, "nodes": log.size, "requests": log.requests}
    plain |= {"left_out": dict(log.left_out), "cached_share": log.cached_share}
    plain |= {"load_profile": None if log.hourly is None else list(log.hourly), "sessions": log.sessions}
    plain["requests_per_session"] = log.requests_per_session if log.sessions else None
    return plain | {"source": log.origin, "notes": list(log.notes)}


def _table(plain: list[dict[str, Any]]) -> list[str]:
    header = ["workload", "output mean", "P50", "P95", "input mean", "P50", "P95", "pairs", "error", "what it is"]
    rows = [
        [
            one["name"],
            *(
                f"{number:,.0f}"
                for column in ("output_tokens", "input_tokens")
                for number in (one[column]["mean"], *(one[column]["quantiles"][p] for p in ("0.5", "0.95")))
            ),
            "no" if one["independent"] else "yes",
            f"{100.0 * one['quantile_error']:.2g} %",
            one["title"],
        ]
        for one in plain
    ]
    return [
        *aligned(header, rows, text=(0, 7, 9)),
        "",
        "Lengths in tokens. pairs: whether the lengths of a request are known together; if not, they are taken to be",
        "independent. error: about the largest relative error of a quantile, P5 to P95, from compression to at most",
        "1,024 nodes, whatever the prefill weight and the throughput.",
    ]


def _hours_and_sessions(plain: dict[str, Any]) -> list[str]:
    profile, sessions = plain["load_profile"], plain["sessions"]
    lines = []
    if profile is not None:
        peak = max(profile) / (sum(profile) / len(profile))
        lines.append(f"{sum(profile):,.0f} requests per day; the busiest hour has {peak:.3g} times the mean")
        lines.append(f"load profile: {','.join(f'{rate:.6g}' for rate in profile)}")
    if sessions:
        lines.append(f"{sessions:,.0f} sessions, of {plain['requests_per_session']:.3g} requests in the mean")
    return lines


def _lines(workload: Workload) -> list[str]:
    plain = _plain(workload)
    header = ["tokens", "mean", *(f"P{100 * p:g}" for p in PERCENTILES)]
    rows = [
        [column, *(f"{number:,.0f}" for number in (plain[column]["mean"], *plain[column]["quantiles"].values()))]
        for column in ("output_tokens", "input_tokens", "cached_tokens")
        if column != "cached_tokens" or workload.has_cached_tokens
    ]
    requests = f", of {plain['requests']:,} requests" if plain["requests"] else ""
    error = f"{100.0 * workload.quantile_error:.2g} %"
    lines = [
        f"{workload.name}: {plain['title']}",
        f"{workload.size:,} nodes{requests}; quantiles P5 to P95 are off by up to about {error}",
        "",
        *aligned(header, rows, text=(0,)),
        "",
    ]
    if "rank_correlation" not in plain:
        return [*lines, *_hours_and_sessions(plain), *workload.notes, "", f"Source: {workload.origin}"]
    correlation = plain["rank_correlation"]
    lines += [
        "output and input lengths are taken to be independent: only their margins are known"
        if workload.independent
        else f"output and input lengths come in pairs, with a rank correlation of {correlation:.2f}",
        *workload.notes,
    ]
    source = f"Source: {plain['source']}, {plain['date']}, {plain['url']}"
    return [*lines, "", source, f"Licence: {plain['licence']} ({plain['attribution']})"]
