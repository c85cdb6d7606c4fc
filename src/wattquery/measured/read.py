"""`read_measured`: whatever holds measurements to points that calibrate."""

from __future__ import annotations

from wattquery.errors import InputError
from wattquery.inputs.arguments import refuses_unknown
from wattquery.measured.points import MeasuredPoints
from wattquery.measured.tables import measured_table

__all__ = ["read_measured"]


@refuses_unknown
def read_measured(source: object) -> MeasuredPoints:
    """Read measurements of your own, as what the load model is calibrated by.

    Parameters
    ----------
    source
        A table in the columns that `wattquery.validation.compare` takes: the path of a CSV file, or a DataFrame. What
        was read already is returned as it is.

    Returns
    -------
    MeasuredPoints
        The rows that can be used, and of each other one why it cannot.

    Raises
    ------
    InputError, InputTypeError
        If nothing in it can be used.
    """
    if isinstance(source, MeasuredPoints):
        return source
    read = measured_table(source, "source")
    used = set(read.places.tolist())
    pairs = list(enumerate(zip(read.row_ids, read.reasons, strict=True)))
    refused = tuple(pair for place, pair in pairs if place not in used)
    notes = [f"{name}: {said}" for place, (name, said) in pairs if place in used and said]
    if not used:
        raise InputError(f"source has no row that can be used: {refused[0][0]}: {refused[0][1]}")
    return MeasuredPoints(observations=read.observations, refused=refused, notes=(*read.notes, *notes))
