"""`convert`: a result and intensities in, the result with carbon, water and cost beside its energies out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Never

import xarray as xr

from wattquery.conversions.energies import PER_QUERY, as_dataset, energies, share_of
from wattquery.conversions.hours import POOL, POWER, averaged, checked_profile, hour_weights, pool_weights
from wattquery.conversions.intensities import Intensity, intensity
from wattquery.conversions.kinds import KINDS, Kind
from wattquery.conversions.products import product_quantiles
from wattquery.conversions.tokens import mean_tokens
from wattquery.errors import InputError, listed
from wattquery.inputs.arguments import refuses_unknown
from wattquery.quantities import QUANTITIES
from wattquery.scenarios.load_profile import LoadProfile
from wattquery.specs.scalars import shown
from wattquery.sweeps.settings import checked_flag

if TYPE_CHECKING:
    from wattquery.sweeps.estimate_result import Estimate
    from wattquery.sweeps.operating_point_result import OperatingPoint

__all__ = ["CONVERSIONS", "convert", "is_by_hour"]

CONVERSIONS = "conversions"
"""The attribute that says what was converted with what."""

SEPARATOR = " | "
NO_CURRENCY = "currency"
MILLION = 1e6
_OF_ONE_QUERY = ("energy_mean", "energy_per_query")


@refuses_unknown
def convert(
    result: xr.Dataset | Estimate | OperatingPoint,
    *,
    carbon_intensity: Any = None,
    market_carbon_intensity: Any = None,
    wue: Any = None,
    source_water_intensity: Any = None,
    electricity_price: Any = None,
    currency: str | None = None,
    load_profile: Any = None,
    pue: float | None = None,
    output_tokens: float | Mapping[str, float] | None = None,
    input_tokens: float | Mapping[str, float] | None = None,
    total_tokens: bool = False,
    **unknown: Never,
) -> xr.Dataset:
    r"""Return a result with carbon, water and cost beside its energies, from intensities that you pass.

    .. math:: X = I \cdot E, \qquad I = \sum_h w_h I_h

    Every energy is multiplied by the same number, so that quantiles and intervals are exact. An intensity by the hour
    counts with its mean, weighted by the share w of the day's energy in each hour. None ships: it would be out of date.

    Parameters
    ----------
    result
        What `wattquery.sweep`, `wattquery.fleet` or `wattquery.trajectory` returned, or an estimate.
    carbon_intensity, market_carbon_intensity
        Of the grid (location-based), and by contracts (market-based) [gCO2e/kWh]. They multiply what the facility takes
        from the grid.

        Like all intensities: a number; 24 of them, or a table of spans such as ``{"00-08": 300, "08-24": 400}``, by
        hour of the day; a table of these by region, which makes the dimension ``region``; the path of a CSV file or a
        DataFrame with columns region, hour and value, or a row for each region; ``{"value": ..., "source": "..."}`` to
        say where it is from. A distribution is independent of the energy, and needs a sweep with
        ``keep_histogram=True``.
    wue
        Water usage effectiveness of the site [L/kWh]. It multiplies what the *nodes* draw.
    source_water_intensity
        Water that making the electricity uses [L/kWh], of what the facility takes from the grid.
    electricity_price
        Price per kWh of what the facility takes from the grid [currency/kWh].
    currency
        Of the price, such as ``"EUR"``.
    load_profile
        Demand by hour, as in `wattquery.fleet`, for intensities by the hour where the result has no hours itself.
    pue
        The PUE that a fleet at the facility was computed with, for `wue`: a Dataset of a fleet does not say it.
    output_tokens, input_tokens
        Mean tokens per query for the cost per million of them, where the result does not say them: a number, or
        numbers by class of queries.
    total_tokens
        Whether a cost per million tokens of input and output is computed too.

    Returns
    -------
    xarray.Dataset
        The result and, for each energy of it, a variable for each intensity that was passed: ``carbon_location``,
        ``carbon_market``, ``water_site``, ``water_source`` and ``cost`` take the place of ``energy`` in its name, as in
        ``carbon_location_per_day`` [tCO2e/day] or ``water_site_mean`` [mL]; ``..._by_hour`` where the power of each
        hour is known. ``cost_per_million_output_tokens`` is the mean cost over the mean number of tokens. Coordinates
        called after the arguments have the mean intensities, and ``attrs["conversions"]`` says what they stand on.

    Raises
    ------
    InputError, InputTypeError
        If an intensity is not plausible, which `wattquery.unchecked` allows, does not fit what the energies count, or
        regions or hours do not fit each other.

    Examples
    --------
    >>> import wattquery as wq
    >>> ds = wq.convert(wq.fleet("mixed", structural=False), carbon_intensity={"value": 350, "source": "our contract"})
    >>> round(ds["carbon_location_per_day"].item()), ds["carbon_location_per_day"].units
    (598, 'tCO2e/day')
    >>> ds["carbon_location_per_day"].attrs["intensity"]
    '350 gCO2e/kWh (source: our contract)'
    """
    ds = as_dataset(result)
    total_tokens = checked_flag("total_tokens", total_tokens)
    said = {
        "carbon_intensity": carbon_intensity,
        "market_carbon_intensity": market_carbon_intensity,
        "wue": wue,
        "source_water_intensity": source_water_intensity,
        "electricity_price": electricity_price,
    }
    given = {kind: said[kind.argument] for kind in KINDS if said[kind.argument] is not None}
    if not given:
        raise InputError(f"convert must have an intensity, one of {listed(said)}, got none. Pass one.")
    if electricity_price is None and (output_tokens is not None or input_tokens is not None or total_tokens):
        raise InputError("Tokens are for the cost per million of them, and no electricity_price was passed. Pass one.")
    if pue is not None and wue is None:
        raise InputError("pue is for the water of the site, and no wue was passed. Leave it out, or pass one.")
    money = _currency(currency, electricity_price is not None)
    read = {kind: intensity(value, kind.argument, kind.quantity, money) for kind, value in given.items()}
    _check_regions(read)
    profile = checked_profile(ds, load_profile, any(one.by_hour for one in read.values()))
    _check_new(ds, read)
    remarks: list[str] = []
    for kind, one in read.items():
        ds, said_of = _converted(ds, _Conversion(kind, one, money), profile, pue)
        remarks.append(said_of)
    if electricity_price is not None:
        ds, more = _per_million(ds, output_tokens, input_tokens, total_tokens, money)
        remarks += more
    earlier = ds.attrs.get(CONVERSIONS)
    return ds.assign_attrs({CONVERSIONS: SEPARATOR.join([*([earlier] if earlier else []), *remarks])})


@dataclass(frozen=True)
class _Conversion:
    """A kind of conversion with its intensity.

    Attributes
    ----------
    kind, intensity
        What it is, and what it multiplies.
    currency
        Of a cost.
    """

    kind: Kind
    intensity: Intensity
    currency: str

    @property
    def unit(self) -> str:
        """The unit of the intensity."""
        unit = QUANTITIES[self.kind.quantity].unit
        return f"{self.currency}/kWh" if self.kind.name == "cost" else unit

    def in_words(self, weights: str) -> str:
        """Return the intensity as text: its number, or its range."""
        values, known = self.intensity.values, self.intensity.distribution
        if known is not None:
            text = f"{known} {self.unit}, independent of the energy"
        elif values.ndim == 0:
            text = f"{values.item():g} {self.unit}"
        else:
            along = " and ".join(f"by {dim}" for dim in values.dims)
            text = f"{float(values.min()):g} to {float(values.max()):g} {self.unit} {along}"
            text += f", {weights}" if weights else ""
        outside = ", outside its physical range as it was passed as unchecked" if self.intensity.is_unchecked else ""
        return f"{text}{outside} (source: {self.intensity.source})"


def is_by_hour(intensities: Mapping[str, Any]) -> bool:
    """Return whether one of the intensities differs by the hour: `convert` then wants a load profile, if there is one.

    Parameters
    ----------
    intensities
        By argument of `convert`; others are passed over.
    """
    return any(
        intensity(intensities[kind.argument], kind.argument, kind.quantity, str(intensities.get("currency"))).by_hour
        for kind in KINDS
        if intensities.get(kind.argument) is not None
    )


def _converted(
    ds: xr.Dataset, conversion: _Conversion, profile: LoadProfile | None, pue: object
) -> tuple[xr.Dataset, str]:
    """Return a result with the variables of one kind, and what they stand on."""
    kind, values = conversion.kind, conversion.intensity.values
    share, remark = share_of(ds, kind, pue if kind.of == "node" else None)
    weights, mean, of_pools = "", values, None
    if conversion.intensity.by_hour:
        by_hour, weights = hour_weights(ds, profile)
        mean, by_pool = averaged(values, by_hour), pool_weights(ds)
        of_pools = None if by_pool is None else averaged(values, by_pool)
        if bool((mean < 0.0).any()):
            raise InputError(
                f"{kind.argument} must have a mean of 0 or more over the day, got {float(mean.min()):g} "
                f"{conversion.unit}: quantiles would change their order. Correct it."
            )
    elif bool((values < 0.0).any()):
        raise InputError(f"{kind.argument} must be 0 or more, or a table by hour with such a mean. Correct it.")
    text = conversion.in_words(weights)
    found: dict[str, xr.DataArray] = {}
    quantiles = None
    if conversion.intensity.distribution is not None:
        quantiles = product_quantiles(ds, conversion.intensity.distribution, kind.argument)
    for name in energies(ds):
        variable = ds[name]
        own = of_pools if of_pools is not None and POOL in variable.dims else mean
        product = variable * own if quantiles is None or name != "energy" else quantiles
        per_query = variable.attrs["units"] == PER_QUERY
        factor = kind.per_query_factor if per_query else kind.per_day_factor
        unit = (kind.per_query if per_query else kind.per_day).format(conversion.currency)
        found[_named(kind, name)] = _described(product * share * factor, kind, variable, unit, text)
    if POWER in ds:
        of_hours = ds[POWER] * values * share * kind.per_hour_factor
        unit = kind.per_hour.format(conversion.currency)
        found[f"{kind.name}_by_hour"] = _described(of_hours, kind, ds[POWER], unit, text)
    ds = ds.assign(found).assign_coords({kind.argument: _mean_coordinate(mean, conversion)})
    of = "what the facility takes from the grid" if kind.of == "facility" else "what the nodes draw"
    return ds, f"{kind.name}: {kind.argument} of {text} times {of}{f'; {remark}' if remark else ''}"


def _named(kind: Kind, energy: str) -> str:
    return f"{kind.name}_saved" if energy == "saved" else energy.replace("energy", kind.name, 1)


def _described(values: xr.DataArray, kind: Kind, energy: xr.DataArray, unit: str, text: str) -> xr.DataArray:
    """Return a converted energy with its attributes, its dimensions in the order of the energy's."""
    first = [dim for dim in values.dims if dim not in energy.dims]
    last = [dim for dim in energy.dims if dim in values.dims]
    attributes = {
        "long_name": f"{kind.words}: {energy.attrs.get('long_name', energy.name)}",
        "units": unit,
        "boundary": kind.of,
        "intensity": text,
    }
    return values.transpose(*first, *last).assign_attrs(attributes)


