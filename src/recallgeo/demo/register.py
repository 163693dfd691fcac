"""The demo's register: made-up units at real addresses, with the dirt of real registers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["CHANNELS", "COUNTRIES", "HEADERS", "make_units", "soil_register"]

COUNTRIES = (
    *("AE", "AR", "AT", "AU", "BE", "BR", "CA", "CH", "CL", "CO", "CZ", "DE", "DK", "EG", "ES"),
    *("FI", "FR", "GB", "GR", "HU", "ID", "IE", "IN", "IT", "JP", "KE", "KR", "MX", "MY", "NG"),
    *("NL", "NO", "NZ", "PH", "PL", "PT", "RO", "SE", "SG", "TH", "TR", "US", "VN", "ZA"),
)
_HELSINKI_CUSTOMERS = 260
_FAR_CUSTOMERS = 560
_SHARED_CITIES = 6


@dataclass(frozen=True, slots=True)
class Channel:
    """How a country's units reach their users.

    Parameters
    ----------
    countries : tuple of str
        ISO 3166-1 alpha-2.
    distributor, resellers : str, tuple of str
        Made-up partners; empty for direct sales.
    address : float
        Share of units with more than a city in the register.
    """

    countries: tuple[str, ...]
    distributor: str
    resellers: tuple[str, ...]
    address: float


CHANNELS = (
    Channel(("FI", "SE", "NO", "DK"), "", (), 0.9),
    Channel(("US", "CA"), "", (), 0.8),
    Channel(
        ("AT", "BE", "CH", "CZ", "DE", "ES", "FR", "GB", "GR", "HU", "IE", "IT", "NL", "PL", "PT"),
        "Example Distribution Europe",
        ("Example Reseller Rhine", "Example Reseller Severn"),
        0.7,
    ),
    Channel(
        ("AU", "ID", "IN", "JP", "KR", "MY", "NZ", "PH", "SG", "TH", "VN"),
        "Example Distribution Asia-Pacific",
        ("Example Reseller Lotus", "Example Reseller Monsoon", "Example Reseller Harbour"),
        0.25,
    ),
)
_ELSEWHERE = Channel((), "Example Distribution South", ("Example Reseller Delta",), 0.35)

MODELS = ("EX-500", "EX-1500", "EX-3000", "RX-200")
_TRADES = (
    # NAICS 2022: hospitals, data centres, schools, offices, retail, hotels, workshops
    ("622110", "General hospital", 0.05),
    ("518210", "Data centre and hosting", 0.08),
    ("611110", "School", 0.06),
    ("541511", "Software house", 0.33),
    ("445110", "Grocery shop", 0.2),
    ("721110", "Hotel", 0.13),
    ("811310", "Machine repair", 0.15),
)

Texts = npt.NDArray[np.object_]


def make_units(
    addresses: pd.DataFrame,
    near_places: pd.DataFrame,
    cities: pd.DataFrame,
    *,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Make every unit that the made-up vendor ever shipped, clean: about 2,500.

    Parameters
    ----------
    addresses : DataFrame
        Real addresses of central Helsinki: street, house_number, postcode, city, longitude,
        latitude.
    near_places : DataFrame
        The same columns: addresses beside schools, universities and clinics; every one of them
        gets a customer.
    cities : DataFrame
        Cities of the world: name, country, region (name), longitude, latitude, population.
    rng : numpy.random.Generator
        Seeded by the caller; the same seed gives the same units.

    Returns
    -------
    DataFrame
        Text cells under `HEADERS`.
    """
    customers = pd.concat(
        [_helsinki(addresses, near_places, rng), _far(cities, rng)], ignore_index=True
    )
    customers = _name(customers, rng)
    units = customers.loc[np.repeat(customers.index, _fleet(len(customers), rng))]
    return _equip(units.reset_index(drop=True), rng)[list(HEADERS)]


