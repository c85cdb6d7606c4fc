"""Fleets over grids of lever combinations, facilities and shares of long queries."""

from __future__ import annotations

from typing import ClassVar

from benchmarks import subjects


class Fleet:
    """Energy per day with its intervals."""

    params: ClassVar = [[88, 352, 1056, 4224], ["one_choice", "all_choices"]]
    param_names: ClassVar = ["combinations", "structural"]
    timeout = 600

    def setup(self, combinations: int, structural: str) -> None:
        """Compile."""
        self.work = subjects.fleet(combinations, structural=structural == "all_choices")

    def time_fleet(self, combinations: int, structural: str) -> None:
        """Time the fleet."""
        self.work()
