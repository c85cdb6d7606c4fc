"""What a name stands for: a claim or an energy, a scenario, a preset or the frontier, a model. Nothing is computed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wattquery import catalog as catalogs
from wattquery import scenarios
from wattquery.catalog import public_claims
from wattquery.catalog.shipped import DEFAULT
from wattquery.claims.energies import read_energy
from wattquery.errors import InputError, did_you_mean, listed, quoted
from wattquery.sweeps.frontier_estimate import FRONTIER

__all__ = ["CLAIM", "FLEET", "KINDS", "MODEL", "PRESET", "kind_of", "kinds_of"]

CLAIM, FLEET, MODEL, PRESET = "claim", "fleet", "model", "preset"
KINDS = (CLAIM, FLEET, MODEL, PRESET)
"""What a name can stand for."""


def kind_of(name: str, kind: str | None = None, catalog: object = None) -> str:
    """Return what a name stands for.

    Parameters
    ----------
    name
        As a user wrote it.
    kind
        One of `KINDS`, where the user said it.
    catalog
        The catalog that the user named.

    Raises
    ------
    InputError
        If it stands for nothing, or for several and no kind is given.

    Examples
    --------
    >>> kind_of("3 Wh"), kind_of("mixed"), kind_of("frontier"), kind_of("DeepSeek-R1")
    ('claim', 'fleet', 'preset', 'model')
    """
    if kind is not None:
        if kind not in KINDS:
            raise InputError(f"kind must be one of {listed(KINDS)}, got {quoted(kind)}.{did_you_mean(kind, KINDS)}")
        return kind
    found = kinds_of(name, catalog)
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            f"{quoted(name)} is the name of a {' and of a '.join(found)}. Say which with kind={found[0]!r}."
        )
    if Path(name).suffix.lower() in (".nc", ".zarr"):
        raise InputError(
            f"{quoted(name)} is named as a saved result, and a report needs the result itself. Open it with "
            f"xarray.open_dataset (a .zarr with open_zarr) and pass that, or run wattquery report FILE -o page.html."
        )
    if name.strip().casefold() == "all":
        raise InputError(
            f"{quoted(name)} is no model, claim, energy, scenario or preset. For all models by rank run "
            "wattquery claims --least; for a page on them pass wq.claims.least() or wq.ALL to wattquery.report."
        )
    raise InputError(
        f"{quoted(name)} is no model, claim, energy, scenario or preset.{did_you_mean(name, _known())} wattquery "
        "catalog show, wattquery claims and wattquery fleet list them; a file must be there and end in .toml, .nc or "
        ".zarr."
    )


def kinds_of(name: str, catalog: object = None) -> list[str]:
    """Return all that a name may stand for."""
    found = []
    plain = name.strip()
    if plain.casefold() == FRONTIER or plain in catalogs.preset_names():
        found.append(PRESET)
    if plain in scenarios.names() or (plain.endswith(".toml") and Path(plain).is_file()):
        found.append(FLEET)
    if _is_model(plain, catalog):
        found.append(MODEL)
    if plain in {one.id for one in public_claims()} or (not found and _is_energy(plain)):
        found.append(CLAIM)
    return found


def _is_energy(text: str) -> bool:
    return read_energy(text) is not None


def _is_model(name: str, catalog: object) -> bool:
    if name.endswith(".json"):  # of Hugging Face: a model of one's own, under a load
        return Path(name).is_file()
    if catalog is not None:
        return True  # which the catalog itself tells better
    for shipped in catalogs.names():
        try:
            catalogs.load(shipped).label("model", name)
        except InputError:
            continue
        return True
    return bool(name) and _has_architecture(name)


def _has_architecture(name: str) -> bool:
    try:
        catalogs.architecture(name)
    except InputError:
        return False
    return True


def _known() -> Iterable[str]:
    yield from (FRONTIER, *catalogs.preset_names(), *scenarios.names(), *(one.id for one in public_claims()))
    yield from catalogs.load(DEFAULT).labels("model")
