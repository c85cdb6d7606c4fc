"""Every rule by its name, with its sentence, from `rules.toml`. A rule that is not there cannot be applied."""

from __future__ import annotations

import tomllib

from building.cells import HERE

__all__ = ["LEFT_OUT", "MARKS", "TAKEN_AS"]

_RULES = tomllib.loads((HERE / "rules.toml").read_text(encoding="utf-8"))

LEFT_OUT: dict[str, str] = _RULES["left_out"]
"""Why a row is left out of a table."""

MARKS: dict[str, str] = _RULES["marks"]
"""Words in the column `flags`."""

TAKEN_AS: dict[str, str] = _RULES["taken_as"]
"""How what the sources say is taken."""