def _mean_coordinate(mean: xr.DataArray, conversion: _Conversion) -> xr.Variable:
    attributes = {"long_name": QUANTITIES[conversion.kind.quantity].long_name, "units": conversion.unit}
    return xr.Variable(mean.dims, mean.values, {**attributes, "source": conversion.intensity.source})


def _currency(currency: object, has_price: bool) -> str:
    if currency is None:
        return NO_CURRENCY
    if not has_price:
        raise InputError(
            f"currency = {shown(currency)} is that of a price, and no electricity_price was passed. Leave it out."
        )
    if not isinstance(currency, str) or not re.fullmatch(r"[^\W\d_]{1,12}|[$€£¥₹₩]", currency):
        raise InputError(f"currency must be a word or a sign, such as 'EUR', got {shown(currency)}. Correct it.")
    return currency


def _check_regions(read: Mapping[Kind, Intensity]) -> None:
    """Refuse intensities whose regions are not the same."""
    by_argument = {
        kind.argument: one.values["region"].values.tolist() for kind, one in read.items() if "region" in one.values.dims
    }
    if not by_argument:
        return
    first, regions = next(iter(by_argument.items()))
    for argument, others in by_argument.items():
        odd = [region for region in (*regions, *others) if (region in regions) != (region in others)]
        if odd:
            raise InputError(
                f"{argument} must have the same regions as {first}, and {odd[0]!r} is in one of the two alone. Add it "
                "to the other, or leave it out."
            )


