"""What users write for the labels of a catalog: without regard to case, or by another name that the catalog knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from wattquery.errors import InputError, InputTypeError, did_you_mean, listed, quoted
from wattquery.inputs.names import clean_name

__all__ = ["Spellings"]


class Spellings:
    """The labels of one axis of a catalog, and what else is written for them.

    What is written exactly as a label is that label. If nothing is, letters count without regard to case: among the
    labels first, and then among the aliases.

    Parameters
    ----------
    axis
        What the axis is called, for messages.
    catalog
        What the catalog is called, for messages.
    labels
        All labels, each once.
    aliases
        Further names by label.

    Examples
    --------
    >>> hardware = Spellings("hardware", "mine", ["H100 SXM", "H100 PCIe"], {"H100 SXM": ("H100", "NVIDIA H100")})
    >>> hardware.label("h100 sxm"), hardware.label("nvidia h100"), hardware.label("H100")
    ('H100 SXM', 'H100 SXM', 'H100 SXM')
    """

    def __init__(
        self, axis: str, catalog: str, labels: Iterable[str], aliases: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        self._axis, self._catalog = axis, catalog
        self._labels = dict.fromkeys(labels)
        self._aliases = aliases or {}
        self._folded: tuple[dict[str, list[str]], dict[str, list[str]]] | None = None

    def label(self, written: object, argument: str = "") -> str:
        """Return the label that something written stands for, as the catalog spells it.

        Parameters
        ----------
        written
            What a user wrote.
        argument
            What the user calls it, where that is not the axis.

        Raises
        ------
        InputError, InputTypeError
            If it is no text, stands for no label or for several.
        """
        argument = argument or self._axis
        if not isinstance(written, str):
            raise InputTypeError(
                f"{argument} must be text, one of {listed(self._labels)} in catalog {self._catalog!r}, got "
                f"{quoted(written)}. Pass one of them as a str."
            )
        if written in self._labels:
            return written
        name = clean_name(written, argument)
        if name in self._labels:
            return name
        for by_fold in self._by_fold():
            found = by_fold.get(name.casefold(), [])
            if len(found) == 1:
                return found[0]
            if found:
                raise InputError(
                    f"{argument}={name!r} may be any of {listed(found)} in catalog {self._catalog!r}; one label is "
                    f"needed, and no label is spelt exactly so. Write it as the catalog does, such as {found[0]!r}."
                )
        meant = did_you_mean(name, self._labels) or did_you_mean(name, self._names())
        raise InputError(
            f"{argument}={name!r} is in no row of catalog {self._catalog!r}, which has {listed(self._labels)}.{meant} "
            "Pass one of them, or add rows for it."
        )

    def _by_fold(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        """Return labels, and labels by their aliases, by what is left of a spelling without its case."""
        if self._folded is None:
            labels: dict[str, list[str]] = {}
            for label in self._labels:
                labels.setdefault(label.casefold(), []).append(label)
            aliases: dict[str, dict[str, None]] = {}
            for label, names in self._aliases.items():
                for name in names:
                    aliases.setdefault(name.casefold(), {})[label] = None
            self._folded = labels, {name: list(found) for name, found in aliases.items()}
        return self._folded

    def _names(self) -> Iterator[str]:
        for names in self._aliases.values():
            yield from names
