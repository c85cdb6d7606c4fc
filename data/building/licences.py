"""What a licence in the raw tables means here: an entry of the allow-list, or a row that is left out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from building.cells import HERE, ROOT

ALLOWED = ROOT / "src" / "wattquery" / "catalog" / "data" / "licences.toml"


@dataclass(frozen=True)
class Decision:
    """What follows from a licence: `licence` is empty where a row is left out, and `why` says why."""

    licence: str
    why: str


@cache
def allowed() -> dict[str, dict[str, str]]:
    """Return the allow-list."""
    return tomllib.loads(ALLOWED.read_text(encoding="utf-8"))


@cache
def decisions() -> dict[str, Decision]:
    """Return every decision, by what the raw tables say."""
    entries = tomllib.loads((HERE / "licence_decisions.toml").read_text(encoding="utf-8"))["decision"]
    found = {entry["says"]: Decision(entry["licence"], entry["why"]) for entry in entries}
    unknown = {one.licence for one in found.values()} - {"", *allowed()}
    if unknown:
        raise SystemExit(f"licence_decisions.toml names {sorted(unknown)}, which the allow-list does not have.")
    return found


def decision(says: str) -> Decision:
    """Return the decision on a licence; one that nobody decided on stops the build."""
    try:
        return decisions()[says]
    except KeyError:
        raise SystemExit(
            f"A row says {says!r} of its licence, which no entry of data/licence_decisions.toml is about. "
            "Decide, and add one."
        ) from None