def _helsinki(
    addresses: pd.DataFrame, near_places: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    chosen = rng.choice(len(addresses), _HELSINKI_CUSTOMERS - len(near_places), replace=False)
    table = pd.concat([near_places, addresses.iloc[np.sort(chosen)]], ignore_index=True)
    table["Street"] = table["street"] + " " + table["house_number"]
    table["Zip"] = table["postcode"]
    table["City"], table["Region"], table["Country"] = table["city"], "", "FI"
    # a third of the vendor's technicians noted a coordinate as well
    noted = rng.random(len(table)) < 0.3
    table["Lat"] = np.where(noted, table["latitude"].map("{:.5f}".format), "")
    table["Lon"] = np.where(noted, table["longitude"].map("{:.5f}".format), "")
    return table[["Street", "Zip", "City", "Region", "Country", "Lat", "Lon"]]


def _far(cities: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    weights = cities["population"].to_numpy(dtype=float) ** 0.5
    chosen = rng.choice(len(cities), _FAR_CUSTOMERS, p=weights / weights.sum())
    table = cities.iloc[np.sort(chosen)].reset_index(drop=True)
    exact = rng.random(len(table)) < table["country"].map(_address_share).to_numpy(dtype=float)
    # made-up points within some 3 km of the city's point
    lat = table["latitude"] + rng.normal(0, 0.012, len(table))
    lon = table["longitude"] + rng.normal(0, 0.012, len(table)) / np.cos(np.radians(lat))
    return pd.DataFrame(
        {
            "Street": "",
            "Zip": "",
            "City": table["name"],
            "Region": table["region"].fillna(""),
            "Country": table["country"],
            "Lat": np.where(exact, lat.map("{:.5f}".format), ""),
            "Lon": np.where(exact, lon.map("{:.5f}".format), ""),
        }
    )


def _channel(country: str) -> Channel:
    return next((one for one in CHANNELS if country in one.countries), _ELSEWHERE)


def _address_share(country: str) -> float:
    return _channel(country).address


def _name(customers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    count = len(customers)
    codes, words, shares = zip(*_TRADES, strict=True)
    trade = rng.choice(len(_TRADES), count, p=np.array(shares) / sum(shares))
    table = customers.copy()
    table["Account"] = [f"C{number:05d}" for number in range(1, count + 1)]
    table["Customer"] = [f"Demo customer {number:04d}" for number in range(1, count + 1)]
    table["NAICS"] = np.where(rng.random(count) < 0.8, np.array(codes, dtype=object)[trade], "")
    table["Trade"] = np.where(rng.random(count) < 0.6, np.array(words, dtype=object)[trade], "")
    table["Distributor"] = [_channel(country).distributor for country in table["Country"]]
    table["Reseller"] = [_pick(_channel(country).resellers, rng) for country in table["Country"]]
    direct = (table["Distributor"] == "").to_numpy()
    reachable = rng.random(count) < np.where(direct, 0.9, 0.35)
    number = [f"+358 9 555 {n:04d}" for n in range(count)]
    table["Phone"] = np.where(reachable, np.array(number, dtype=object), "")
    return table


def _pick(names: Sequence[str], rng: np.random.Generator) -> str:
    return names[int(rng.integers(len(names)))] if names else ""


def _fleet(customers: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    return np.minimum(1 + rng.geometric(0.48, customers), 24)


def _equip(units: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    count = len(units)
    table = units.copy()
    table["Model"] = rng.choice(MODELS, count, p=[0.4, 0.3, 0.1, 0.2])
    built = np.datetime64("2016-01-01") + rng.integers(0, 8 * 365, count)
    text = np.datetime_as_string(built)
    table["Built"] = [f"{day[8:]}.{day[5:7]}.{day[:4]}" for day in text]
    weeks = pd.DatetimeIndex(built).isocalendar()
    table["Serial"] = [
        f"{'EX' if model != 'RX-200' else 'RX'}{year % 100:02d}{week:02d}{number:05d}"
        for model, year, week, number in zip(
            table["Model"], weeks["year"], weeks["week"], range(count), strict=True
        )
    ]
    table["Part 1"] = np.where(
        table["Model"] == "RX-200", "", rng.choice(["BP-12A", "BP-12B", "BP-20"], count)
    )
    ends = built + np.timedelta64(365 * 5, "D")
    table["Support end"] = [f"{d[8:]}.{d[5:7]}.{d[:4]}" for d in np.datetime_as_string(ends)]
    table["Contract"] = [f"SO-{number:06d}" for number in range(100_000, 100_000 + count)]
    table["Floor"] = np.where(
        rng.random(count) < 0.3, [f"{n} floor" for n in rng.integers(1, 9, count)], ""
    )
    table["Quantity"] = ""
    return table


HEADERS = (
    *("Contract", "Account", "Customer", "NAICS", "Trade", "Phone", "Serial", "Model", "Part 1"),
    *("Built", "Quantity", "Support end", "Distributor", "Reseller", "Floor", "Street", "Zip"),
    *("City", "Region", "Country", "Lat", "Lon"),
)
"""Headers of the made-up vendor's register, in the order of the file."""


def soil_register(units: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """Turn the units shipped into the register that the vendor really keeps.

    Some units have no row at all; others miss a serial, a model, a postcode, a house number or the
    whole place, have a letter O for a zero, swapped or negated coordinates, a misspelt street, an
    impossible date, a country that is none, a reseller in the customer's place, nobody's name, a
    second row, or a second place.

    Parameters
    ----------
    units : DataFrame
        What `make_units` gave.
    rng : numpy.random.Generator
        Seeded by the caller.

    Returns
    -------
    DataFrame
        Text cells under `HEADERS`, with a blank row and a repeated header row at the end.
    """
    known = units[rng.random(len(units)) >= _SHARE_WITHOUT_ROW].reset_index(drop=True)
    table = known.astype(object)
    order = rng.permutation(len(table))
    rows = dict(zip(_DIRT, np.split(order, np.cumsum(list(_DIRT.values()))), strict=False))
    _spoil_cells(table, rows)
    resold = table.index[table["Reseller"] == "Example Reseller Monsoon"][: _DIRT["resold"]]
    table.loc[resold, "Customer"] = "Example Reseller Monsoon"
    table.loc[resold, "Account"] = ""
    twice = table.loc[rng.choice(len(table), 14, replace=False)]
    moved = table.loc[rng.choice(len(table), 10, replace=False)].copy()
    other = table.loc[rng.choice(len(table), 10, replace=False)]
    place = ["Account", "Customer", "Street", "Zip", "City", "Region", "Country", "Lat", "Lon"]
    moved[place] = other[place].to_numpy()
    strange = pd.DataFrame([dict.fromkeys(HEADERS, ""), dict(zip(HEADERS, HEADERS, strict=True))])
    return pd.concat([table, twice, moved, strange], ignore_index=True).fillna("")


_SHARE_WITHOUT_ROW = 0.06
_DIRT = {
    "no_serial": 60,
    "typo": 40,
    "no_zip": 30,
    "swapped": 60,
    "negated": 30,
    "no_model": 30,
    "bad_date": 16,
    "bulk": 20,
    "no_land": 10,
    "no_place": 40,
    "no_number": 60,
    "nobody": 24,
    "look_alike": 24,
    "resold": 40,
}
"""Rows of each kind of dirt."""


def _spoil_cells(table: pd.DataFrame, rows: dict[str, npt.NDArray[np.intp]]) -> None:
    """Spoil cells in place, each kind of dirt on its own rows."""
    table.loc[rows["no_serial"], "Serial"] = ""
    table.loc[rows["typo"], "Street"] = table.loc[rows["typo"], "Street"].map(_typo)
    table.loc[rows["no_zip"], "Zip"] = ""
    table.loc[rows["swapped"], ["Lat", "Lon"]] = table.loc[
        rows["swapped"], ["Lon", "Lat"]
    ].to_numpy()
    negated = table.loc[rows["negated"], "Lon"]
    table.loc[rows["negated"], "Lon"] = negated.where(negated == "", "-" + negated)
    table.loc[rows["no_model"], "Model"] = ""
    table.loc[rows["bad_date"], "Built"] = "31.02.2019"
    table.loc[rows["bulk"], "Serial"] = ""
    table.loc[rows["bulk"], "Quantity"] = "6"
    table.loc[rows["no_land"], "Country"] = "Elsewhere"
    place = ["Street", "Zip", "City", "Region", "Country", "Lat", "Lon"]
    table.loc[rows["no_place"], place] = ""
    numbered = table.loc[rows["no_number"], "Street"]
    table.loc[rows["no_number"], "Street"] = numbered.str.replace(r"\s*\d.*$", "", regex=True)
    table.loc[rows["no_number"], ["Lat", "Lon"]] = ""
    table.loc[rows["nobody"], [*place, "Account", "Customer", "Reseller", "Distributor"]] = ""
    mistyped = table.loc[rows["look_alike"], "Serial"]
    table.loc[rows["look_alike"], "Serial"] = mistyped.str.replace("0", "O")


def _typo(street: str) -> str:
    """Swap two letters in the middle of a street name."""
    middle = len(street) // 3
    if len(street) < 6:  # shorter names are left alone
        return street
    return street[:middle] + street[middle + 1] + street[middle] + street[middle + 2 :]