def _check_new(ds: xr.Dataset, read: Mapping[Kind, Intensity]) -> None:
    for kind in read:
        if any(str(name).startswith(kind.name) for name in ds.data_vars):
            raise InputError(
                f"The result has {kind.name} already. Convert the result as it was, with all intensities at once."
            )
        if "region" in read[kind].values.dims and "region" in ds.dims:
            raise InputError(
                "The result has regions already. Convert the result as it was, with all intensities at once."
            )


def _per_million(
    ds: xr.Dataset, output_tokens: object, input_tokens: object, total: bool, currency: str
) -> tuple[xr.Dataset, list[str]]:
    """Return a result with the cost per million tokens, and what is to be said of it."""
    name = next((one for one in _OF_ONE_QUERY if one in ds), None)
    if name is None:
        return ds, []
    cost = ds[name.replace("energy", "cost", 1)]
    outputs = mean_tokens(ds, "output_tokens", output_tokens)
    inputs = mean_tokens(ds, "input_tokens", input_tokens) if total else None
    if outputs is None or (total and inputs is None):
        lacking = "output_tokens" if outputs is None else "input_tokens"
        if total:
            raise InputError(
                f"The result does not say its mean {lacking}, which a cost per million tokens needs. Pass {lacking}=."
            )
        return ds, [
            f"cost_per_million_output_tokens: not computed, as the result does not say its mean lengths; pass {lacking}"
        ]
    found = {"cost_per_million_output_tokens": _over(cost, outputs, "output tokens", currency)}
    if inputs is not None:
        found["cost_per_million_tokens"] = _over(cost, outputs + inputs, "tokens of input and output", currency)
    return ds.assign(found), []


def _over(cost: xr.DataArray, tokens: xr.DataArray, of: str, currency: str) -> xr.DataArray:
    per_million = MILLION * cost / tokens.drop_vars([name for name in tokens.coords if name not in cost.coords])
    attributes = {**cost.attrs, "long_name": f"cost of electricity per million {of}: mean cost over mean tokens"}
    dims = [*cost.dims, *(dim for dim in per_million.dims if dim not in cost.dims)]
    return per_million.transpose(*dims).assign_attrs({**attributes, "units": currency})
